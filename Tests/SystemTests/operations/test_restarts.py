"""SIGHUP and `switchboard restart`: a new worker takes over, and nobody notices."""
import signal
import socket
import threading
import time

import httpx
import pytest

from support import engine
from support.knocking import Knocking, ask, await_serving
from support.server import await_gone, command
from support.wire import Wire
from support.writing import Writing


def restarted(world, worker: int, timeout: float = 30) -> int:
    """The worker that took over from `worker`."""
    deadline = time.monotonic() + timeout
    while True:
        shown = world.server.status()
        serving = [one["process"] for one in shown["workers"] if one["phase"] == "ready" and one["process"] != worker]
        if serving:
            return serving[0]
        assert time.monotonic() < deadline, (shown, world.server.tail())
        time.sleep(0.02)


@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", ["order", "signal"])
def test_restarts_under_load_fail_no_request(worlds, way):
    world = worlds(DRAIN_TIME="10s")
    worker = world.server.pid
    with Knocking(world.server.port, path="/ready", threads=4) as knocking, Writing(world.visitor()) as kept:
        for _ in range(5):
            time.sleep(0.3)
            if way == "order":
                done = command("restart", data=world.server.data)
                assert done.returncode == 0, done.stderr
            else:
                world.server._signal(signal.SIGHUP)
            worker = restarted(world, worker)
        time.sleep(0.3)
    assert knocking.refused == [] and knocking.cut == []
    assert {status for _, _, status in knocking.answers} <= {200, 503}, "503: asked of the old one while it went"
    assert kept.failed == [] and kept.sent > 50
    assert world.server.status()["deaths"] == 0
    # What was acknowledged on the way is there, once, in order.
    texts = [event["body"]["text"] for event in kept.visitor.snapshot()["events"]]
    assert texts == [f"message {number}" for number in range(kept.sent)][-len(texts):]
    assert world.server.stop() == 0
    stored = engine.rows(world.server.data, "SELECT count(*), count(DISTINCT client_id) FROM event")
    assert stored == [(str(kept.sent), str(kept.sent))]


def test_sockets_are_told_to_move_and_go_on_at_the_new_worker(worlds):
    world = worlds(DRAIN_TIME="10s")
    kim = world.visitor()
    wire = Wire.open(kim)
    first = wire.ack(text="before")
    command("restart", data=world.server.data)
    assert wire.expect("move")["afterMs"] >= 0
    assert wire.closed(10) == 1012
    again = Wire.open(kim, epoch=wire.ready["epoch"], conversations={first["conversation"]: first["seq"]})
    second = again.ack(text="after")
    assert second["seq"] == first["seq"] + 1
    again.close()


def test_a_restart_takes_changed_settings_and_opens_and_closes_ports_by_them(worlds, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        extra = probe.getsockname()[1]
    (tmp_path / "changing.env").write_text("")
    world = worlds(ENV_FILE=tmp_path / "changing.env")
    house = world.server.port
    for text, ports in [(f"GATEWAY_PORT={extra}\n", [house, extra]), ("", [house])]:
        (tmp_path / "changing.env").write_text(text)
        done = command("restart", data=world.server.data)
        assert done.returncode == 0, done.stderr
        assert world.server.status()["ports"] == [f"http://127.0.0.1:{port}" for port in ports]
        for port in ports:
            assert await_serving(port)
    with pytest.raises(ConnectionRefusedError):
        ask(extra, "/ready")


def test_settings_that_became_wrong_refuse_the_restart_and_the_old_worker_goes_on(worlds, tmp_path):
    (tmp_path / "changing.env").write_text("")
    world = worlds(ENV_FILE=tmp_path / "changing.env")
    worker = world.server.pid
    (tmp_path / "changing.env").write_text("CUSTOMER_SENDZ=5\n")
    done = command("restart", data=world.server.data)
    assert done.returncode == 83 and "old ones stay" in done.stderr, (done.returncode, done.stderr)
    assert any("CUSTOMER_SENDZ" in line for line in world.server.lines)
    assert world.server.pid == worker and world.server.status()["mode"] == "serving"
    (tmp_path / "changing.env").write_text("")
    assert command("restart", data=world.server.data).returncode == 0
    await_gone(worker)


def test_a_long_poll_is_answered_by_the_old_worker_instead_of_holding_the_restart_up(worlds):
    world = worlds(DRAIN_TIME="30s")
    kim = world.visitor()
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    answers: list[httpx.Response] = []
    poll = threading.Thread(target=lambda: answers.append(
        kim.http.get(f"{kim.base}/sync", params={"epoch": epoch, "conversation": f"{conversation}:1", "wait": 25})))
    poll.start()
    time.sleep(0.5)
    began = time.monotonic()
    assert command("restart", data=world.server.data).returncode == 0
    assert time.monotonic() - began < 10
    poll.join(5)
    assert answers and answers[0].status_code == 200


def test_reload_and_level_reach_the_running_worker(worlds):
    world = worlds()
    worker = world.server.pid
    assert command("level", "debug", "60", data=world.server.data).returncode == 0
    world.server.await_line("the log level was changed")
    assert command("reload", data=world.server.data).returncode == 0
    world.server.await_line("took certificates and log level anew")
    assert world.server.pid == worker
    refused = command("level", "loud", data=world.server.data)
    assert refused.returncode == 64
