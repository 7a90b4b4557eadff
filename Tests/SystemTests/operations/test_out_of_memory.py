"""Memory that runs out is told apart from a kill by somebody."""
import os
import pathlib
import signal

import pytest

from support.ends import NEEDS_DEBUG, NEEDS_TOOL, await_certificate, strike, why
from support.knocking import await_serving
from support.server import PROGRAM, Server, await_gone

pytestmark = [NEEDS_DEBUG, pytest.mark.timeout(180)]
LIMIT = 700 << 20


class Group:
    """A control group of this machine with a limit of memory, v1 or v2."""

    def __init__(self, name: str):
        self.folder = None
        for root, limit in [("/sys/fs/cgroup/memory", "memory.limit_in_bytes"), ("/sys/fs/cgroup", "memory.max")]:
            folder = pathlib.Path(root) / name
            try:
                folder.mkdir()
            except OSError:
                continue
            try:
                (folder / limit).write_text(str(LIMIT))
                # No swap in place of memory, where that is counted.
                for swap in ("memory.memsw.limit_in_bytes", "memory.swap.max"):
                    try:
                        (folder / swap).write_text(str(LIMIT) if "memsw" in swap else "0")
                    except OSError:
                        pass
                self.folder = folder
                return
            except OSError:
                folder.rmdir()

    def remove(self) -> None:
        if self.folder:
            self.folder.rmdir()


@pytest.fixture
def group():
    made = Group(f"switchboard-test-{os.getpid()}")
    if not made.folder:
        pytest.skip("NOT TESTED: this machine lets nobody make a control group with a limit of memory (needs root and cgroup v1 or v2)")
    yield made
    made.remove()


def started_by(shell: str, server: Server) -> Server:
    """The server, started by a shell that does something before it becomes the server."""
    folder = server.data.parent
    program = folder / "started-by-a-shell"
    program.write_text(f"#!/bin/sh\n{shell}\nexec {PROGRAM} \"$@\"\n")
    program.chmod(0o755)
    server.program = program
    return server.start()


def test_the_kernel_s_kill_for_memory_is_told_from_one_by_somebody(group, tmp_path):
    server = started_by(f"echo $$ > {group.folder}/cgroup.procs", Server(tmp_path / "data", TEST_FAULTS="true", DRAIN_TIME="1s"))
    try:
        worker = server.pid
        strike(server, "oom", timeout=60)
        await_gone(worker)
        await_serving(server.port)
        certificate = await_certificate(server)
        assert certificate["cause"] == "out_of_memory" and certificate["signal"] == 9, certificate
        assert certificate["resources"]["memoryKills"] >= 1
        assert why(server.data).startswith("The kernel killed the worker because it reached its memory limit of 700 MiB.")
        # The supervisor lived, and the next kill is somebody's.
        os.kill(server.pid, signal.SIGKILL)
        assert await_certificate(server, 2)["cause"] == "killed"
        assert "Somebody outside killed the worker" in why(server.data)
    finally:
        server.end()


@NEEDS_TOOL
def test_a_limit_of_address_space_is_told_from_other_crashes(server):
    running = started_by("ulimit -v 4000000", server(TEST_FAULTS="true"))
    worker = running.pid
    strike(running, "oom", timeout=60)
    await_gone(worker)
    certificate = await_certificate(running)
    assert certificate["cause"] == "out_of_memory" and certificate["signal"] != 9, certificate
    assert certificate["resources"]["addressLimit"] == 4_000_000
    told = why(running.data)
    assert told.startswith("The worker ran out of memory: the system refused it more, as it reached its limit of 3906 MiB of address space"), told
