"""A restart does not cut a stream that runs: the old worker carries it to its end, and its cost gets into the books once."""
import time

import pytest

from support import engine
from support import server as program
from support.gateway import Background, Gateway
from support.server import Server, await_gone, command


@pytest.mark.timeout(120)
def test_a_stream_survives_the_restart_and_is_booked_once(tmp_path, founded, north):
    engine.copy(founded[0], tmp_path / "data")
    gateway = Gateway(Server(tmp_path / "data", **(program.ROOMY | {"DRAIN_TIME": "10s"})).start())
    try:
        gateway.add(north)
        made = gateway.key()
        old = gateway.server.pid
        # Some eight seconds of events.
        north.play("paced:100:80")
        running = Background(made).begun()
        began = time.monotonic()
        done = command("restart", data=gateway.server.data)
        assert done.returncode == 0, done.stderr
        assert time.monotonic() - began < 5, "the stream held the restart up"
        assert not running.done.is_set() and gateway.server.status()["workers"][0]["process"] == old
        # The new worker answers while the old one still streams.
        gateway.ada.sign_in()
        fresh = made.ask("beside")
        assert fresh.status_code == 200
        assert running.done.wait(30) and running.broken is None and b"message_stop" in running.body
        await_gone(old)
        rows = made.booked(2, timeout=15)
        assert [row["status"] for row in rows] == ["completed", "completed"] and len(made.books()) == 2
        assert all(row["outputTokens"] for row in rows)
        assert gateway.server.status()["deaths"] == 0
        made.close()
    finally:
        gateway.end()


@pytest.mark.timeout(120)
def test_limits_of_the_new_worker_count_what_the_old_one_still_carries(tmp_path, founded, north):
    """The reservation of a stream that runs, then what it came to; neither is forgotten by a restart."""
    engine.copy(founded[0], tmp_path / "data")
    gateway = Gateway(Server(tmp_path / "data", **(program.ROOMY | {"DRAIN_TIME": "10s"})).start())
    try:
        gateway.add(north)
        # 1,000 tokens of output are 5,000,000 nano-dollars.
        made = gateway.key(budgetDay="6000000")
        north.play("paced:100:200")
        running = Background(made, max_tokens=1_000).begun()
        old = gateway.server.pid
        assert made.ask("too much beside it", max_tokens=1_000).status_code == 402
        for _ in range(2):
            done = command("restart", data=gateway.server.data)
            assert done.returncode == 0, done.stderr
            assert not running.done.is_set(), (running.broken, running.body[-300:])
            assert made.ask("too much beside it", max_tokens=1_000).status_code == 402, "the old worker's reservation was forgotten"
            assert made.ask("little", max_tokens=8).status_code == 200
        assert running.done.wait(40) and running.broken is None
        await_gone(old)
        # Booked, it costs little: there is room again, and what it did cost is counted.
        gateway.ada.sign_in()
        gateway.awaits(lambda: made.ask("enough room now", max_tokens=1_000).status_code == 200, 15, "the reservation's end")
        ledger = gateway.server.data / "ledger"
        gateway.awaits(lambda: not [name for name in ledger.iterdir() if name.name.startswith("unbooked-")], 15, "the notes' end")
        made.close()
    finally:
        gateway.end()
