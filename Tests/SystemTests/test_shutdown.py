"""SIGTERM: nobody is cut off, everybody is told."""
import threading
import time

import httpx
import pytest

from support.ulid import ulid
from support.wire import Wire
from support.world import World


@pytest.fixture
def own_world(tmp_path):
    """With the drain time that users have."""
    made = World.make(tmp_path / "data", DRAIN_TIME="10s")
    yield made
    made.end()


def test_live_sockets_are_told_to_move_and_then_closed_as_going_away(own_world):
    kim = own_world.visitor()
    wires = [Wire.open(kim), Wire.open(own_world.ada)]
    own_world.server.terminate()
    for wire in wires:
        assert wire.expect("move")["afterMs"] >= 0
    assert [wire.closed(15) for wire in wires] == [1001, 1001]
    assert own_world.server.await_end() == 0


def test_a_draining_server_is_not_ready_but_finishes_what_it_began(own_world):
    kim = own_world.visitor()
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    answers = []
    began = time.monotonic()
    poll = threading.Thread(target=lambda: answers.append(kim.http.get(
        f"{kim.base}/sync", params={"epoch": epoch, "conversation": f"{conversation}:1", "wait": 4})))
    poll.start()
    # The poll is known to be under way when the server counts its visitor as present.
    staff = Wire.open(own_world.ada)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        online = [frame for frame in staff.settle() if frame["type"] == "presence"]
        if any(kim.id in frame.get("online", {}).get("customers", []) for frame in online if isinstance(frame.get("online"), dict)):
            break
        if any(frame.get("customer") == kim.id and frame.get("online") is True for frame in online):
            break
    own_world.server.terminate()
    poll.join(15)
    assert answers and answers[0].status_code == 200 and answers[0].json()["frames"][-1]["type"] == "resumed"
    assert own_world.server.await_end() == 0
    assert time.monotonic() - began < 15


def test_everything_acknowledged_before_sigterm_is_there_after_the_next_start(own_world):
    kim = own_world.visitor()
    wire = Wire.open(kim)
    acked = []
    names = [ulid() for _ in range(16)]
    for number, name in enumerate(names):
        wire.send(text=f"{number}", client_id=name, ref=number)
    own_world.server.terminate()
    try:
        while True:
            frame = wire.next(15)
            if frame["type"] == "ack":
                acked.append(frame["clientID"])
    except Exception:
        pass
    assert own_world.server.await_end() == 0
    own_world.server.restart()
    stored = [event["clientID"] for event in kim.snapshot()["events"]]
    assert set(acked) <= set(stored) and len(stored) == len(set(stored))


def test_a_client_that_never_ends_holds_a_drain_up_no_longer_than_its_time(own_world):
    kim = own_world.visitor()
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    poll = threading.Thread(target=lambda: swallow(lambda: kim.http.get(
        f"{kim.base}/sync", params={"epoch": epoch, "conversation": f"{conversation}:1", "wait": 25})))
    poll.start()
    own_world.server.terminate()
    began = time.monotonic()
    assert own_world.server.await_end(20) == 0
    assert time.monotonic() - began < 15
    poll.join(5)


def swallow(act) -> None:
    try:
        act()
    except httpx.HTTPError:
        pass
