"""Who ended the server? The log names the process that sent the signal, and the exit status stays the signal's."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import httpx
import pytest

from support.ends import NEEDS_DEBUG, await_certificate, why
from support.raw import Line
from support.server import PROGRAM, Server, await_gone, clean_environment


def sentence(server: Server, name: str = "SIGTERM") -> str:
    """What the log says of a signal of that name."""
    line = server.await_line(lambda line: name in line and '"signal"' in line, what=f"a word about {name}")
    return json.loads(line)["message"]


def shell(words: list[str]) -> subprocess.Popen:
    """A sender that is still there when somebody looks; its standard input ends it."""
    return subprocess.Popen(words, stdin=subprocess.PIPE)


def ended_by(server: Server, number: int) -> None:
    server.await_end()
    assert server.process.returncode == -number


def test_a_shell_that_ends_the_server_is_named(server):
    started = server(supervised=False).start()
    sender = shell(["sh", "-c", f"kill -TERM {started.pid}; read line"])
    assert sentence(started) == f"SIGTERM from process {sender.pid} (`sh -c kill -TERM {started.pid}; read line`), user {os.getuid()}: draining"
    ended_by(started, signal.SIGTERM)
    sender.communicate()


def test_timeout_is_named_and_its_exit_code_stays_its_own(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    ran = subprocess.run(
        ["timeout", "6", str(PROGRAM), "serve", "--unsupervised"], cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=60,
        env=clean_environment(DATA_DIR=tmp_path / "data", HTTP_PORT=0, LOG_FORMAT="json"))
    said = [json.loads(line)["message"] for line in ran.stderr.splitlines() if '"signal"' in line]
    assert len(said) == 1 and re.fullmatch(rf"SIGTERM from process \d+ \(`timeout 6 .*serve --unsupervised`\), user {os.getuid()}: draining", said[0]), ran.stderr
    assert ran.returncode == 124


def test_a_script_is_named_by_its_command_line(server):
    started = server(supervised=False).start()
    sender = shell([sys.executable, "-c", f"import os, sys; os.kill({started.pid}, 15); sys.stdin.read()"])
    assert f"from process {sender.pid} (`" in sentence(started) and "import os, sys; os.kill" in sentence(started)
    ended_by(started, signal.SIGTERM)
    sender.communicate()


@pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")
def test_another_user_is_told_apart(server):
    started = server(supervised=False).start()
    sender = shell([
        "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+kill", "--ambient-caps=+kill", "sh", "-c",
        f"kill -TERM {started.pid}; read line"])
    assert sentence(started).startswith(f"SIGTERM from process {sender.pid} (`sh -c kill") and sentence(started).endswith("user 65534: draining")
    ended_by(started, signal.SIGTERM)
    sender.communicate()


def test_a_sender_that_is_gone_at_once_still_leaves_its_number_and_user(server):
    started = server(supervised=False).start()
    sender = subprocess.Popen(["/bin/kill", "-TERM", str(started.pid)])
    sender.wait()
    user = os.getuid()
    assert sentence(started) in (
        f"SIGTERM from process {sender.pid} (`/bin/kill -TERM {started.pid}`), user {user}: draining",
        f"SIGTERM, sender already gone (process {sender.pid}), uid {user}: draining")
    ended_by(started, signal.SIGTERM)


def test_a_hostile_command_line_can_not_steer_the_terminal_or_forge_a_line(server):
    started = server(supervised=False, LOG_FORMAT="text").start()
    sender = shell(["sh", "-c", f"kill -TERM {started.pid}; read line # \x1b[31m\n2026-11-21T00:00:00.000Z INFO     forged"])
    line = started.await_line("SIGTERM")
    assert "\x1b" not in line and "forged" in line and f"process {sender.pid} (`sh -c kill" in line
    ended_by(started, signal.SIGTERM)
    sender.communicate()


def test_ctrl_c_keeps_its_meaning(server):
    started = server(supervised=False).start()
    started.interrupt()
    assert sentence(started, "SIGINT").endswith(": draining")
    ended_by(started, signal.SIGINT)


def test_the_second_signal_ends_a_drain_at_once(server):
    started = server(supervised=False, DRAIN_TIME="30s").start()
    line = Line(started)
    line.say("GET /ready HTTP/1.1\r\nHo")
    for _ in range(16):
        assert httpx.get(started.base + "/health").status_code == 200
    started.terminate()
    started.await_line('"draining"')
    began = time.monotonic()
    started.terminate()
    ended_by(started, signal.SIGTERM)
    assert time.monotonic() - began < 2
    assert any("the second one, ending at once" in one for one in started.lines)
    line.close()


def test_hup_and_usr1_are_named_and_end_nothing(server):
    started = server(supervised=False, TLS_MODE="self-signed", HTTPS_PORT=0).start()
    os.kill(started.pid, signal.SIGHUP)
    assert f"from process {os.getpid()} (" in sentence(started, "SIGHUP") and sentence(started, "SIGHUP").endswith(": taking the certificates anew")
    os.kill(started.pid, signal.SIGUSR1)
    assert sentence(started, "SIGUSR1").endswith(": nothing is bound to it")
    assert httpx.get(started.base + "/ready", verify=False).status_code == 200
    assert started.stop() == 0


@NEEDS_DEBUG
def test_a_signal_during_the_start_ends_it_at_once_and_is_named(server):
    started = server(supervised=False, SWITCHBOARD_FAULT="hang:migrations").launch()
    started.await_line("storage opened")
    started.terminate()
    assert sentence(started).endswith(": ending, before the service had begun")
    ended_by(started, signal.SIGTERM)


NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+kill", "--ambient-caps=+kill"]
#: Who kills: a name, how its process is started with the victim's number, what its command line begins with, and its user.
KILLERS = [
    pytest.param(["sh", "-c", "kill -TERM {victim}; read line"], "sh -c kill -TERM", os.getuid(), id="a shell"),
    pytest.param(["timeout", "--foreground", "60", "sh", "-c", "kill -TERM {victim}; read line"], "sh -c kill -TERM", os.getuid(), id="under timeout"),
    pytest.param([sys.executable, "-c", "import os, sys; os.kill({victim}, 15); sys.stdin.read()"], sys.executable, os.getuid(), id="a Python script"),
    pytest.param(
        [*NOBODY, "sh", "-c", "kill -TERM {victim}; read line"], "sh -c kill -TERM", 65534, id="another user",
        marks=pytest.mark.skipif(os.getuid() != 0 or not shutil.which("setpriv"), reason="needs root and setpriv")),
]


@pytest.mark.parametrize("words, command, user", KILLERS)
def test_who_ends_a_worker_is_named_and_another_takes_its_place(server, words, command, user):
    started = server().start()
    first = started.pid
    sender = shell([word.format(victim=first) for word in words])
    said = sentence(started)
    assert re.match(rf"SIGTERM from process \d+ \(`{re.escape(command)}", said), said
    # A process in between (timeout) is not the one that did it.
    assert said.split("process ")[1].startswith(f"{sender.pid} ") or words[0] == "timeout", said
    certificate = await_certificate(started)
    assert certificate["cause"] == "foreign_stop" and certificate["pid"] == first
    assert certificate["sender"]["uid"] == user and certificate["sender"]["command"].startswith(command[:60]), certificate["sender"]
    told = why(started.data).splitlines()[0]
    assert f"SIGTERM from pid {certificate['sender']['pid']} (`" in told and f"uid {user})" in told, told
    assert started.pid != first
    started.await_ready()
    assert started.stop() == 0
    sender.communicate()


@pytest.mark.parametrize("words, command, user", KILLERS)
def test_who_ends_the_supervisor_is_named_and_it_ends_by_the_signal(server, words, command, user):
    started = server().start()
    sender = shell([word.format(victim=started.supervisor) for word in words])
    told = json.loads(started.await_line("told to stop"))
    assert told["command"].startswith(command) and told["user"] == str(user), told
    ended_by(started, signal.SIGTERM)
    sender.communicate()


def test_timeout_around_a_supervised_server_is_named_and_leaves_nobody_behind(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    ran = subprocess.run(
        ["timeout", "6", str(PROGRAM), "serve"], cwd=tmp_path / "elsewhere", capture_output=True, text=True, timeout=60,
        env=clean_environment(DATA_DIR=tmp_path / "data", HTTP_PORT=0, LOG_FORMAT="json", DRAIN_TIME="1s"))
    told = [json.loads(line) for line in ran.stderr.splitlines() if "told to stop" in line]
    assert len(told) >= 1 and re.match(r"timeout 6 .*serve$", told[0]["command"]), ran.stderr
    assert ran.returncode == 124
    worker = next(json.loads(line)["worker"] for line in ran.stderr.splitlines() if "started a worker" in line)
    await_gone(int(worker), 2)
