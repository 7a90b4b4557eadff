"""Nodes as an operator has them: where they may be, how many there may be, what probing them may cost."""
import socket
import time

import pytest

from support.gateway import QUICK, Background, server_of


@pytest.mark.parametrize("url", [
    "http://127.0.0.1:9", "http://localhost:9", "http://[::1]:9", "http://127.1:9", "http://2130706433:9", "http://0x7f.1:9", "http://[::ffff:127.0.0.1]:9",
    "http://0.0.0.0:9", "http://10.0.0.1", "http://192.168.1.1", "http://172.16.0.1", "http://100.64.0.1", "http://[fd00::1]", "http://169.254.169.254",
    "http://[fe80::1]", "http://metadata.google.internal", "ftp://example.com", "file:///etc/passwd", "https://user:pass@example.com", "https://example.com/#x",
    "https://example.com/?x=y", "https://", "not a url", "http://example.com:99999", "unix:/run/x.sock", "https://exa mple.com", "https://example.com/v1"])
def test_where_a_node_may_not_be(house, url):
    answer = house.ada.http.post("/api/gateway/nodes", json={"name": "x", "url": url, "family": "anthropic", "healthMethod": "head"})
    if url in ("http://localhost:9", "http://metadata.google.internal", "https://example.com/v1"):
        # A name is looked up when it is dialled; a path may be one that a node really has.
        if answer.status_code == 201:
            house.ada.http.delete(f"/api/gateway/nodes/{answer.json()['id']}")
            return
    assert answer.status_code == 422 and answer.json()["code"] in ("gateway.node_url", "gateway.invalid"), answer.text


@pytest.mark.parametrize("url", ["http://169.254.169.254", "http://[fe80::1]", "http://169.254.0.9:80", "http://0.0.0.0:80"])
def test_where_no_node_may_be_whatever_is_granted(house, url):
    body = {"name": "x", "url": url, "family": "anthropic", "allowPrivate": True, "allowLoopback": True, "healthMethod": "head"}
    assert house.ada.http.post("/api/gateway/nodes", json=body).status_code == 422


def test_a_name_that_leads_to_this_machine_is_not_dialled(gateway, north, keys):
    """The guard is where connections are made: a name can change its address after the node was added."""
    made = gateway.ada.http.post(
        "/api/gateway/nodes", json={"name": "sly", "url": f"http://localhost:{north.port}", "family": "anthropic", "credential": "x", "healthMethod": "head"})
    if made.status_code == 201:
        assert keys(gateway).ask().status_code >= 500
        gateway.ada.http.post(f"/api/gateway/nodes/{made.json()['id']}/test")
    assert not north.requests()


def test_a_credential_that_is_not_named_stays_and_a_new_one_counts_at_once(gateway, north, keys):
    made = gateway.add(north, credential="first-credential")
    key = keys(gateway)
    path = f"/api/gateway/nodes/{made['id']}"
    key.ask("one")
    changed = gateway.ada.answer(gateway.ada.http.patch(path, json={"weight": 5, "name": "renamed"}), 200)
    assert (changed["name"], changed["weight"], changed["hasCredential"]) == ("renamed", 5, True)
    key.ask("two")
    gateway.ada.answer(gateway.ada.http.patch(path, json={"credential": "second-credential"}), 200)
    key.ask("three")
    assert [one.header("x-api-key") for one in north.asked] == ["first-credential", "first-credential", "second-credential"]


def test_order_is_changed_whole_and_counts_at_once(gateway, north, south, keys):
    first, second = gateway.add_both(north, south)
    key = keys(gateway)
    assert server_of(key.ask("one")) == "north"
    ordered = gateway.ada.answer(gateway.ada.http.put("/api/gateway/nodes/order", json={"groups": [[second["id"]], [first["id"]]]}), 200)
    assert [(node["name"], node["priority"]) for node in ordered["items"]] == [("south", 1), ("north", 2)]
    assert server_of(key.ask("two")) == "south"
    for groups in ([[first["id"]]], [[first["id"], first["id"]], [second["id"]]], [[first["id"], second["id"], "x"]]):
        assert gateway.ada.http.put("/api/gateway/nodes/order", json={"groups": groups}).status_code in (404, 422)


def test_a_removed_node_ends_nothing_that_runs(gateway, north, south, keys):
    made, _ = gateway.add_both(north, south)
    key = keys(gateway)
    north.play("paced:50:20")
    running = Background(key).begun()
    assert gateway.ada.http.delete(f"/api/gateway/nodes/{made['id']}").status_code == 204
    assert server_of(key.ask("next")) == "south"
    assert running.done.wait(10) and b"message_stop" in running.body
    assert {row["node"]["name"] for row in key.booked(2)} == {"north", "south"}


@pytest.mark.parametrize("method, path", [("head", "/"), ("count", "/v1/messages/count_tokens"), ("api", "/v1/messages")])
def test_each_kind_of_probe_asks_as_it_should(gateway, north, method, path):
    made = gateway.add(north, healthMethod=method)
    assert gateway.change(made, "test")["ok"] is True
    (seen,) = north.requests()
    assert seen.path == path and seen.method == ("HEAD" if method == "head" else "POST")
    if method == "api":
        import json
        body = json.loads(north.requests(bodies=True)[0].body)
        assert (body["max_tokens"], body["model"]) == (1, "claude-haiku-4-5-20251001")
    north.play("500", path=path)
    failed = gateway.change(made, "test")
    assert (failed["ok"], failed["status"]) == (False, 500)


def test_a_test_of_a_node_that_is_being_tested_is_refused(gateway, north):
    import threading
    made = gateway.add(north, healthMethod="count")
    north.play("slow:1500", path="/v1/messages/count_tokens")
    first: list[int] = []
    thread = threading.Thread(target=lambda: first.append(gateway.ada.http.post(f"/api/gateway/nodes/{made['id']}/test").status_code))
    thread.start()
    north.eventually(lambda node: bool(node.requests()))
    second = gateway.ada.http.post(f"/api/gateway/nodes/{made['id']}/test")
    thread.join()
    assert (first, second.status_code, second.json()["code"]) == ([200], 409, "gateway.probe_running")


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


@pytest.mark.timeout(180)
def test_two_hundred_dead_nodes_change_nothing_for_the_start_and_no_storm_of_probes_comes(gateways, nodes, north, keys):
    gateway = gateways(HEALTH_ALL_INTERVAL_MIN=1, **QUICK)
    hole = nodes("hole", "--fault", "black-hole")

    def start() -> float:
        gateway.server.stop()
        begun = time.monotonic()
        gateway.server.start()
        return time.monotonic() - begun

    without = min(start() for _ in range(2))
    gateway.ada.sign_in()
    for number, port in enumerate(free_ports(100)):
        gateway.add(f"http://127.0.0.1:{port}", name=f"dead-{number}", priority=number + 2, healthMethod="api")
        gateway.add(hole.base, name=f"silent-{number}", priority=number + 2, healthMethod=["api", "count", "head", "api"][number % 4])
    gateway.add(north, priority=1)
    with_them = min(start() for _ in range(2))
    assert with_them < without + 0.5, (without, with_them)
    gateway.ada.sign_in()
    key = keys(gateway)
    assert not hole.requests(), "no probe within the first seconds"
    started = time.monotonic()
    # The first round begins 5–35 s after the start. It goes on and on, two at a time, and requests are served meanwhile.
    hole.eventually(lambda node: node.requests(), 45)
    most, slowest = 0, 0.0
    while time.monotonic() - started < 60:
        figures = hole.figures
        # One is this test's own connection.
        most = max(most, figures["openConnections"] - 1)
        begun = time.monotonic()
        assert server_of(key.ask(f"{begun}")) == "north"
        slowest = max(slowest, time.monotonic() - begun)
        time.sleep(0.05)
    assert 1 <= most <= 2 and hole.figures["mostOpenConnections"] <= 3, (most, hole.figures)
    assert slowest < 1
    assert gateway.server.open_sockets < 60
    begun = time.monotonic()
    gateway.server.stop()
    assert time.monotonic() - begun < 5, "a stop waited for probes"


@pytest.mark.timeout(120)
def test_rounds_never_overlap_however_slow_the_nodes_are(gateways, nodes):
    gateway = gateways(HEALTH_ALL_INTERVAL_MIN=1, PROXY_HEALTH_INTERVAL_SEC=5, **QUICK)
    slow = nodes("slow", "--fault", "slow:4000")
    for number in range(12):
        gateway.add(slow.base, name=f"slow-{number}", healthMethod="count")
    slow.eventually(lambda node: node.requests(), 45)
    end = time.monotonic() + 40
    while time.monotonic() < end:
        assert slow.figures["openConnections"] - 1 <= 2
        time.sleep(0.05)
    targets = [one.path for one in slow.requests()]
    assert 5 < len(targets) <= 2 * 45 / 3 and set(targets) <= {"/v1/messages/count_tokens"}


def test_probing_has_a_budget_and_then_asks_for_free(gateways, north):
    gateway = gateways(HEALTH_BUDGET_DAY="0")
    gateway.add(north, healthMethod="api")
    north.eventually(lambda node: node.requests(), 45)
    assert [one.path for one in north.requests()] == ["/v1/messages/count_tokens"]


def test_a_node_in_trouble_is_brought_back_by_probes(gateways, north, south, keys):
    gateway = gateways(PROXY_HEALTH_INTERVAL_SEC=5, **QUICK)
    gateway.add(north, priority=1, healthMethod="count")
    gateway.add(south, priority=2)
    key = keys(gateway)
    north.play("401")
    key.ask("one")
    assert gateway.state("north") == "dead"
    gateway.awaits(lambda: gateway.state("north") == "healthy", 60, "the probe that heals")
    assert server_of(key.ask("two")) == "north"
    history = gateway.ada.get(f"/api/gateway/nodes/{gateway.node('north')['id']}/history")["items"]
    assert [(line["to"], line["source"]) for line in history[:2]] == [("healthy", "probe"), ("dead", "traffic")], history
