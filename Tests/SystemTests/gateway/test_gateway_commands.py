"""Nodes and keys by command: before the first start, beside a running server, and refused in words."""
import re
import subprocess

import httpx

from support import server as program
from support.gateway import NODE_SECRET, hello
from support.server import Server
from support.world import found

KEY = re.compile(r"sb-[A-Za-z0-9_-]{43}")


def command(data, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return program.command(*arguments, data=data, NORTH_KEY=NODE_SECRET, **environment)


def add(data, node, *options: str) -> subprocess.CompletedProcess[str]:
    return command(
        data, "node", "add", "--name", node.name, "--url", node.base, "--credential-env", "NORTH_KEY", "--allow-loopback", "--health-method", "head", *options)


def make_key(data, name: str, *options: str) -> str:
    made = command(data, "key", "create", "--name", name, *options)
    assert made.returncode == 0, made.stderr
    assert KEY.fullmatch(made.stdout.rstrip("\n")) and made.stdout.endswith("\n"), made.stdout
    assert made.stdout.strip() not in made.stderr
    return made.stdout.strip()


def ask(server: Server, key: str, text: str = "hi") -> httpx.Response:
    return httpx.post(server.base + "/v1/messages", json=hello(text), headers={"x-api-key": key})


def test_what_a_newcomer_does(tmp_path, server, north):
    """Set up, a node, a key, serve, ask: nothing else."""
    data = tmp_path / "data"
    found(data)
    added = add(data, north)
    assert added.returncode == 0, added.stderr
    key = make_key(data, "laptop")
    answer = ask(server().start(), key)
    assert answer.status_code == 200 and answer.json()["content"][0]["text"].startswith("Practice node north")
    assert [one.header("x-api-key") for one in north.asked] == [NODE_SECRET]


def test_beside_a_running_server_a_command_is_in_effect_at_once(tmp_path, server, north, south):
    data = tmp_path / "data"
    found(data)
    running = server().start()
    key = make_key(data, "laptop")
    assert ask(running, key).status_code in (400, 529)
    assert add(data, north, "--priority", "1").returncode == 0
    assert add(data, south, "--priority", "2").returncode == 0
    for step, expected in [("test", "north"), ("drain", "south"), ("undrain", "north"), ("disable", "south"), ("enable", "north"), ("remove", "south")]:
        done = command(data, "node", "change", "--name", "north", "--step", step)
        assert done.returncode == 0, (step, done.stderr)
        # Another conversation each time, so that none sticks to a node.
        assert f"node {expected} " in ask(running, key, f"after {step}").json()["content"][0]["text"], step
    assert command(data, "key", "revoke", "--name", "laptop").returncode == 0
    assert ask(running, key).status_code == 401


def test_lists_show_names_and_prefixes_but_no_secret(tmp_path, server, north):
    data = tmp_path / "data"
    found(data)
    add(data, north)
    key = make_key(data, "laptop", "--requests-per-minute", "60", "--model", "claude-*")
    for is_running in (False, True):
        if is_running:
            server().start()
        nodes, listed = command(data, "node", "list"), command(data, "key", "list")
        assert nodes.returncode == listed.returncode == 0, nodes.stderr + listed.stderr
        assert "north" in nodes.stdout and north.base in nodes.stdout and "laptop" in listed.stdout and key[:9] in listed.stdout
        for text in (nodes.stdout, nodes.stderr, listed.stdout, listed.stderr):
            assert NODE_SECRET not in text and key not in text


def test_what_is_set_of_a_node_is_changed_by_command(tmp_path, server, north):
    data = tmp_path / "data"
    found(data)
    add(data, north)
    for is_running in (False, True):
        if is_running:
            server().start()
        name = "north" if not is_running else "nord"
        changed = command(data, "node", "change", "--name", name, "--rename", "nord", "--priority", "7", "--model", "claude-*", "--credential-env", "NORTH_KEY")
        assert changed.returncode == 0 and "nord" in changed.stderr, changed.stderr
        assert command(data, "node", "list").stdout.split("\t")[:4] == ["nord", north.base, "anthropic", "7"]
    for arguments in (["--step", "drain", "--priority", "2"], []):
        refused = command(data, "node", "change", "--name", "nord", *arguments)
        assert refused.returncode == 65 and "--step" in refused.stderr


def test_mistakes_are_refused_in_words_and_change_nothing(tmp_path, north):
    data = tmp_path / "data"
    nothing = command(data, "key", "create", "--name", "laptop")
    assert nothing.returncode != 0 and nothing.stdout == "" and "setup" in nothing.stderr
    found(data)
    for arguments, word in [
            (["node", "add", "--name", "x", "--url", north.base, "--credential-env", "NO_SUCH_NAME", "--allow-loopback"], "NO_SUCH_NAME"),
            (["node", "add", "--name", "x", "--url", north.base], "loopback"),
            (["node", "add", "--name", "x", "--url", "http://169.254.169.254/latest", "--allow-loopback", "--allow-private"], "link-local"),
            (["node", "add", "--name", "x", "--url", "ftp://example.com"], "http"),
            (["node", "change", "--name", "nobody", "--step", "drain"], "nobody"),
            (["key", "revoke", "--name", "nobody"], "nobody")]:
        refused = command(data, *arguments)
        assert refused.returncode not in (0, 70) and refused.stdout == "", (arguments, refused)
        assert word.lower() in refused.stderr.lower(), (arguments, refused.stderr)
        assert NODE_SECRET not in refused.stderr
    assert add(data, north).returncode == 0
    again = add(data, north)
    assert again.returncode == 65 and "name" in again.stderr
    assert command(data, "node", "list").stdout.count("north") == 1
