"""What stands still is found within five seconds, replaced within eight, and named by its top frames."""
import sys
import time

import httpx
import pytest

from support.ends import NEEDS_DEBUG, NEEDS_TOOL, Bystander, await_certificate, strike, why
from support.knocking import await_serving
from support.server import is_gone

pytestmark = [NEEDS_DEBUG, pytest.mark.timeout(180)]

#: Seconds from the hang on. Found: told in the log; recovered: requests are answered by another worker.
FOUND, RECOVERED = 5.0, 8.0


class Hang:
    """A server whose part stands still from the moment of the request on."""

    def __init__(self, world, fault: str):
        server = world.server
        self.worker = server.pid
        began = time.monotonic()
        # A hanging loop does not answer even this.
        strike(server, fault, timeout=0.5, seconds=60)
        server.await_line(lambda line: '"a worker hangs and is ended"' in line, 15)
        self.found = time.monotonic() - began
        while server.pid == self.worker or not is_gone(self.worker):
            assert time.monotonic() - began < 30, server.tail()
            time.sleep(0.005)
        self.recovered = await_serving(server.port) - began
        print(f"{fault}: found after {self.found:.2f} s, recovered after {self.recovered:.2f} s", file=sys.stderr)


@NEEDS_TOOL
@pytest.mark.parametrize(
    "fault, pulse, function", [
        ("hang-loop", "loop ", "FaultRoutes"), ("hang-writer", "database writer", "FaultRoutes"),
        ("hang-lock", "database writer", "FaultRoutes"), ("hang-tasks", "tasks", "FaultRoutes")])
def test_a_hang_is_found_in_time_and_named_by_its_top_frames(worlds, fault, pulse, function):
    world = worlds(TEST_FAULTS="true")
    bystander = Bystander(world)
    hang = Hang(world, fault)
    assert hang.found <= FOUND and hang.recovered <= RECOVERED, (hang.found, hang.recovered)
    bystander.comes_back()
    certificate = await_certificate(world.server)
    assert certificate["cause"] == "hang" and certificate["hang"]["name"].startswith(pulse), certificate["hang"]
    assert 4_000 <= certificate["hang"]["silent"] <= 5_500 and certificate["hang"]["threads"]
    top = [frame["function"] for frame in certificate["crash"]["frames"] if frame.get("function")][:6]
    assert any(function in name for name in top), certificate["crash"]["frames"]
    told = why(world.server.data).splitlines()[0]
    assert told.startswith(f"The worker hung: `{certificate['hang']['name']}` had stood still for 4.") and "Sources/Assembly/Faults/" in told, told


def test_a_hang_without_a_stack_still_tells_of_its_threads(worlds):
    world = worlds(TEST_FAULTS="true", SWIFT_BACKTRACE="enable=no")
    hang = Hang(world, "hang-writer")
    assert hang.found <= FOUND and hang.recovered <= RECOVERED, (hang.found, hang.recovered)
    certificate = await_certificate(world.server)
    assert certificate["cause"] == "hang" and "crash" not in certificate
    assert any("poll_schedule_timeout" in thread or "do_sys_poll" in thread or "do_poll" in thread for thread in certificate["hang"]["threads"]), certificate["hang"]["threads"]


def test_a_stopped_worker_is_told_to_go_on_and_lives(worlds):
    """SIGSTOP by somebody, as by a debugger or a paused container."""
    import os
    import signal

    world = worlds()
    worker = world.server.pid
    os.kill(worker, signal.SIGSTOP)
    world.server.await_line("is told to go on", 10)
    assert httpx.get(world.server.base + "/ready", timeout=5).status_code == 200
    time.sleep(3.5)
    assert world.server.pid == worker and world.server.status()["deaths"] == 0
