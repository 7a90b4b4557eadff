"""Credentials reach the node that they are for, and nothing else: no log, no error, no answer, no file, no other host."""
import json
import os
import pathlib
import stat
import time

import httpx
import pytest

from support import engine
from support import server as program
from support.gateway import QUICK, Stream, hello, server_of
from support.practice import make_certificate

SECRETS = {"north": "secret-of-north-7Hq2LmZ0", "south": "secret-of-south-K9vT4xWc", "elsewhere": "secret-of-elsewhere-p3Rj"}
SCENES = [
    "401", "403", "400", "429:1", "500", "529", "reset-before-head", "reset-after-head", "reset-mid-content", "error-early", "error-late", "garbage",
    "malformed-events", "not-http", "oversized-header:300000", "length-too-long", "truncated", "redirect:", "black-hole"]


def test_credentials_reach_their_node_and_nothing_else(gateways, nodes, keys, tmp_path):
    """Everything that can go wrong goes wrong, at the most talkative log level; then everything is searched."""
    gateway = gateways(GATEWAY_FIRST_BYTE_TIME="1", GATEWAY_NON_STREAM_TIME="1", GATEWAY_SILENCE_TIME="1", GATEWAY_QUEUE_TIME="0", LOG_LEVEL="trace")
    north, south, elsewhere = nodes("north"), nodes("south"), nodes("elsewhere")
    certificate, private = make_certificate(tmp_path)
    tls = nodes("tls", "--tls-cert", str(certificate), "--tls-key", str(private))
    made = [
        gateway.add(north, priority=1, credential=SECRETS["north"]), gateway.add(south, priority=2, credential=SECRETS["south"], auth="bearer"),
        gateway.add(elsewhere, family="openai", credential=SECRETS["elsewhere"]), gateway.add(tls, priority=3, credential=SECRETS["north"] + "-tls")]
    key = keys(gateway)
    bodies: list[bytes] = []
    for scene in SCENES:
        scene = scene if not scene.endswith(":") else f"redirect:{elsewhere.base}/v1/messages"
        for stream in (True, False):
            north.play(scene)
            south.play(scene)
            try:
                answer = Stream.read(key.http, "/v1/messages", hello(f"{scene} {stream}", stream=stream))
                bodies.append(answer.body + json.dumps(list(answer.headers.items())).encode())
            except httpx.TransportError:
                pass
            assert any(one.fault for one in north.asked[-1:]), f"{scene} was not played"
            for node in made[:2]:
                gateway.change(node, "enable")
                gateway.awaits(lambda: gateway.state(node["name"]) not in ("cooling", "dead"), 5, f"{node['name']} after {scene}")
            north.forget_script()
            south.forget_script()
    key.chat()
    assert key.ask("at last").status_code == 200
    for node in made:
        bodies.append(gateway.ada.http.post(f"/api/gateway/nodes/{node['id']}/test").content)
    for path in ("nodes", "keys", "requests?limit=200", "audit", "settings", "usage", f"nodes/{made[0]['id']}/history", "prices"):
        bodies.append(gateway.ada.http.get(f"/api/gateway/{path}").content)
    for row in gateway.ada.get("/api/gateway/requests", limit=50)["items"]:
        bodies.append(gateway.ada.http.get(f"/api/gateway/requests/{row['id']}").content)
    search = [key.text, *SECRETS.values()]
    heard = b"\n".join(bodies)
    log = "\n".join(gateway.server.lines)
    assert len(log) > 1_000
    for secret in search:
        assert secret.encode() not in heard, f"{secret} in an answer"
        assert secret not in log, f"{secret} in the log"
    seen = {"north": north.requests(bodies=True), "south": south.requests(bodies=True), "elsewhere": elsewhere.requests(bodies=True)}
    for name, requests in seen.items():
        for request in requests:
            text = repr(request.headers) + request.target + repr(request.body)
            assert not [secret for other, secret in SECRETS.items() if other != name and secret in text], (name, text)
            assert key.text not in text
    assert not any(request.path == "/v1/messages" for request in seen["elsewhere"])
    gateway.server.stop()
    assert_nowhere(gateway.server.data, search)


def assert_nowhere(data: pathlib.Path, secrets: list[str]) -> None:
    """Nowhere on a disk, as it is or in base64 or hexadecimal."""
    import base64
    stored = engine.stored(data)
    assert any(file.endswith("/house.key") for file in stored)
    for file, content in stored.items():
        for secret in secrets:
            forms = [secret.encode(), base64.b64encode(secret.encode())[:-4], secret.encode().hex().encode(), secret.encode("utf-16-le")]
            assert not [form for form in forms if form in content], f"{secret} in {file}"


@pytest.mark.parametrize("loss", ["another", "gone"])
def test_without_its_house_key_the_server_starts_says_what_is_lost_and_there_is_a_way_on(gateways, north, south, loss):
    gateway = gateways(**QUICK)
    gateway.add(north, credential=SECRETS["north"])
    gateway.add(south, credential=SECRETS["south"], priority=2)
    old = gateway.key("old laptop")
    assert old.ask().status_code == 200
    data, file = gateway.server.data, gateway.server.data / "house.key"
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600 and stat.S_IMODE(os.stat(data).st_mode) == 0o700
    gateway.server.stop()
    right = file.read_bytes()
    file.write_bytes(bytes(reversed(right))) if loss == "another" else file.unlink()
    # A command that finds no server does not take another key by mistake: it says what to do.
    refused = program.command("key", "create", "--name", "x", data=data)
    assert refused.returncode == 78 and "house.key" in refused.stderr and "start the server" in refused.stderr
    assert file.exists() == (loss == "another")

    since = len(gateway.server.lines)
    gateway.server.start()
    told = [record for record in gateway.server.records()[-len(gateway.server.lines[since:]):] if record["level"] == "error"]
    assert any("house's key" in record["message"] for record in told), told
    assert any("north, south" in json.dumps(record, ensure_ascii=False) for record in told), told
    # Everything else is served: the desk's people sign in, and see which nodes need what.
    gateway.ada.sign_in()
    nodes = gateway.ada.get("/api/gateway/nodes")["items"]
    assert [(node["needsCredential"], node["hasCredential"], node["health"]["state"], node["health"]["code"]) for node in nodes] == [
        (True, False, "dead", "credential_needed")] * 2
    assert [key["lost"] for key in gateway.ada.get("/api/gateway/keys")["items"]] == [True]
    assert old.ask().status_code == 401
    assert gateway.ada.http.post(f"/api/gateway/nodes/{nodes[0]['id']}/test").json()["code"] == "gateway.unsealable"
    asked = len(north.asked)
    key = gateway.key("laptop")
    assert key.ask().status_code >= 500 and len(north.asked) == asked, "a node was asked without its credential"

    # The way on: the credential again, by command or in the console.
    listed = program.command("node", "list", data=data)
    assert listed.stdout.count("enter it again") == 2
    changed = program.command("node", "change", "--name", "north", "--credential-env", "NORTH_KEY", data=data, NORTH_KEY=SECRETS["north"])
    assert changed.returncode == 0 and "sealed anew" in changed.stderr, changed.stderr
    gateway.ada.answer(gateway.ada.http.patch(f"/api/gateway/nodes/{nodes[1]['id']}", json={"credential": SECRETS["south"]}), 200)
    assert server_of(key.ask("again")) == "north" and north.asked[-1].header("x-api-key") == SECRETS["north"]
    assert program.command("key", "revoke", "--name", "old laptop", data=data).returncode == 0
    gateway.server.stop()
    since = len(gateway.server.lines)
    gateway.server.start()
    assert "house's key" not in "\n".join(gateway.server.lines[since:]), "nothing is left to say"
    assert server_of(key.ask("after a restart")) == "north"
    old.close()
    key.close()


def test_the_old_house_key_put_back_opens_everything_again(gateways, north):
    gateway = gateways(**QUICK)
    gateway.add(north)
    key = gateway.key()
    assert key.ask().status_code == 200
    file = gateway.server.data / "house.key"
    gateway.server.stop()
    right = file.read_bytes()
    file.unlink()
    gateway.server.start()
    assert key.ask().status_code == 401
    gateway.server.stop()
    file.write_bytes(right)
    os.chmod(file, 0o600)
    gateway.server.start()
    gateway.ada.sign_in()
    assert not gateway.node("north")["needsCredential"] and server_of(key.ask()) == "north"
    key.close()


@pytest.mark.parametrize("content, mode", [(b"short", 0o600), (bytes(32), 0o644)])
def test_a_house_key_file_that_can_not_be_one_stops_the_start_and_stays(gateways, content, mode):
    gateway = gateways()
    gateway.server.stop()
    file = gateway.server.data / "house.key"
    file.write_bytes(content)
    os.chmod(file, mode)
    gateway.server.launch()
    assert gateway.server.await_end() == 78
    assert "house.key" in gateway.server.tail() and file.read_bytes() == content


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}", "http://localhost:{own}"])
def test_a_stolen_session_can_not_have_a_credential_sent_elsewhere(gateway, north, south, keys, url):
    """Neither by another port nor by another name: the credential has to be given again."""
    made = gateway.add(north, credential=SECRETS["north"])
    path = f"/api/gateway/nodes/{made['id']}"
    target = url.format(port=south.port, own=north.port)
    refused = gateway.ada.http.patch(path, json={"url": target, "allowLoopback": True})
    assert (refused.status_code, refused.json()["code"]) == (422, "gateway.node_moved"), refused.text
    assert [(error["field"], error["code"]) for error in refused.json()["errors"]] == [("credential", "credential_again")]
    assert SECRETS["north"] not in refused.text and north.base in refused.text
    by_command = program.command("node", "change", "--name", "north", "--url", target, "--allow-loopback", data=gateway.server.data)
    assert by_command.returncode == 65 and "gateway.node_moved" in by_command.stderr and "credential" in by_command.stderr
    assert gateway.node("north")["url"] == north.base
    assert server_of(keys(gateway).ask()) == "north"
    assert not south.requests() and SECRETS["north"] not in repr(south.requests(bodies=True))
    # Who has it may.
    moved = gateway.ada.http.patch(path, json={"url": south.base, "allowLoopback": True, "credential": SECRETS["south"]})
    assert moved.status_code == 200, moved.text
    assert server_of(keys(gateway).ask("moved")) == "south" and south.asked[-1].header("x-api-key") == SECRETS["south"]
    line = gateway.ada.get("/api/gateway/audit", limit=1)["items"]
    changed = next(one for one in gateway.ada.get("/api/gateway/audit", limit=5)["items"] if one["action"] == "node.changed")
    assert {change["field"] for change in changed["changes"]} == {"url", "credential"} and line


def test_more_networks_need_the_credential_again_too(gateway, north):
    made = gateway.add("https://north.example", name="far", allowLoopback=False)
    path = f"/api/gateway/nodes/{made['id']}"
    for grant in ("allowPrivate", "allowLoopback"):
        refused = gateway.ada.http.patch(path, json={grant: True})
        assert (refused.status_code, refused.json()["code"]) == (422, "gateway.node_moved"), refused.text
    assert gateway.ada.http.patch(path, json={"allowPrivate": True, "credential": SECRETS["north"]}).status_code == 200
    assert gateway.ada.http.patch(path, json={"allowPrivate": False}).status_code == 200


def test_a_probe_by_command_sees_its_nodes_credential_and_nothing_else(gateways, north, tmp_path):
    script, told = tmp_path / "probe.sh", tmp_path / "told"
    script.write_text(
        f'#!/bin/sh\nenv > "{told}"\necho "$@" >> "{told}"\nls -l /proc/$$/fd >> "{told}"\nls -A "$HOME" | wc -l >> "{told}"\necho ok\n')
    script.chmod(0o755)
    gateway = gateways(HEALTH_CLI_COMMAND=f"{script} -p ok --model {{model}}", ANTHROPIC_AUTH_TOKEN="the-servers-own", SECRET_OF_THE_SERVER="the-servers-own")
    made = gateway.add(north, healthMethod="cli", credential=SECRETS["north"])
    tested = gateway.change(made, "test")
    assert tested["ok"] is True, tested
    lines = told.read_text().splitlines()
    variables = dict(line.split("=", 1) for line in lines if "=" in line)
    # Neither the server's sockets nor its database.
    assert not [line for line in lines if "socket:" in line or "sqlite" in line]
    assert set(variables) <= {"PATH", "HOME", "ANTHROPIC_BASE_URL", "ANTHROPIC_API_KEY", "PWD", "SHLVL", "_", "OLDPWD"}
    assert (variables["ANTHROPIC_BASE_URL"], variables["ANTHROPIC_API_KEY"]) == (north.base, SECRETS["north"])
    assert "the-servers-own" not in told.read_text() and "-p ok --model claude-haiku-4-5-20251001" in lines and lines[-1].strip() == "0"
    assert SECRETS["north"] not in "\n".join(gateway.server.lines)


def test_a_probe_by_command_that_hangs_is_ended_with_its_children(gateways, north, tmp_path):
    script, pids = tmp_path / "probe.sh", tmp_path / "pids"
    script.write_text(f'#!/bin/sh\nsleep 300 &\necho "$$ $!" >> "{pids}"\necho secret-output\nsleep 300\n')
    script.chmod(0o755)
    gateway = gateways(HEALTH_CLI_COMMAND=str(script))
    made = gateway.add(north, healthMethod="cli")
    begun = time.monotonic()
    answer = gateway.ada.http.post(f"/api/gateway/nodes/{made['id']}/test", timeout=60).json()
    assert answer["ok"] is False and 25 < time.monotonic() - begun < 40
    # A round of its own may have begun another one meanwhile.
    for pid in pids.read_text().splitlines()[0].split():
        gateway.awaits(lambda: is_gone(pid), 5, f"the end of {pid}")
    gateway.server.stop()
    for pid in pids.read_text().split():
        gateway.awaits(lambda: is_gone(pid), 5, f"the end of {pid} with the server")


def is_gone(pid: str) -> bool:
    try:
        # Whoever adopts orphans here may leave them as zombies.
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] in "ZX"
    except OSError:
        return True
