"""Safe mode, level 1: the optional part that keeps ending the worker is switched off, and everything else goes on."""
import json
import os
import time

import pytest

from support.knocking import Knocking
from support.server import command

pytestmark = pytest.mark.skipif("release" in os.environ.get("SWITCHBOARD_PROGRAM", ""), reason="faults exist in debug builds only")


def await_status(world, wanted, timeout: float = 60) -> dict:
    deadline = time.monotonic() + timeout
    while not wanted(shown := world.server.status()):
        assert time.monotonic() < deadline, (shown, world.server.tail(30))
        time.sleep(0.05)
    return shown


def finding(data, id: str) -> dict:
    done = command("doctor", "--json", data=data, timeout=60)
    return next(check for check in json.loads(done.stdout)["checks"] if check["id"] == id)


@pytest.mark.timeout(180)
def test_a_part_that_kills_the_worker_again_and_again_is_switched_off_until_resume(worlds):
    # Backups begin a second after each start, and end the worker by an index out of range.
    world = worlds(SWITCHBOARD_FAULT="part:backups", BACKUP_EVERY="1s", SWIFT_BACKTRACE="enable=no")
    server = world.server
    kim = world.visitor()
    with Knocking(server.port, threads=1, pause=0.02) as knocking:
        shown = await_status(world, lambda shown: shown["partsOff"] == ["backups"] and shown["mode"] == "serving")
        assert shown["deaths"] == 3 and "incident" not in shown
        # It stays up, and does everything else.
        time.sleep(3)
        assert server.status()["deaths"] == 3
        assert kim.send("with backups off")["seq"] >= 1
    assert knocking.refused == []
    assert any("switched off" in line and "backups" in line for line in server.lines)
    why = command("why", data=server.data)
    deadline = time.monotonic() + 20
    while "backups" not in why.stdout and time.monotonic() < deadline:
        time.sleep(0.2)
        why = command("why", data=server.data)
    assert "backups" in why.stdout and "switchboard resume" in why.stdout, why.stdout
    found = finding(server.data, "PROC-010")
    assert found["status"] == "warn" and "backups" in found["cause"] and found["evidence"]["off"] == "backups", found
    # Switched on again: it kills as before, and is found again.
    done = command("resume", data=server.data)
    assert done.returncode == 0, done.stderr
    await_status(world, lambda shown: shown["deaths"] >= 4)
    shown = await_status(world, lambda shown: shown["partsOff"] == ["backups"] and shown["mode"] == "serving")
    assert shown["deaths"] == 6


@pytest.mark.timeout(120)
def test_nothing_is_switched_off_while_all_is_well(worlds):
    world = worlds()
    assert world.server.status()["partsOff"] == []
    assert finding(world.server.data, "PROC-010")["status"] == "pass"
