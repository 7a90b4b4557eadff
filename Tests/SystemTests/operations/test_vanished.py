"""Ends that nobody saw: the next start says what is known of them."""
import os
import pathlib
import signal
import subprocess
import time

import pytest

from support.ends import certificates, why
from support.server import Server, await_gone


def await_one(server: Server, timeout: float = 40) -> dict:
    deadline = time.monotonic() + timeout
    while not (found := certificates(server.data)):
        assert time.monotonic() < deadline, server.tail()
        time.sleep(0.05)
    return found[-1]


def test_a_server_that_was_killed_with_its_supervisor_is_told_at_the_next_start(worlds):
    world = worlds()
    server, worker = world.server, world.server.pid
    server.kill()
    assert (server.data / "crashes/life").exists()
    server.restart()
    server.await_line("vanished without a word")
    certificate = await_one(server)
    assert certificate["cause"] == "vanished" and certificate["pid"] == worker and certificate["build"]
    assert why(server.data).startswith("Server and supervisor vanished together while the machine went on")
    # Once: and an end that was asked for leaves nothing to tell.
    assert server.stop() == 0 and not (server.data / "crashes/life").exists()
    server.restart()
    assert len(list((server.data / "crashes").glob("2*"))) == 1


def test_a_power_cut_is_told_from_a_kill(worlds):
    world = worlds()
    server = world.server
    server.kill()
    marker = server.data / "crashes/life"
    # As it is found after the machine came up again: of another boot, and with numbers that others may have now.
    text = marker.read_text()
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    assert boot in text
    marker.write_text(text.replace(boot, "00000000-1111-2222-3333-444444444444"))
    server.restart()
    assert await_one(server)["cause"] == "power_cut"
    assert why(server.data).startswith("The machine went down under the running server")


def test_a_supervisor_that_was_killed_alone_is_told_so(worlds):
    world = worlds()
    server, worker = world.server, world.server.pid
    os.kill(server.supervisor, signal.SIGKILL)
    server.await_end()
    await_gone(worker)
    server.restart()
    certificate = await_one(server)
    assert certificate["cause"] == "orphaned" and certificate["pid"] == worker
    assert why(server.data).startswith("The supervisor was killed while the machine went on; its worker noticed")


def test_a_marker_of_a_living_server_is_left_alone(worlds, tmp_path):
    """A second program on the same data directory is refused, and takes the first for nobody's past."""
    from support.server import command

    world = worlds()
    kept = (world.server.data / "crashes/life").read_text()
    refused = command("serve", data=world.server.data, HTTP_PORT=0, BIND="127.0.0.1")
    assert refused.returncode == 69
    assert (world.server.data / "crashes/life").read_text() == kept
    assert list((world.server.data / "crashes").glob("2*")) == [] or "vanished" not in why(world.server.data)


@pytest.mark.parametrize("bytes_", [b"", b"\xff" * 5_000, b"supervisor 1\nworker -4\nboot_id x\n", b"supervisor 99999999999999999999\n"])
def test_a_marker_that_is_no_marker_stops_no_start(server, tmp_path, bytes_):
    crashes = tmp_path / "data/crashes"
    crashes.mkdir(parents=True)
    (crashes / "life").write_bytes(bytes_)
    started = server().start()
    assert started.stop() == 0


@pytest.mark.parametrize("verb", ["serve", "proxy"])
def test_the_place_for_backtraces_is_there_before_the_first_worker(tmp_path, verb):
    started = Server(tmp_path / "a/b/data", DRAIN_TIME="1s")
    started.verb = verb
    started.start()
    try:
        raw = tmp_path / "a/b/data/crashes/raw"
        assert raw.is_dir() and raw.stat().st_mode & 0o777 == 0o700 and raw.parent.stat().st_mode & 0o777 == 0o700
        made = min(raw.stat().st_ctime, raw.parent.stat().st_ctime)
        assert made <= os.stat(f"/proc/{started.pid}").st_ctime + 1
        assert f"output-to={raw}/" in pathlib.Path(f"/proc/{started.pid}/environ").read_text() or "enable=no" in pathlib.Path(
            f"/proc/{started.pid}/environ").read_text()
    finally:
        assert started.stop() == 0
