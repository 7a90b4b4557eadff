"""Death in each stage of the start: `why` names the stage, and the exit code is that of the table."""
import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from support.ends import NEEDS_DEBUG, NEEDS_TOOL, await_certificate, why
from support.knocking import ask
from support.server import TOP, Server, command

pytestmark = [NEEDS_DEBUG, pytest.mark.timeout(120)]

STAGES = ["fingerprint", "configuration", "secrets", "ports", "storage", "migrations", "warm", "listen", "ready", "background"]
#: Those whose standing still keeps the server from serving.
WAITED_FOR = STAGES[:8]


def table_meaning(code: int) -> str:
    for line in (TOP / "docs/operations.md").read_text().splitlines():
        if line.startswith(f"| {code} |"):
            return line.split("|")[3].strip()
    raise AssertionError(code)


def answered(port: int) -> int:
    """0: whoever had taken the connection died."""
    try:
        return ask(port, "/")
    except OSError:
        return 0


def launched(data, fault: str, **settings) -> Server:
    return Server(data, SWITCHBOARD_FAULT=fault, DRAIN_TIME="1s", **settings).launch()


@NEEDS_TOOL
@pytest.mark.parametrize("number, stage", list(enumerate(STAGES)))
def test_a_trap_in_a_stage_is_told_with_it_and_the_port_answers(tmp_path, number, stage):
    server = launched(tmp_path / "data", f"trap:{stage}")
    try:
        # Three alike: from then on the stand-in answers.
        line = server.await_line("the server can't stay up", 40)
        assert server.alive and f'"stage":"{number} {stage}"' in line
        assert (tmp_path / "data").stat().st_mode & 0o777 == 0o700
        deadline = time.monotonic() + 20
        port = int(re.search(r"127\.0\.0\.1:(\d+)", server.await_line("supervising")).group(1))
        while answered(port) != 503:
            assert time.monotonic() < deadline
        certificate = await_certificate(server, 1)
        assert certificate["cause"] == "trap" and certificate["stage"] == {"number": number, "name": stage}, certificate
        assert any("trap(at:)" in (frame.get("function") or "") for frame in certificate["crash"]["frames"])
        told = why(tmp_path / "data", certificate["id"])
        assert f"{number} {stage}" in told and "DebugFaults.trap(at:)" in told.splitlines()[0]
        assert list((tmp_path / "data/crashes/raw").iterdir()) == [], "each backtrace is with its evidence"
    finally:
        server.end()


@pytest.mark.parametrize("stage, code", [
    ("fingerprint", 86), ("configuration", 78), ("secrets", 77), ("ports", 69), ("storage", 74), ("migrations", 80), ("warm", 70), ("listen", 69)])
def test_a_refusal_in_a_stage_ends_a_first_start_with_its_code(tmp_path, stage, code):
    server = launched(tmp_path / "data", f"refuse:{stage}:{code}")
    assert server.await_end() == code
    told = why(tmp_path / "data")
    assert told.startswith(f"The server refused to start: a refusal on purpose in stage {stage}")
    assert re.search(rf"^Stage +{stage}$", told, re.M) and re.search(rf"^Code +{code} ", told, re.M), told
    assert table_meaning(code) in told


@NEEDS_TOOL
@pytest.mark.parametrize("stage", WAITED_FOR)
def test_a_first_start_that_stands_still_ends_with_87_and_says_where(tmp_path, stage):
    began = time.monotonic()
    server = launched(tmp_path / "data", f"hang:{stage}:700")
    assert server.await_end() == 87, server.tail()
    print(f"hang in {stage}: ended after {time.monotonic() - began:.1f} s", file=sys.stderr)
    number = STAGES.index(stage)
    told = why(tmp_path / "data")
    assert told.startswith(f"The start stood still at stage {number} ({stage}) until its deadline, in `"), told
    assert "DebugFaults.enter" in told
    explained = why(tmp_path / "data", "87")
    assert table_meaning(87) in explained


def test_real_refusals_name_their_stage_too(tmp_path):
    """As people meet them: each ends the program with its code, and `why` knows it afterwards."""
    taken = socket.create_server(("127.0.0.1", 0))
    port = taken.getsockname()[1]
    (tmp_path / "ports").mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage/switchboard.sqlite").write_bytes(b"this is no database" * 100)
    (tmp_path / "bad.pem").write_text("no certificate")
    cases = [
        ("ports", 69, {"HTTP_PORT": port}), ("storage", 73, {"HTTP_PORT": 0}),
        ("secrets", 78, {"HTTP_PORT": 0, "HTTPS_PORT": 0, "TLS_MODE": "files", "TLS_CERT": tmp_path / "bad.pem", "TLS_KEY": tmp_path / "bad.pem"}),
    ]
    for stage, code, settings in cases:
        done = command("serve", data=tmp_path / stage, BIND="127.0.0.1", **settings)
        assert done.returncode == code, (stage, done.returncode, done.stderr)
        told = why(tmp_path / stage)
        assert re.search(rf"^Stage +{stage}$", told, re.M) and re.search(rf"^Code +{code} ", told, re.M), told
    taken.close()


def test_a_server_that_listens_and_does_not_answer_is_not_ready(tmp_path):
    began = time.monotonic()
    server = launched(tmp_path / "data", "mute:ready")
    port = int(re.search(r"127\.0\.0\.1:(\d+)", server.await_line("supervising")).group(1))
    server.await_line('"listening"')
    # It takes connections, and says so to nobody.
    with socket.create_connection(("127.0.0.1", port), 5):
        pass
    assert server.await_end(60) == 83
    assert 15 < time.monotonic() - began < 40
    assert not any("Open http" in line for line in server.lines)
    told = why(tmp_path / "data")
    assert told.startswith("The server refused to start: the server's own request to http://127.0.0.1:") and "83 NOT_READY" in told


@pytest.mark.parametrize("tls", ["disabled", "self-signed"])
def test_readiness_is_proved_through_the_port_within_milliseconds(server, tls):
    started = server(TLS_MODE=tls, HTTPS_PORT=0, LOG_LEVEL="debug").start()
    proofs = [record for record in started.records() if record.get("message") == "request" and record.get("path") == "/ready"]
    # One through each port, before anybody else was told to come.
    assert len(proofs) >= (1 if tls == "disabled" else 2)
    listening = max(record["time"] for record in started.records() if record.get("message") == "listening")
    took = (moment(proofs[0 if tls == "disabled" else 1]["time"]) - moment(listening)) * 1_000
    print(f"{tls}: proved {took:.0f} ms after listening", file=sys.stderr)
    assert took < 250


def moment(text: str) -> float:
    import datetime

    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()
