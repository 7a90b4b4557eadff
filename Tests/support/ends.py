"""Ends of workers: made on purpose, and what is told of them."""
import json
import os
import pathlib
import time

import httpx
import pytest

from support.server import PROGRAM, Server, command
from support.wire import Wire

NEEDS_DEBUG = pytest.mark.skipif("SWITCHBOARD_PROGRAM" in os.environ, reason="faults exist in debug builds only")
NEEDS_TOOL = pytest.mark.skipif(
    not any((pathlib.Path(folder) / "swift").exists() for folder in os.environ["PATH"].split(":"))
    and not (PROGRAM.parent / "swift-backtrace").exists(), reason="no swift-backtrace on this machine")


def why(data: pathlib.Path, *arguments: str, **settings) -> str:
    done = command("why", *arguments, data=data, timeout=60, **settings)
    assert done.returncode == 0, done.stderr
    return done.stdout


def certificates(data: pathlib.Path) -> list[dict]:
    """Those that the coroner has written, the oldest first."""
    found = []
    for folder in sorted((data / "crashes").glob("2*-*-*")):
        try:
            found.append(json.loads((folder / "certificate.json").read_text()))
        except (OSError, ValueError):
            continue
    return found


def await_certificate(server: Server, count: int = 1, timeout: float = 60) -> dict:
    """The coroner waits until the next worker serves, and works niced."""
    deadline = time.monotonic() + timeout
    while len(found := certificates(server.data)) < count:
        assert time.monotonic() < deadline, f"no certificate: {server.tail()}"
        time.sleep(0.05)
    return found[-1]


def strike(server: Server, fault: str, timeout: float = 30, **query) -> httpx.Response | None:
    """Asks for a fault; None: there was no answer."""
    try:
        return httpx.get(server.base + f"/test/fault/{fault}", params=query, timeout=timeout)
    except httpx.TransportError:
        return None


def facts(data: pathlib.Path, process: int) -> dict[str, str]:
    """What the supervisor wrote of this process's end."""
    [folder] = (data / "crashes").glob(f"*-{process}")
    return dict(line.split(" ", 1) for line in (folder / "death").read_text().splitlines())


class Bystander:
    """Somebody with an open socket who has nothing to do with it: cut off, and back with nothing lost."""

    def __init__(self, world):
        self.world, self.kim = world, world.visitor(name="Kim")
        self.conversation = self.kim.send("before")["conversation"]
        self.wire = Wire.open(self.kim)
        self.cursors = self.kim.snapshot()

    def comes_back(self, patience: float = 20) -> None:
        """Resumes by its cursor what was said meanwhile."""
        deadline = time.monotonic() + patience
        while True:
            try:
                self.world.ada.send(self.conversation, text="meanwhile")
                last = self.cursors["events"][-1]["seq"]
                again = Wire.open(self.kim, epoch=self.cursors["epoch"], conversations={self.conversation: last})
                break
            except (httpx.TransportError, OSError):
                assert time.monotonic() < deadline, self.world.server.tail()
                time.sleep(0.02)
        missed = [event["body"]["text"] for frame in again.resuming if frame["type"] == "events" for event in frame["events"]]
        assert "meanwhile" in missed and not any(frame["type"] == "reset" for frame in again.resuming), again.resuming
        assert again.ack(conversation=self.conversation, text="after")
        again.close()
        self.wire.close()
