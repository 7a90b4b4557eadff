"""A disk without room: nothing is acknowledged that is not stored, what is stored stays readable, and room is all that it takes to go on."""
import errno
import pathlib
import subprocess

import pytest

from support.ulid import ulid
from support.wire import Wire
from support.world import World


class SmallDisk:
    """A file system of its own, and something that takes all its room."""

    def __init__(self, top: pathlib.Path):
        self.top = top
        self.ballast = top / "ballast"

    def fill(self) -> None:
        with open(self.ballast, "ab", buffering=0) as file:
            for size in (65536, 512, 1):
                try:
                    while True:
                        file.write(b"\0" * size)
                except OSError as error:
                    assert error.errno == errno.ENOSPC, error

    def empty(self) -> None:
        self.ballast.unlink()


pytestmark = pytest.mark.sqlite("the disk that becomes full is that of the database's file")


@pytest.fixture
def disk(tmp_path):
    top = tmp_path / "small"
    top.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(top)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"A FULL DISK IS NOT TESTED: this machine lets us mount no file system ({mounted.stderr.strip()})")
    yield SmallDisk(top)
    subprocess.run(["umount", "--lazy", str(top)], check=True)


@pytest.fixture
def cramped(disk):
    """A world on a disk that is about to become full."""
    world = World.make(disk.top / "data")
    yield world, disk
    world.end()


LONG = "x" * 8_000


def send_until_refused(visitor) -> tuple[list[str], str, object]:
    """The names of what was acknowledged, and the one that was not with its answer."""
    acknowledged = []
    for _ in range(2_000):
        name = ulid()
        answer = visitor.http.post(f"{visitor.base}/conversation/events", json={"clientID": name, "kind": "text", "body": {"text": LONG}})
        if answer.status_code != 201:
            return acknowledged, name, answer
        acknowledged.append(name)
    raise AssertionError("the disk never became full")


def stored(person, path: str) -> list[str]:
    """The names of a conversation's messages, all pages of it."""
    names, before = [], None
    while True:
        page = person.get(path, **({"before": before} if before else {}))
        names = [event["clientID"] for event in page["events"]] + names
        if page["events"] == [] or page["events"][0]["seq"] == 1:
            return names
        before = page["events"][0]["seq"]


def test_a_full_disk_loses_nothing_acknowledged_and_hinders_no_reader(cramped):
    world, disk = cramped
    kim = world.visitor(name="Kim")
    begun = [ulid() for _ in range(60)]
    conversation = [kim.send(LONG, client_id=name)["conversation"] for name in begun][0]
    wire = Wire.open(kim)
    disk.fill()

    acknowledged, refused, answer = send_until_refused(kim)
    assert answer.status_code == 503 and answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "desk.storage_failed" and int(answer.headers["retry-after"]) >= 1
    wire.send(text=LONG, client_id=(by_wire := ulid()), ref=7)
    nack = wire.expect("nack")
    assert nack["code"] == "storage_failed" and nack["final"] is False and nack["retryAfterMs"] > 0 and nack["ref"] == 7

    # Reads go on, of all that was acknowledged and of nothing else.
    history = f"/api/conversations/{conversation}/events"
    assert stored(world.ada, history) == [*begun, *acknowledged]
    assert kim.snapshot()["conversation"] == conversation
    assert world.ada.get("/api/inbox")["items"][0]["id"] == conversation
    assert kim.http.get("/health").status_code == 200
    assert any(record["level"] == "error" and "disk is full" in record.get("reason", "") for record in world.server.records()), world.server.tail()

    # Room is all that is missing: the same names again, no restart, each stored once.
    disk.empty()
    assert kim.send(LONG, client_id=refused)["seq"] == len(begun) + len(acknowledged) + 1
    assert wire.ack(text=LONG, client_id=by_wire)["seq"] == len(begun) + len(acknowledged) + 2
    wire.close()
    expected = [*begun, *acknowledged, refused, by_wire]
    assert stored(world.ada, history) == expected
    world.server.kill()
    world.server.restart()
    assert stored(world.ada, history) == expected
