"""No descriptors left: who is there is served, who comes is turned away at once, it is said, and it is over when it is over."""
import concurrent.futures
import json
import os
import socket
import sys
import time

import httpx
import pytest

from support import engine
from support import server as program
from support.gateway import Gateway
from support.hostile import Pace, allow_files, stalled_stream
from support.practice import PracticeNode
from support.server import Server, command

#: Files and connections that the server may have open; 256 of them it keeps for everything that is no connection of a client.
LIMIT = 600


@pytest.fixture
def narrow(tmp_path, founded):
    """A gateway that may open few files."""
    made: list[Gateway] = []

    def make() -> Gateway:
        engine.copy(founded[0], tmp_path / "data")
        wrapper = tmp_path / "narrow"
        wrapper.write_text(f'#!/bin/sh\nulimit -n {LIMIT}\nexec "{program.PROGRAM}" "$@"\n')
        wrapper.chmod(0o755)
        server = Server(tmp_path / "data", **(program.ROOMY | {"GATEWAY_QUEUE_TIME": "1"}))
        server.program = wrapper
        made.append(Gateway(server.start()))
        return made[-1]

    yield make
    for one in made:
        one.end()


def finding(data, id: str) -> dict:
    done = command("doctor", "--json", data=data, timeout=60)
    return next(check for check in json.loads(done.stdout)["checks"] if check["id"] == id)


def is_turned_away(address, timeout: float = 5) -> bool:
    """Whether a new connection is closed at once instead of being left waiting."""
    try:
        with socket.create_connection(address, timeout) as line:
            line.sendall(b"GET /health HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return not line.recv(100).startswith(b"HTTP/1.1 200")
    except ConnectionError:
        return True


@pytest.mark.timeout(120)
def test_more_connections_than_fit_are_turned_away_and_the_others_are_served(narrow):
    allow_files(3_000)
    server = (gateway := narrow()).server
    address = server.addresses["http"]
    key = gateway.key()
    shops = Pace().measure(lambda: gateway.ada.get("/api/shops"), 20)
    crowd = []
    for _ in range(LIMIT):
        line = socket.create_connection(address, 10)
        line.setblocking(False)
        crowd.append(line)
    gateway.awaits(lambda: is_turned_away(address), 10, "a closed door")
    # Those who were there are served as before.
    during = Pace().measure(lambda: gateway.ada.get("/api/shops"), 100, pause=0.01)
    assert during.share(0.99) < max(0.5, shops.share(0.99) * 5), (str(shops), str(during))
    assert server.status()["deaths"] == 0 and finding(server.data, "PROC-005")["status"] == "fail"
    for line in crowd:
        line.close()
    gateway.awaits(lambda: not is_turned_away(address), 10, "an open door")
    key.close()


@pytest.mark.timeout(180)
def test_when_the_last_descriptor_is_gone_it_is_said_and_the_nodes_are_not_blamed(narrow):
    """Each relayed request takes two: with a stream for every connection that fits, there are not enough."""
    allow_files(3_000)
    with PracticeNode("north") as north:
        gateway = narrow()
        server, data = gateway.server, gateway.server.data
        address = server.addresses["http"]
        gateway.add(north)
        own, theirs = gateway.key(), gateway.key()
        assert own.ask("before").status_code == 200
        north.play("paced:300:150", repeat=0)
        # Ada is there already, and stays: the client's own patience with a quiet connection is five seconds.
        ada = gateway.ada.http
        gateway.ada.http = httpx.Client(
            base_url=ada.base_url, cookies=ada.cookies, headers=ada.headers, timeout=30, limits=httpx.Limits(keepalive_expiry=600))
        gateway.ada.get("/api/shops")

        def open_one(_: int) -> socket.socket | None:
            try:
                return stalled_stream(address, theirs.text, isRoomy=True)
            except (AssertionError, OSError):
                return None

        with concurrent.futures.ThreadPoolExecutor(16) as many:
            opened = list(many.map(open_one, range(LIMIT - 256 - 20)))
        streams = [line for line in opened if line]
        refused = len(opened) - len(streams)
        north.forget_script()
        used = len(os.listdir(f"/proc/{server.pid}/fd"))
        # Who is there is served: its connection is open, and so is the database.
        during = Pace().measure(lambda: gateway.ada.get("/api/shops"), 30)
        found = finding(data, "PROC-006")
        print(f"{len(streams)} streams, {refused} refused, {used} of {LIMIT} descriptors in use; others: {during}", file=sys.stderr)
        assert refused > 0 and used > LIMIT * 0.9
        assert during.share(0.99) < 1 and found["status"] == "fail" and int(found["evidence"]["limit"]) == LIMIT, found
        assert any("Too many open files" in line or "too many open files" in line.lower() or "EMFILE" in line for line in server.lines), server.tail(5)
        # It is our want and not the node's fault.
        assert gateway.state("north") == "healthy", gateway.node("north")["health"]
        for line in streams:
            line.close()
        began = time.monotonic()
        gateway.awaits(lambda: own.ask("after").status_code == 200, 20, "the end of it")
        print(f"well again after {time.monotonic() - began:.1f} s", file=sys.stderr)
        gateway.awaits(lambda: finding(data, "PROC-006")["status"] == "pass", 20, "the doctor's word")
        assert server.status()["deaths"] == 0
        own.close()
        theirs.close()
