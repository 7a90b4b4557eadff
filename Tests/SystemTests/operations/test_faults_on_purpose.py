"""Faults made on purpose (debug builds only): each breaks the server in the way it says, and nothing else asks for them."""
import os
import signal
import subprocess
import threading
import time

import httpx
import pytest

from support.server import PROGRAM, clean_environment

pytestmark = pytest.mark.skipif("SWITCHBOARD_PROGRAM" in os.environ, reason="faults exist in debug builds only")
QUIET = {"TEST_FAULTS": "true", "SWIFT_BACKTRACE": "enable=no", "supervised": False}
CRASHES = {-signal.SIGILL, -signal.SIGTRAP, -signal.SIGSEGV, -signal.SIGABRT}


@pytest.mark.parametrize("fault, ends", [("trap", {-signal.SIGILL, -signal.SIGTRAP}), ("stack", {-signal.SIGSEGV}), ("abort", {-signal.SIGABRT})])
def test_a_handler_that_fails_ends_the_process(server, fault, ends):
    started = server(**QUIET).start()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{started.base}/test/fault/{fault}", timeout=20)
    started.await_end()
    assert started.process.returncode in ends


def test_memory_is_taken_until_the_system_says_no(tmp_path):
    """Under a limit of address space, so that no other process is in danger."""
    (tmp_path / "elsewhere").mkdir()
    settings = {name: value for name, value in QUIET.items() if name != "supervised"}
    process = subprocess.Popen(
        ["sh", "-c", f"ulimit -v 4000000; exec {PROGRAM} serve --unsupervised"], cwd=tmp_path / "elsewhere", stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, env=clean_environment(DATA_DIR=tmp_path / "data", HTTP_PORT=0, BIND="127.0.0.1", **settings))
    try:
        base = next(line for line in process.stdout if "http://" in line).split("http://")[1].split("/")[0]
        with pytest.raises(httpx.TransportError):
            httpx.get(f"http://{base}/test/fault/oom", timeout=60)
        assert process.wait(60) in CRASHES
    finally:
        if process.poll() is None:
            process.kill()
        process.stdout.close()


def test_a_hanging_loop_answers_nothing_and_recovers(server):
    started = server(**QUIET).start()
    began = time.monotonic()
    # Its own answer has to wait as well.
    assert httpx.get(f"{started.base}/test/fault/hang-loop?seconds=2", timeout=20).status_code == 204
    assert time.monotonic() - began > 1.5
    assert httpx.get(f"{started.base}/health", timeout=20).status_code == 200
    assert started.stop() == 0


def test_a_hanging_writer_stops_what_writes_and_nothing_else(server):
    started = server(**QUIET).start()
    assert httpx.get(f"{started.base}/test/fault/hang-writer?seconds=2").status_code == 204
    answers = []
    writing = threading.Thread(target=lambda: answers.append(httpx.post(
        f"{started.base}/api/session", json={"email": "a@lantern.example", "password": "x" * 12}, headers={"origin": started.base}, timeout=20)))
    writing.start()
    assert httpx.get(f"{started.base}/health", timeout=1).status_code == 200
    writing.join(20)
    assert answers and started.stop() == 0


@pytest.mark.parametrize("stage", ["configuration", "storage", "warm", "listen"])
def test_a_start_can_be_made_to_fail_at_a_stage(server, stage):
    started = server(supervised=False, SWITCHBOARD_FAULT=f"trap:{stage}", SWIFT_BACKTRACE="enable=no").launch()
    started.await_end()
    assert started.process.returncode in (-signal.SIGILL, -signal.SIGTRAP)


def test_without_being_asked_for_there_is_nothing(server):
    started = server().start()
    for fault in ("trap", "stack", "abort", "oom", "hang-loop", "hang-writer"):
        assert httpx.get(f"{started.base}/test/fault/{fault}").status_code == 404
    assert started.stop() == 0
