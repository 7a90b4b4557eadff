"""Settings: the predecessor's names, the console's changes, and the gateway alone by `switchboard proxy`."""
import json
import socket

import httpx
import pytest

from support import server as program
from support.gateway import QUICK, Gateway, hello, server_of
from support.server import Server
from support.world import Member, found


class Proxy(Server):
    """`switchboard proxy`: the gateway without the desk."""

    verb = "proxy"


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def first_key(server: Server) -> str:
    made = program.command("key", "create", "--name", "laptop", data=server.data)
    assert made.returncode == 0, made.stderr
    return made.stdout.strip()


def test_the_predecessors_settings_make_a_first_node_and_mean_what_they_meant(tmp_path, server, north, south):
    found(tmp_path / "data")
    running = server(
        UPSTREAM_BASE_URL=north.base, UPSTREAM_API_KEY="predecessors-key", UPSTREAM_NAME="first", PROXY_RETRY_MAX="0", PROXY_FAIL_THRESHOLD="1",
        PROXY_HEALTH_INTERVAL_SEC="30", PROXY_HEALTH_CHECK_MODE="head", HEALTH_CHECK_CONCURRENCY="10", HEALTH_ALL_INTERVAL_MIN="5").start()
    ada = Member(running).sign_in()
    (node,) = ada.get("/api/gateway/nodes")["items"]
    assert (node["name"], node["url"].rstrip("/"), node["hasCredential"], node["healthMethod"]) == ("first", north.base, True, "head")
    gateway = Gateway(running)
    gateway.add(south, priority=2)
    key = gateway.key()
    assert server_of(key.ask()) == "north" and north.asked[0].header("x-api-key") == "predecessors-key"
    # No retry, and one failure is enough.
    north.play("500")
    failed = key.ask("fails")
    assert failed.status_code == 500 and "x-switchboard-attempts" not in failed.headers
    assert gateway.state("first") == "cooling" and server_of(key.ask("next")) == "south"
    key.close()
    running.stop()
    # A second start makes no second node.
    running.start()
    assert [node["name"] for node in Member(running).sign_in().get("/api/gateway/nodes")["items"]] == ["first", "south"]


def test_config_shows_which_of_the_predecessors_names_were_used(tmp_path):
    names = {
        "UPSTREAM_BASE_URL": "https://api.example.com", "UPSTREAM_API_KEY": "predecessors-key", "UPSTREAM_NAME": "first", "PROXY_RETRY_MAX": "1",
        "PROXY_FAIL_THRESHOLD": "4", "PROXY_HEALTH_INTERVAL_SEC": "60", "PROXY_HEALTH_CHECK_MODE": "head", "HEALTH_CHECK_CONCURRENCY": "2",
        "HEALTH_ALL_INTERVAL_MIN": "7", "LISTEN_ADDR": "127.0.0.1:8123"}
    shown = program.command("config", data=tmp_path / "data", **names)
    assert shown.returncode == 0, shown.stderr
    for name, value in names.items():
        assert name in shown.stdout, f"{name} is not shown:\n{shown.stdout}"
        if name != "UPSTREAM_API_KEY":
            assert value.rsplit(":", 1)[-1] in shown.stdout, name
    assert "predecessors-key" not in shown.stdout + shown.stderr
    listed = json.loads(program.command("config", "--json", data=tmp_path / "data", **names).stdout)
    assert "PROXY_RETRY_MAX" in json.dumps(listed) and "predecessors-key" not in json.dumps(listed)


@pytest.mark.parametrize("form", ["127.0.0.1:{port}", ":{port}"])
def test_the_predecessors_listen_address(tmp_path, form):
    found(tmp_path / "data")
    port = free_port()
    server = Server(tmp_path / "data", LISTEN_ADDR=form.format(port=port), ALLOW_PLAIN_HTTP="true")
    del server.settings["HTTP_PORT"], server.settings["BIND"]
    with server:
        assert server.port == port and httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200
        # For `end`, which would otherwise name the port twice.
        server.settings.pop("HTTP_PORT", None)


def test_both_names_of_one_setting_are_a_contradiction(tmp_path):
    refused = program.command("config", data=tmp_path / "data", GATEWAY_RETRY_MAX="1", PROXY_RETRY_MAX="2")
    assert refused.returncode == 78 and "PROXY_RETRY_MAX" in refused.stderr


@pytest.mark.parametrize("name, value", [
    ("GATEWAY_QUEUE", "-1"), ("GATEWAY_FIRST_BYTE_TIME", "soon"), ("PROXY_RETRY_MAX", "99"), ("HEALTH_CHECK_CONCURRENCY", "0"), ("UPSTREAM_BASE_URL", "ftp://x"),
    ("PROXY_HEALTH_CHECK_MODE", "guess"), ("GATEWAY_BODY_LIMIT", "0")])
def test_a_value_out_of_range_stops_the_start_with_a_sentence(tmp_path, server, name, value):
    found(tmp_path / "data")
    started = server(**{name: value}).launch()
    assert started.await_end() in (65, 78)
    assert name in started.tail()


def test_the_console_changes_settings_at_once_and_back_again(gateways, north, south, keys):
    gateway = gateways(GATEWAY_RETRY_MAX="2", **QUICK)
    gateway.add_both(north, south)
    key = keys(gateway)

    def setting(name: str) -> dict:
        return next(item for item in gateway.ada.get("/api/gateway/settings")["items"] if item["key"] == name)

    assert (setting("RETRY_MAX")["value"], setting("RETRY_MAX")["origin"]) == ("2", "environment")
    north.play("500")
    assert server_of(key.ask("one")) == "south"
    gateway.ada.answer(gateway.ada.http.patch("/api/gateway/settings", json={"RETRY_MAX": "0"}), 200)
    north.play("500")
    assert key.ask("two").status_code == 500
    assert (setting("RETRY_MAX")["value"], setting("RETRY_MAX")["origin"]) == ("0", "console")
    gateway.server.stop()
    gateway.server.start()
    gateway.ada.sign_in()
    assert setting("RETRY_MAX")["value"] == "0", "forgotten over a restart"
    gateway.ada.answer(gateway.ada.http.patch("/api/gateway/settings", json={"RETRY_MAX": None}), 200)
    assert setting("RETRY_MAX")["origin"] == "environment"
    for body in ({"RETRY_MAX": "99"}, {"NO_SUCH": "1"}, {"HEALTH_CLI_COMMAND": "rm -rf /"}):
        refused = gateway.ada.http.patch("/api/gateway/settings", json=body)
        assert refused.status_code == 422 and next(iter(body)) in refused.text


def test_the_gateway_alone_has_a_port_of_its_own_and_no_desk(tmp_path, north):
    found(tmp_path / "data")
    port = free_port()
    with Proxy(tmp_path / "data", GATEWAY_PORT=port, UPSTREAM_BASE_URL=north.base, UPSTREAM_API_KEY="k") as proxy:
        assert proxy.port == port
        key = first_key(proxy)
        http = httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": key})
        assert server_of(http.post("/v1/messages", json=hello())) == "north"
        assert http.head("/").status_code == 200 and http.get("/v1/models").status_code == 200
        for path in ("/inbox/all", "/demo", "/api/inbox", "/api/shops", "/api/widget/x/customers"):
            assert http.get(path).status_code == 404, path
        http.close()
        assert proxy.stop() == 0


def test_beside_the_desk_the_gateway_may_have_a_port_of_its_own(tmp_path, server, north):
    found(tmp_path / "data")
    port, house_port = free_port(), free_port()
    # The stream at the end takes a second.
    running = server(GATEWAY_PORT=port, HTTP_PORT=house_port, DRAIN_TIME="10s").start()
    running.addresses = {"http": ("127.0.0.1", house_port)}
    gateway = Gateway(running)
    gateway.add(north)
    key = gateway.key()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", headers={"x-api-key": key.text}) as own:
        assert server_of(own.post("/v1/messages", json=hello())) == "north"
        assert own.get("/ready").status_code == 200
        for path in ("/inbox/all", "/demo", "/api/inbox", "/api/gateway/nodes", "/api/sessions"):
            assert own.get(path).status_code == 404, path
    assert server_of(key.ask("where it always was")) == "north"
    told = gateway.ada.get("/api/gateway/address")
    assert told == {"anthropic": f"http://127.0.0.1:{port}", "openai": f"http://127.0.0.1:{port}/v1"}
    # Both drain together.
    north.play("paced:50:20")
    with httpx.stream("POST", f"http://127.0.0.1:{port}/v1/messages", json=hello(stream=True), headers={"x-api-key": key.text}, timeout=20) as answer:
        chunks = answer.iter_raw()
        next(chunks)
        running.terminate()
        assert b"message_stop" in b"".join(chunks)
    assert running.await_end() == 0
    key.close()


def test_a_taken_gateway_port_ends_the_start_with_69(tmp_path, server):
    found(tmp_path / "data")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        started = server(GATEWAY_PORT=taken.getsockname()[1]).launch()
        assert started.await_end() == 69
        assert str(taken.getsockname()[1]) in started.tail()


def test_the_console_is_told_where_programs_find_the_gateway(gateways):
    gateway = gateways()
    assert gateway.ada.get("/api/gateway/address") == {"anthropic": gateway.base, "openai": gateway.base + "/v1"}
    behind = gateways(GATEWAY_PUBLIC_URL="https://models.example/")
    assert behind.ada.get("/api/gateway/address") == {"anthropic": "https://models.example", "openai": "https://models.example/v1"}


def test_the_gateway_alone_says_what_its_clients_need(tmp_path):
    found(tmp_path / "data")
    port = free_port()
    with Proxy(tmp_path / "data", GATEWAY_PORT=port) as proxy:
        line = proxy.await_line("ANTHROPIC_BASE_URL")
        assert f"ANTHROPIC_BASE_URL=http://127.0.0.1:{port} " in line and line.endswith(f"OPENAI_BASE_URL=http://127.0.0.1:{port}/v1")


def test_claude_code_by_the_gateway_alone(tmp_path, north, claude_code):
    found(tmp_path / "data")
    with Proxy(tmp_path / "data", GATEWAY_PORT=free_port(), UPSTREAM_BASE_URL=north.base, UPSTREAM_API_KEY="k") as proxy:
        assert "Practice node north answers" in claude_code(proxy.base, first_key(proxy)).say("hi")


def test_serve_and_proxy_do_not_share_a_data_directory(tmp_path, server):
    found(tmp_path / "data")
    server().start()
    second = Proxy(tmp_path / "data", GATEWAY_PORT=free_port()).launch()
    assert second.await_end() == 69


def test_the_gateway_under_tls_and_http2(gateways, north, keys, tmp_path):
    """As clients reach it over a network: TLS of its own, HTTP/1.1 and HTTP/2."""
    gateway = gateways(TLS_MODE="self-signed", HTTPS_PORT=0, **QUICK)
    gateway.add(north)
    made = gateway.key()
    with httpx.Client(base_url=gateway.base, http2=True, verify=False, headers={"x-api-key": made.text}, timeout=20) as http:
        whole = http.post("/v1/messages?beta=true", json=hello())
        assert (whole.http_version, server_of(whole)) == ("HTTP/2", "north")
        with http.stream("POST", "/v1/messages", json=hello(stream=True)) as answer:
            assert b"message_stop" in b"".join(answer.iter_raw())
        north.play("reset-mid-content")
        with http.stream("POST", "/v1/messages", json=hello("breaks", stream=True)) as answer:
            assert b"event: error" in b"".join(answer.iter_raw())
        assert http.post("/v1/messages", content=b"{").status_code == 400
        assert server_of(http.post("/v1/messages", json=hello("after"))) == "north"
    made.close()
