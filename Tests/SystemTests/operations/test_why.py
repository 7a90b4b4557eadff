"""`switchboard why`: by hand-made evidence without a server, and by a real server that is ended in every way."""
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import httpx
import pytest

from support import server as program
from support.ends import NEEDS_TOOL, await_certificate, strike, why
from support.server import command

NAME = "20261121-180211-4711"


def evidence(data: pathlib.Path, death: str, name: str = NAME) -> pathlib.Path:
    folder = data / "crashes" / name
    folder.mkdir(parents=True)
    (folder / "death").write_text(death)
    return folder


# Without a server


@pytest.mark.parametrize(
    "asked, told",
    [("143", "SIGTERM"), ("SIGKILL", "137 = 128 + 9"), ("15/TERM", "143"), ("69", "EX_UNAVAILABLE"), ("EX_CONFIG", "78"), ("203", "systemd"), ("87", "stage")])
def test_every_code_and_signal_is_explained_offline(tmp_path, asked, told):
    assert told in why(tmp_path / "none", asked)


def test_it_speaks_chinese_when_told_to_or_when_the_terminal_does(tmp_path):
    assert "被要求停止" in why(tmp_path / "none", "143", "--language", "zh")
    assert "被要求停止" in why(tmp_path / "none", "143", LANG="zh_CN.UTF-8")
    assert "a stop was asked for" in why(tmp_path / "none", "143", LANG="C.UTF-8")


def test_what_is_no_code_is_a_wrong_command_line(tmp_path):
    done = command("why", "elephant", data=tmp_path / "none")
    assert done.returncode == 64 and "elephant" in done.stderr


def test_where_nothing_ever_happened_it_says_so(tmp_path):
    assert "No unplanned end is known" in why(tmp_path / "none")
    assert json.loads(why(tmp_path / "none", "--json")) is None
    assert json.loads(why(tmp_path / "none", "--list", "--json")) == []
    assert not (tmp_path / "none").exists(), "a question makes no folders"


def test_it_answers_with_broken_settings_and_finds_the_data_directory_in_all_ways(tmp_path):
    data = tmp_path / "data"
    evidence(data, "kind signal\nsignal 9\noom_kill_before 0\noom_kill_after 1\nmemory_limit_kb 524288\nended_ms 1795284131000\n")
    for place, arguments, settings in [
        (data, [], {"HTTP_PORT": "elephant"}), (tmp_path / "other", ["--data-dir", str(data)], {}), (data, [], {"ENV_FILE": tmp_path / "no-such-file"}),
    ]:
        told = why(place, *arguments, **settings)
        assert told.startswith("The kernel killed the worker because it reached its memory limit of 512 MiB."), told
    (tmp_path / "elsewhere" / ".env").write_text(f"DATA_DIR={data}\nHTTP_PORT=elephant\n")
    done = subprocess.run([str(program.PROGRAM), "why"], env=program.clean_environment(), cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=30)
    assert "512 MiB" in done.stdout, done.stderr


def test_the_newest_counts_and_a_refused_start_after_it_more(tmp_path):
    data = tmp_path / "data"
    evidence(data, "kind exit\nexit_code 70\nstage 8 ready\nended_ms 1795284131000\n")
    evidence(data, "kind foreign-stop\nsignal 15\nsender_pid 25155\nsender_uid 0\nsender_command python3 deploy.py\nended_ms 1795284132000\n", "20261121-180212-1")
    evidence(data, "kind restart\nexit_code 0\nended_ms 1795284133000\n", "20261121-180213-1")
    assert why(data).startswith("SIGTERM from pid 25155 (`python3 deploy.py`, uid 0) stopped the worker")
    assert [line.split()[0] for line in why(data, "--list").splitlines()] == ["20261121-180213-1", "20261121-180212-1", NAME]
    assert "exit code 70" in why(data, NAME)
    (data / "crashes/last-refusal").write_text("time_ms 1795284140000\nexit_code 78\nstage 1 configuration\nsentence HTTP_PORT is no port\n")
    assert why(data).startswith("The server refused to start: HTTP_PORT is no port")
    assert json.loads(why(data, "--json"))["exitCode"] == 78


def test_a_certificate_is_made_of_evidence_by_command_and_kept(tmp_path):
    folder = evidence(tmp_path / "data", "kind signal\nsignal 4\nstage 8 ready\nended_ms 1795284131000\n")
    done = command("worker", "certify", str(folder), data=tmp_path / "data")
    assert done.returncode == 0, done.stderr
    assert json.loads((folder / "certificate.json").read_text())["cause"] == "trap"
    assert (folder / "certificate.json").stat().st_mode & 0o777 == 0o600


def test_hostile_evidence_ends_no_command(tmp_path):
    data = tmp_path / "data"
    folder = evidence(data, "kind signal\nsignal 4\nrefusal \x1b[2J\u202e\nrole " + "x" * 100_000 + "\n")
    (folder / "backtrace.json").write_bytes(b"[" * 3_000_000)
    (folder / "blackbox").write_bytes(os.urandom(2 << 20))
    os.symlink("/etc/passwd", folder / "threads")
    told = why(data)
    assert "\x1b" not in told and "root:" not in told
    assert command("worker", "certify", str(folder), data=data).returncode == 0
    assert command("worker", "certify", "/etc", data=data).returncode != 0


# With a server


@NEEDS_TOOL
def test_a_trap_is_told_with_function_file_and_line(server):
    running = server(TEST_FAULTS="true").start()
    strike(running, "trap")
    certificate = await_certificate(running)
    assert certificate["cause"] == "trap" and certificate["missing"] == [], certificate
    place = next(frame for frame in certificate["crash"]["frames"] if frame["isOwn"])
    source = (program.TOP / place["file"]).read_text().splitlines()
    assert place["file"] == "Sources/Assembly/Faults/DebugFaults.swift" and "trap(at:)" in place["function"], place
    assert "values[index + values.count]" in source[place["line"] - 1]
    assert certificate["log"] and certificate["stage"]["name"] in ("ready", "background") and certificate["signal"] in (4, 5, 9)
    told = why(running.data)
    assert told.startswith("The worker stopped at a mistake in its own code") and "DebugFaults.swift" in told.splitlines()[0]
    assert "rsp" not in (running.data / "crashes" / certificate["id"] / "backtrace.json").read_text()


@NEEDS_TOOL
@pytest.mark.parametrize("fault, cause", [("stack", "stack_overflow"), ("abort", "abort")])
def test_other_crashes_are_told_apart(server, fault, cause):
    running = server(TEST_FAULTS="true").start()
    strike(running, fault)
    assert await_certificate(running)["cause"] == cause
    assert "stack" in why(running.data).lower()


@NEEDS_TOOL
def test_while_names_are_looked_up_it_says_so_and_answers_without(server):
    """The coroner is stopped in the middle of its work: so long nobody knows the names, and `why` says what it knows."""
    running = server(TEST_FAULTS="true").start()
    strike(running, "trap")
    deadline = time.monotonic() + 30
    while not (notes := list((running.data / "crashes").glob("2*/coroner"))):
        assert time.monotonic() < deadline, running.tail()
        time.sleep(0.001)
    coroner = int(re.search(r"process (\d+)", notes[0].read_text()).group(1))
    os.kill(coroner, signal.SIGSTOP)
    try:
        if (notes[0].parent / "certificate.json").exists():
            pytest.skip("the coroner was too quick")
        told = why(running.data)
        assert told.startswith("The worker stopped at a mistake in its own code.")
        assert re.search(r"names of functions are being looked up since \d+(\.\d)? m?s; that takes some seconds", told), told
        assert re.search(r"switchboard\+0x[0-9a-f]+", told), "addresses at least"
        assert "正在查找函数名" in why(running.data, "--language", "zh")
    finally:
        os.kill(coroner, signal.SIGCONT)
    await_certificate(running)
    told = why(running.data)
    assert "looked up" not in told and "trap(at:)" in told.splitlines()[0]


@NEEDS_TOOL
def test_names_that_nobody_will_look_up_any_more_are_looked_up_at_once(server):
    """The supervisor and its coroner are gone: `why` does it itself."""
    running = server(TEST_FAULTS="true").start()
    strike(running, "trap")
    await_certificate(running)
    running.stop()
    [folder] = (running.data / "crashes").glob("2*")
    (folder / "certificate.json").unlink()
    death = folder / "death"
    death.write_text(re.sub(r"ended_ms \d+", "ended_ms 1795284131000", death.read_text()))
    assert "trap(at:)" in why(running.data).splitlines()[0]


def test_who_stops_the_worker_is_named(server):
    running = server().start()
    stranger = subprocess.Popen(
        [sys.executable, "-c", f"import os, signal, time; os.kill({running.pid}, signal.SIGTERM); time.sleep(30)", "old-deploy-script"])
    try:
        certificate = await_certificate(running)
        assert certificate["cause"] == "foreign_stop" and certificate["sender"]["pid"] == stranger.pid
        # Long command lines are cut: what comes first is there.
        assert " -c import os, signal, time; os.kill(" in certificate["sender"]["command"]
        assert f"pid {stranger.pid}" in why(running.data).splitlines()[0]
    finally:
        stranger.kill()
        stranger.wait()


def test_a_worker_that_is_killed_is_told_from_one_that_ran_out_of_memory(server):
    running = server().start()
    os.kill(running.pid, signal.SIGKILL)
    certificate = await_certificate(running)
    assert certificate["cause"] == "killed" and "sender" in certificate["missing"]
    assert "auditctl" in why(running.data)


def test_a_refused_start_is_told_afterwards(server, tmp_path):
    running = server().start()
    (tmp_path / "second").mkdir()
    done = command("serve", data=tmp_path / "second", HTTP_PORT=running.port, BIND="127.0.0.1")
    assert done.returncode == 69
    told = why(tmp_path / "second")
    assert "refused to start" in told and str(running.port) in told and "69 EX_UNAVAILABLE" in told


def test_the_console_s_door_tells_owners_and_nobody_else(own_world):
    server = own_world.server
    os.kill(server.pid, signal.SIGKILL)
    certificate = await_certificate(server)
    server.await_ready()
    listed = own_world.ada.get("/api/operations/ends")
    assert [one["id"] for one in listed["items"]] == [certificate["id"]] and listed["items"][0]["cause"] == "killed"
    detail = own_world.ada.get(f"/api/operations/ends/{certificate['id']}", language="zh")
    assert "SIGKILL" in detail["end"]["sentence"] and detail["remedies"]
    bo = own_world.ada.invite("bo@lantern.example", "agent", "Bo", [own_world.shop_id])
    assert bo.http.get("/api/operations/ends").status_code == 403
    assert httpx.get(server.base + "/api/operations/ends").status_code == 401
