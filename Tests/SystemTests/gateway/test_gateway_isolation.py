"""Two workspaces on one server: neither sees, uses or disturbs what is the other's."""
import json
import time

import httpx
import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support import engine
from support import server as program
from support.gateway import QUICK, Gateway, envelope, hello, server_of
from support.server import Server
from support.world import Member, add_second_workspace


@pytest.fixture
def street(tmp_path, set_up, north, south, keys):
    """Ada with north, Eve of the workspace next door with south; each has a key and one request behind her."""
    data = tmp_path / "street"
    engine.copy(set_up, data)
    rival = add_second_workspace(data)
    # Ada's was there first.
    engine.change(data, f"UPDATE workspace SET created_at = {int(time.time() * 1_000)} WHERE id = '{rival['workspace']}'")
    gateway = Gateway(Server(data, **(program.ROOMY | QUICK)).start())
    eve = Member(gateway.server, rival["email"]).sign_in()
    street = Street(gateway, eve, gateway.add(north), gateway.add(south, by=eve), keys(gateway, "laptop"), keys(gateway, "laptop", by=eve))
    assert server_of(street.adas.ask("hers")) == "north" and server_of(street.eves.ask("the other's")) == "south"
    yield street
    eve.close()
    gateway.end()


class Street:
    def __init__(self, gateway, eve, north, south, adas, eves):
        self.gateway, self.ada, self.eve, self.north, self.south, self.adas, self.eves = gateway, gateway.ada, eve, north, south, adas, eves

    @property
    def ids(self) -> list[tuple[str, str]]:
        """Every route that takes an id, with Ada's."""
        request = self.adas.booked()[0]["id"]
        price = self.ada.post("/api/gateway/prices", PRICE)["id"]
        node, key = f"/api/gateway/nodes/{self.north['id']}", f"/api/gateway/keys/{self.adas.id}"
        return [
            ("GET", node), ("PATCH", node), ("DELETE", node), ("POST", f"{node}/enable"), ("POST", f"{node}/disable"), ("POST", f"{node}/drain"),
            ("POST", f"{node}/undrain"), ("POST", f"{node}/test"), ("GET", f"{node}/history"), ("GET", f"{node}/models"), ("GET", key), ("PATCH", key),
            ("POST", f"{key}/revoke"), ("GET", f"/api/gateway/requests/{request}"), ("DELETE", f"/api/gateway/prices/{price}")]


PRICE = {
    "match": "ours-*", "effectiveFrom": 1_700_000_000_000, "tierAbove": 0, "input": "1000000", "output": "1000000", "cacheRead": "1000000",
    "cacheWrite5m": "1000000", "cacheWrite1h": "1000000"}


def test_every_id_of_another_workspace_is_unknown(street):
    for method, path in street.ids:
        body = {} if method in ("POST", "PATCH") else None
        answer = street.eve.http.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, answer.status_code, answer.text)
        nobody = street.eve.http.request(method, path.replace(path.split("/")[4], "01J00000000000000000000000"), json=body)
        if nobody.status_code == 404:
            # It can't even be told from one that does not exist.
            assert nobody.json()["code"] == answer.json()["code"] and nobody.json()["detail"] == answer.json()["detail"], path
    assert street.adas.ask("still").status_code == 200 and street.gateway.node("north")["enabled"] is True


def test_lists_hold_only_what_is_ones_own(street):
    street.ada.post("/api/gateway/prices", PRICE)
    street.adas.booked()
    own = [street.north["id"], street.adas.id, street.adas.books()[0]["id"], "127.0.0.1:" + street.north["url"].rsplit(":", 1)[1]]
    for path in ["nodes", "keys?limit=200", "requests?limit=200", "usage?by=key", "usage?by=node", "usage?by=model", "audit?limit=200"]:
        text = street.eve.http.get(f"/api/gateway/{path}").text
        assert not [mark for mark in own if mark in text], (path, text)
    assert street.eve.get("/api/gateway/usage", by="day")["total"]["requests"] == 1
    assert [node["name"] for node in street.eve.get("/api/gateway/nodes")["items"]] == ["south"]
    assert "ours-*" not in street.eve.http.get("/api/gateway/prices").text


def test_a_filter_by_anothers_id_finds_nothing(street):
    street.adas.booked()
    for query in ({"key": street.adas.id}, {"node": street.north["id"]}):
        answer = street.eve.http.get("/api/gateway/requests", params=query)
        assert answer.status_code in (404, 422) or answer.json()["items"] == []


def test_an_order_with_a_node_of_another_workspace_is_refused(street):
    groups = {"groups": [[street.south["id"], street.north["id"]]]}
    assert street.eve.http.put("/api/gateway/nodes/order", json=groups).status_code in (404, 422)


def test_neither_is_served_by_the_others_nodes_even_when_its_own_are_gone(street, north, south):
    before = len(south.asked)
    street.gateway.change(street.north, "disable")
    assert street.adas.ask("alone").status_code in (400, 404, 529)
    north.play("500", repeat=0)
    street.gateway.change(street.north, "enable")
    assert street.adas.ask("failing").status_code == 500
    assert len(south.asked) == before


def test_objects_belong_to_the_workspace_that_made_them(street, north, south):
    made = street.adas.http.post("/v1/files", files={"file": ("a.txt", b"Ada's", "text/plain")}).json()["id"]
    batch = street.adas.http.post("/v1/messages/batches", json={"requests": [{"custom_id": "r", "params": hello()}]}).json()["id"]
    for path in (f"/v1/files/{made}", f"/v1/files/{made}/content", f"/v1/messages/batches/{batch}", f"/v1/messages/batches/{batch}/results"):
        assert street.adas.http.get(path).status_code == 200, path
        answer = street.eves.http.get(path)
        assert (answer.status_code, answer.headers["x-switchboard-code"]) == (404, "gateway.owner_unknown")
        envelope(answer)
    assert street.eves.http.delete(f"/v1/files/{made}").status_code == 404
    assert not [one for one in south.requests() if made in one.target or batch in one.target]
    for path, name in (("/v1/files", made), ("/v1/messages/batches", batch)):
        assert name in street.adas.http.get(path).text and name not in street.eves.http.get(path).text


def test_sessions_of_the_same_name_do_not_meet(street, north, south):
    headers = {"x-claude-code-session-id": "the-same"}
    assert server_of(street.adas.http.post("/v1/messages", json=hello("one"), headers=headers)) == "north"
    assert server_of(street.eves.http.post("/v1/messages", json=hello("one"), headers=headers)) == "south"


def test_failures_and_limits_of_one_are_not_the_others(street, north):
    north.play("500", repeat=0)
    for number in range(6):
        street.adas.ask(f"{number}")
    assert street.eves.ask("well").status_code == 200
    assert street.eve.get("/api/gateway/nodes")["items"][0]["today"]["failures"] == 0
    assert street.eve.post(f"/api/gateway/keys/{street.eves.id}/revoke", status=200)["active"] is False
    north.clear()
    assert street.adas.ask("well").status_code == 200


def test_the_live_view_shows_only_ones_own(street):
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in street.eve.http.cookies.jar)
    with connect(
            street.gateway.server.socket_base + "/api/gateway/live", origin=street.gateway.base, additional_headers={"cookie": cookie}, compression=None) as socket:
        heard = [socket.recv(5)]
        street.adas.ask("unseen")
        street.eves.ask("seen")
        deadline = time.monotonic() + 5
        while not any(json.loads(frame).get("t") == "closed" for frame in heard) and time.monotonic() < deadline:
            heard.append(socket.recv(5))
    text = "\n".join(heard)
    assert street.south["id"] in text and '"closed"' in text
    assert street.north["id"] not in text and street.adas.id not in text
    assert {json.loads(frame)["request"]["key"]["id"] for frame in heard if json.loads(frame)["t"] in ("open", "closed")} == {street.eves.id}


def test_the_live_view_is_for_members_at_their_own_page_only(street):
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in street.eve.http.cookies.jar)
    address = street.gateway.server.socket_base + "/api/gateway/live"
    for origin, headers in [(street.gateway.base, {}), ("https://elsewhere.example", {"cookie": cookie}), (None, {"cookie": cookie})]:
        with pytest.raises(Exception) as caught:
            with connect(address, origin=origin, additional_headers=headers, compression=None) as socket:
                socket.recv(3)
        assert not isinstance(caught.value, TimeoutError), (origin, headers)


@pytest.mark.parametrize("way", ["signs out", "is ended elsewhere", "is deactivated"])
def test_the_live_view_ends_with_its_session(gateway, north, way):
    gateway.add(north)
    bo = gateway.ada.invite("bo@lantern.example", "agent", "Bo", [])
    cookie = "; ".join(f"{cookie.name}={cookie.value}" for cookie in bo.http.cookies.jar)
    session = bo.get("/api/me")["session"]
    with connect(gateway.server.socket_base + "/api/gateway/live", origin=gateway.base, additional_headers={"cookie": cookie}, compression=None) as socket:
        assert json.loads(socket.recv(5))["t"] == "hello"
        if way == "signs out":
            assert bo.http.delete("/api/sessions/current").status_code == 204
        elif way == "is ended elsewhere":
            other = Member(gateway.server, "bo@lantern.example").sign_in()
            assert other.http.delete(f"/api/sessions/{session}").status_code == 204
            other.close()
        else:
            gateway.ada.answer(gateway.ada.http.patch(f"/api/members/{bo.id}", json={"active": False}), 200)
        begun = time.monotonic()
        with pytest.raises(ConnectionClosed) as ended:
            while True:
                socket.recv(10)
        assert ended.value.rcvd.code == 4401 and time.monotonic() - begun < 8
    bo.close()


def test_the_houses_settings_are_for_the_first_workspace_only(street):
    assert street.eve.http.patch("/api/gateway/settings", json={"RETRY_MAX": "0"}).status_code == 403
    assert street.ada.http.patch("/api/gateway/settings", json={"RETRY_MAX": "1"}).status_code == 200


def test_members_read_and_admins_change(street, north):
    """The matrix of roles."""
    agent = street.ada.invite("bo@lantern.example", "agent", "Bo", [])
    admin = street.ada.invite("cy@lantern.example", "admin", "Cy")
    stranger = httpx.Client(base_url=street.gateway.base, headers={"origin": street.gateway.base})
    node, key = f"/api/gateway/nodes/{street.north['id']}", f"/api/gateway/keys/{street.adas.id}"
    reads = ["/api/gateway/nodes", node, f"{node}/history", "/api/gateway/keys", key, "/api/gateway/requests", "/api/gateway/usage", "/api/gateway/prices",
             "/api/gateway/settings"]
    changes = [
        ("POST", "/api/gateway/nodes", {"name": "x", "url": north.base, "allowLoopback": True, "family": "anthropic"}), ("PATCH", node, {"weight": 5}),
        ("POST", f"{node}/drain", None), ("POST", f"{node}/undrain", None), ("POST", "/api/gateway/keys", {"name": "x"}), ("PATCH", key, {"concurrency": 9}),
        ("POST", "/api/gateway/prices", PRICE), ("GET", "/api/gateway/audit", None)]
    for path in reads:
        assert [who.get(path).status_code for who in (stranger, agent.http, admin.http, street.ada.http)] == [401, 200, 200, 200], path
    for method, path, body in changes:
        assert [who.request(method, path, json=body).status_code for who in (stranger, agent.http)] == [401, 403], path
        assert admin.http.request(method, path, json=body).status_code in (200, 201), path
        # Another site's page must not act with a member's cookie.
        if method != "GET":
            crossed = admin.http.request(method, path, json=body, headers={"origin": "https://elsewhere.example"})
            assert crossed.status_code == 403, path
    stranger.close()
    agent.close()
    admin.close()
