"""`switchboard restart` and a killed worker where instances share a database: the next worker takes over, and nothing is lost or spent twice."""
import contextlib
import sys
import time

import pytest

from support.gateway import Background, Gateway
from support.knocking import Knocking
from support.server import await_gone
from support.steadily import Steadily
from support.writing import Writing


class Asking(Steadily):
    """A program that asks a model, each time on a new connection."""

    def __init__(self, key):
        super().__init__(2, 0.02)
        self.key, self.statuses = key, []

    def _work(self, thread: int) -> None:
        import httpx

        from support.gateway import hello

        for _ in self._turns():
            try:
                answer = httpx.post(self.key.gateway.base + "/v1/messages", json=hello(), headers={"x-api-key": self.key.text}, timeout=30)
                self.statuses.append(answer.status_code)
            except httpx.TransportError as reason:
                self.statuses.append(repr(reason))


def leases(house, name: str) -> dict[str, str]:
    """What is done for all, and by which instance."""
    import json

    shared = json.loads(house.command("status", name=name).stdout)["shared"]
    return {lease: instance["name"] for instance in shared["instances"] for lease in instance["leases"]}


def awaits(what, timeout: float, why: str):
    deadline = time.monotonic() + timeout
    while not what():
        assert time.monotonic() < deadline, why
        time.sleep(0.05)


@pytest.mark.timeout(240)
def test_a_restart_under_load_refuses_and_loses_nothing_and_keeps_the_limits(houses, north):
    house = houses("one", DRAIN_TIME="30s")
    server = house.instances["one"]
    gateway, kim = Gateway(server), house.visitor(name="Kim")
    gateway.add(north)
    plain, single = gateway.key(), gateway.key(concurrency=1)
    first = server.pid
    awaits(lambda: leases(house, "one"), 15, "nobody holds a lease")
    before = leases(house, "one")
    north.play({"fault": "paced:100:150", "path": "/v1/messages", "stream": True, "repeat": 1})
    stream = Background(single).begun()
    with Knocking(server.port, threads=2, pause=0.01) as knocking, Writing(kim) as writing, Asking(plain) as asking:
        time.sleep(1)
        done = house.command("restart", name="one")
        assert done.returncode == 0, done.stderr + server.tail()
        awaits(lambda: server.status()["workers"] and server.workers[-1] != first, 20, server.tail())
        assert not stream.done.is_set(), "the old worker's stream goes on"
        assert single.ask().status_code == 429, "the old worker's place was forgotten"
        time.sleep(2)
    assert knocking.refused == [] and knocking.cut == [], (knocking.refused, knocking.cut)
    assert writing.failed == [] and writing.sent > 20
    assert set(asking.statuses) == {200}, [status for status in asking.statuses if status != 200]
    assert stream.done.wait(40) and stream.broken is None and b"message_stop" in stream.body
    await_gone(first, 30)
    # Everything once: messages, requests, and the stream's cost in the next worker's books.
    assert house.rows("SELECT count(*), count(DISTINCT client_id) FROM event") == [[str(writing.sent)] * 2]
    awaits(
        lambda: house.rows("SELECT status, count(*) FROM gateway_request WHERE http_status = 200 OR status = 'open' GROUP BY status")
        == [["completed", str(len(asking.statuses) + 1)]], 20,
        lambda: str(house.rows("SELECT status, http_status, count(*) FROM gateway_request GROUP BY status, http_status")))
    awaits(lambda: single.ask().status_code == 200, 10, "the old worker's place is free when it has ended")
    # What it did for all is the next one's.
    after = leases(house, "one")
    assert set(after) == set(before) and not set(after.values()) & set(before.values()), (before, after)
    print(f"{writing.sent} messages, {len(asking.statuses)} requests, {len(knocking.answers)} knocks", file=sys.stderr)


@pytest.mark.timeout(180)
def test_places_of_a_killed_worker_are_free_as_soon_as_the_next_one_serves(houses, north):
    house = houses("one", "two")
    gateways = {name: Gateway(server) for name, server in house.instances.items()}
    gateways["one"].add(north)
    key = gateways["one"].key(concurrency=2)
    beside = type(key)(gateways["two"], key.id, key.text, key.member)
    with contextlib.closing(beside):
        north.play({"fault": "paced:100:600", "path": "/v1/messages", "stream": True, "repeat": 2})
        streams = [Background(key, f"{number}").begun() for number in range(2)]
        awaits(lambda: beside.ask().status_code == 429, 10, "both places are taken")
        victim = house.instances["one"].kill_worker()
        await_gone(victim)
        server = house.instances["one"]
        awaits(lambda: server.workers and server.status()["mode"] == "serving" and server.workers[0] != victim, 20, server.tail())
        server.await_ready()
        began = time.monotonic()
        # By fleet alone it would be a minute.
        awaits(lambda: beside.ask().status_code == 200, 5, "the places of the dead are still taken")
        print(f"free {time.monotonic() - began:.2f} s after the next worker was ready", file=sys.stderr)
        for stream in streams:
            assert stream.done.wait(10) and stream.broken is not None
    key.close()
