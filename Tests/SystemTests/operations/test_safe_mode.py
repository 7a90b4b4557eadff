"""Safe mode, level 1: the optional part that keeps ending the worker is switched off, and everything else goes on."""
import json
import os
import time

import httpx
import pytest

from support.gateway import Gateway
from support.knocking import Knocking
from support.practice import PracticeNode
from support.server import command
from support.world import World

pytestmark = pytest.mark.skipif("release" in os.environ.get("SWITCHBOARD_PROGRAM", ""), reason="faults exist in debug builds only")


def await_status(server, wanted, timeout: float = 60, meanwhile=lambda: None) -> dict:
    deadline = time.monotonic() + timeout
    while not wanted(shown := server.status()):
        assert time.monotonic() < deadline, (shown, server.tail(30))
        meanwhile()
        time.sleep(0.05)
    return shown


def finding(data, id: str) -> dict:
    done = command("doctor", "--json", data=data, timeout=60)
    return next(check for check in json.loads(done.stdout)["checks"] if check["id"] == id)


def asked(server, path: str, **headers: str) -> httpx.Response | None:
    """None: the worker died of it, or before it."""
    try:
        return httpx.get(server.base + path, headers={"accept-encoding": "identity"} | headers, timeout=10)
    except httpx.TransportError:
        return None


def scrape(server) -> httpx.Response | None:
    return asked(server, "/metrics")


def compressed(server) -> httpx.Response | None:
    """Another page each time, so that it is the part that all deaths share."""
    compressed.number += 1
    return asked(server, ("/inbox", "/signin", "/demo")[compressed.number % 3], accept="text/html", **{"accept-encoding": "gzip"})


compressed.number = 0


def nothing(server) -> None:
    """It works by itself."""


@pytest.fixture
def house(worlds, north):
    """A server that one part of it keeps ending; everything else is as users have it. It has a node, which comes before the fault."""

    def make(part: str):
        settings = {"BACKUP_EVERY": "0s"} | ({"HEALTH_INTERVAL_SEC": "5"} if part == "health-checks" else {})
        world = worlds(**settings)
        gateway = Gateway(world.server)
        gateway.add(north)
        key = gateway.key()
        assert key.ask("before").status_code == 200
        world.server.stop()
        world.server.settings |= {"SWITCHBOARD_FAULT": f"part:{part}", "SWIFT_BACKTRACE": "enable=no"}
        if part == "backups":
            world.server.settings["BACKUP_EVERY"] = "1s"
        world.server.start()
        return world, key

    return make


PARTS = {"backups": nothing, "health-checks": nothing, "metrics": scrape, "compression": compressed}


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_kills_the_worker_again_and_again_is_switched_off_until_resume(house, north, part):
    world, key = house(part)
    server, provoke = world.server, lambda: PARTS[part](world.server)

    def is_off(shown: dict) -> bool:
        return shown["partsOff"] == [part] and shown["mode"] == "serving"

    with Knocking(server.port, threads=1, pause=0.02) as knocking:
        # A node is asked between 5 and 35 s after a start, and three starts have to end by that.
        shown = await_status(server, is_off, meanwhile=provoke, timeout=120)
        # It alone is to blame: what asked for it, and was under way each time, is not held back.
        assert shown["deaths"] == 3 and "incident" not in shown and shown["heldInputs"] == []
        # It stays up, and does everything else.
        for _ in range(15):
            provoke()
            time.sleep(0.2)
        assert server.status()["deaths"] == 3
        serves_everything_but(part, World(server, world.key), key, north)
    assert knocking.refused == []
    assert any("switched off" in line and part in line for line in server.lines)
    deadline = time.monotonic() + 20
    while part not in (why := command("why", data=server.data)).stdout and time.monotonic() < deadline:
        time.sleep(0.2)
    assert part in why.stdout and "switchboard resume" in why.stdout, why.stdout
    found = finding(server.data, "PROC-010")
    assert found["status"] == "warn" and part in found["cause"] and found["evidence"]["off"] == part, found
    # Switched on again: it kills as before, and is found again.
    done = command("resume", data=server.data)
    assert done.returncode == 0, done.stderr
    if part == "health-checks":
        assert await_status(server, lambda shown: shown["mode"] == "serving")["partsOff"] == []
        return
    await_status(server, lambda shown: shown["deaths"] >= 4, meanwhile=provoke)
    assert await_status(server, is_off, meanwhile=provoke)["deaths"] == 6


def serves_everything_but(part: str, world: World, key, north: PracticeNode) -> None:
    """Visitors write, models answer, pages come; and the part itself is off in the way that is documented."""
    kim = world.visitor()
    assert kim.send(f"with {part} off")["seq"] >= 1
    assert key.ask("after").status_code == 200
    page = compressed(world.server)
    assert page is not None and page.status_code == 200
    assert ("content-encoding" in page.headers) == (part != "compression")
    figures = scrape(world.server)
    assert figures is not None
    if part == "metrics":
        assert (figures.status_code, figures.json()["code"]) == (503, "house.part_off")
    else:
        assert figures.status_code == 200 and "switchboard_" in figures.text
    if part == "health-checks":
        seen = max(one.number for one in north.requests())
        time.sleep(6)
        assert [one for one in north.requests(after=seen) if one.method == "HEAD"] == []


@pytest.mark.timeout(120)
def test_nothing_is_switched_off_while_all_is_well(worlds):
    world = worlds()
    assert world.server.status()["partsOff"] == []
    assert finding(world.server.data, "PROC-010")["status"] == "pass"
