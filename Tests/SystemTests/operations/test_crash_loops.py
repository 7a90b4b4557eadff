"""A worker that can't stay up: the port answers all the same, with a number to ask about."""
import os
import signal
import sqlite3
import time

import httpx
import pytest

from support.knocking import await_serving
from support.server import await_gone, command


def test_a_server_that_can_not_open_its_data_any_more_apologises_until_that_is_put_right(worlds):
    world = worlds()
    server = world.server
    database = server.data / "switchboard.sqlite"
    key = world.key
    worker = server.pid
    server_port = server.port
    # Data that this program refuses: a migration of a later release.
    os.kill(server.supervisor, signal.SIGSTOP)
    os.kill(worker, signal.SIGKILL)
    await_gone(worker)
    connection = sqlite3.connect(database)
    with connection:
        connection.execute(
            "INSERT INTO schema_history (id, title, checksum, applied_at, app_version) VALUES ('desk.9999', 'later', 'x', 0, '99.0.0')")
    connection.close()
    os.kill(server.supervisor, signal.SIGCONT)
    shown = await_mode(world, "apology")
    incident = shown["incident"]["id"]
    assert "newer" in shown["incident"]["reason"]
    answer = httpx.get(server.base + "/api/session", timeout=5)
    assert answer.status_code == 503 and answer.json()["incident"] == incident and int(answer.headers["retry-after"]) > 0
    page = httpx.get(server.base + "/inbox", headers={"accept": "text/html"}, timeout=5)
    assert page.status_code == 503 and incident in page.text and "请稍候" in page.text
    upgrade = httpx.get(
        server.base + f"/ws/customer/{key}", timeout=5,
        headers={"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13", "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA=="})
    assert upgrade.status_code == 503
    connection = sqlite3.connect(database)
    with connection:
        connection.execute("DELETE FROM schema_history WHERE id = 'desk.9999'")
    connection.close()
    assert command("resume", data=server.data).returncode == 0
    await_serving(server_port)
    shown = await_mode(world, "serving")
    assert "incident" not in shown
    assert world.ada.get("/api/shops")["items"]


def await_mode(world, mode: str, timeout: float = 30) -> dict:
    deadline = time.monotonic() + timeout
    while (shown := world.server.status())["mode"] != mode:
        assert time.monotonic() < deadline, (shown, world.server.tail(30))
        time.sleep(0.05)
    return shown


@pytest.mark.timeout(120)
def test_a_worker_that_dies_at_once_again_and_again_is_not_started_for_ever(worlds):
    """Killed before it serves, which counts as its own death: a machine that is out of memory does that."""
    world = worlds()
    server = world.server
    deadline = time.monotonic() + 60
    struck = 0
    while (shown := server.status())["mode"] != "apology":
        assert time.monotonic() < deadline, shown
        for worker in shown["workers"]:
            if worker["role"] == "serve" and (struck == 0 or worker["phase"] != "ready"):
                try:
                    os.kill(worker["process"], signal.SIGKILL)
                    struck += 1
                except ProcessLookupError:
                    pass
            elif worker["role"] == "serve":
                os.kill(worker["process"], signal.SIGKILL)
    assert shown["deaths"] >= 3 and httpx.get(server.base + "/", timeout=5).status_code == 503
    assert command("resume", data=server.data).returncode == 0
    assert await_mode(world, "serving")


def test_drain_lets_the_data_go_while_a_page_answers_and_resume_serves_again(worlds):
    world = worlds()
    server = world.server
    worker = server.pid
    assert command("drain", data=server.data).returncode == 0
    await_gone(worker)
    deadline = time.monotonic() + 10
    while httpx.get(server.base + "/api/session", timeout=5).status_code != 503:
        assert time.monotonic() < deadline
    assert server.status()["mode"] == "drained"
    # The data directory is free: a command that needs it alone can have it.
    added = command("node", "add", "--name", "north", "--url", "https://api.anthropic.com", data=server.data)
    assert added.returncode == 0, added.stderr
    assert command("resume", data=server.data).returncode == 0
    await_serving(server.port)
    assert await_mode(world, "serving")
