"""A new release without a full restart: `current` moves, `switchboard restart`, and nobody notices."""
import json
import os
import pathlib
import re
import shutil
import signal
import stat
import subprocess
import time

import pytest

from support import engine
from support import server as program
from support.gateway import Background, Gateway
from support.knocking import Knocking
from support.model_load import ModelLoad
from support.server import Server, clean_environment


class Releases:
    """`releases/<name>/` as `install` lays them out, and `current` that points to one."""

    def __init__(self, top: pathlib.Path):
        self.top, self.current = top, top / "current"

    def add(self, name: str, build: bytes | None = None, script: str | None = None) -> pathlib.Path:
        """The program as it is, the same with another commit in it, or a script in its place."""
        folder = self.top / "releases" / name
        folder.mkdir(parents=True)
        resources = program.PROGRAM.parent / "switchboard_Console.resources"
        (folder / resources.name).symlink_to(resources)
        target = folder / "switchboard"
        if script is not None:
            target.write_text(script)
            target.chmod(0o755)
        elif build is None:
            shutil.copy(program.PROGRAM, target)
        else:
            whole = program.PROGRAM.read_bytes()
            commit = short(program.PROGRAM).split("(commit ")[1].split(",")[0].split(")")[0].encode()
            # The build's own stamp, ended by a zero, as C has it: 40 digits, or a word where no script made the build.
            stamp = re.search(rb"\0(" + commit + rb"[0-9a-f]*)\0", whole)
            assert stamp, commit
            target.write_bytes(whole.replace(stamp[0], b"\0" + build.ljust(len(stamp[1]), b"x")[:len(stamp[1])] + b"\0"))
            target.chmod(0o755)
        return folder

    def switch(self, name: str) -> None:
        """As `install` does it: by a rename, so that there is no moment without one."""
        new = self.top / "new"
        new.symlink_to(pathlib.Path("releases") / name)
        new.rename(self.current)


def short(path: pathlib.Path) -> str:
    return subprocess.run([path, "version"], capture_output=True, text=True, check=True, env=clean_environment()).stdout.strip()


def await_build(server: Server, build: str, timeout: float = 30) -> dict:
    """Until that build serves, and no other one does."""
    deadline = time.monotonic() + timeout
    while True:
        shown = server.status()
        if [one["build"] for one in shown["workers"] if one["phase"] == "ready"] == [build]:
            return shown
        assert time.monotonic() < deadline, (shown, server.tail(30))
        time.sleep(0.05)


def order(*words: str, data: pathlib.Path) -> subprocess.CompletedProcess[str]:
    return program.command(*words, data=data, timeout=60)


@pytest.fixture
def releases(tmp_path):
    made = Releases(tmp_path)
    made.add("one")
    made.switch("one")
    return made


@pytest.fixture
def gateway(tmp_path, founded, releases, north):
    engine.copy(founded[0], tmp_path / "data")
    server = Server(tmp_path / "data", **(program.ROOMY | {"DRAIN_TIME": "10s", "SWIFT_BACKTRACE": "enable=no"}))
    server.program = releases.current / "switchboard"
    made = Gateway(server.start())
    made.add(north)
    yield made
    made.end()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("way", ["order", "signal"])
def test_a_new_release_takes_over_under_load_and_nobody_is_refused_or_cut(releases, gateway, north, way):
    server, data = gateway.server, gateway.server.data
    releases.add("two", build=b"another")
    old, new = short(releases.top / "releases/one/switchboard"), short(releases.top / "releases/two/switchboard")
    assert old != new
    key = gateway.key()
    assert server.status()["workers"][0]["build"] == old
    north.play("paced:60:60")
    running = Background(key).begun()
    with Knocking(server.port, threads=2, pause=0.01) as knocking, ModelLoad(key, threads=1) as load:
        time.sleep(0.3)
        releases.switch("two")
        if way == "order":
            done = order("restart", data=data)
            assert done.returncode == 0, done.stderr
        else:
            server._signal(signal.SIGHUP)
        shown = await_build(server, new)
        time.sleep(0.3)
    assert shown["supervisorBuild"] == old and "supervisor" in shown["note"] and shown["program"].endswith("current/switchboard")
    assert knocking.refused == [] and knocking.cut == [] and load.refused == [] and load.torn == [] and load.others == []
    # A kept connection may be closed by who hands over, between two requests; what was asked on a living one is answered.
    assert load.cut == 0 and len(load.whole) > 10, (load.cut, len(load.whole))
    # The stream that ran is carried to its end by the old worker.
    assert running.done.wait(30) and running.broken is None and b"message_stop" in running.body
    # Whoever is started from now on is of the new release, too: after a kill, and in the next restart.
    server.kill_worker()
    await_build(server, new)
    # And back.
    releases.switch("one")
    assert order("restart", data=data).returncode == 0
    shown = server.status()
    assert shown["workers"][-1]["build"] == old and "note" not in shown and "program" not in shown
    key.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("fault, told", [
    ("#!/bin/sh\necho hello\n", "version --json"),
    ("#!/bin/sh\nexit 3\n", "exit 3"),
    # It says who it is, and its worker dies before it is ready.
    ('#!/bin/sh\ncase "$1 $2" in "version --json") exec {real} version --json;; "worker plan") exec {real} "$@";; esac\nexit 70\n', "exit 70"),
    # It says who it is, and refuses the settings.
    ('#!/bin/sh\ncase "$1 $2" in "version --json") exec {real} version --json;; esac\nexit 78\n', "78"),
])
def test_a_release_that_does_not_come_up_leaves_the_old_one_serving_and_says_why(releases, gateway, fault, told):
    server, data = gateway.server, gateway.server.data
    releases.add("broken", script=fault.replace("{real}", str(program.PROGRAM)))
    worker = server.pid
    with Knocking(server.port, threads=1) as knocking:
        releases.switch("broken")
        done = order("restart", data=data)
    assert done.returncode == 83 and told in done.stderr, (done.returncode, done.stderr)
    shown = server.status()
    assert server.pid == worker and shown["mode"] == "serving" and told in shown["refusedProgram"]["reason"], shown
    assert knocking.refused == [] and knocking.cut == []
    # Put right, the next restart goes through and forgets it.
    releases.switch("one")
    assert order("restart", data=data).returncode == 0
    assert "refusedProgram" not in server.status()


def kill_whoever_is_of(server: Server, build: str) -> int:
    """The end of each worker of that build that is ready, as by a mistake of its own, until another build serves; how many there were."""
    struck: set[int] = set()
    deadline = time.monotonic() + 60
    while True:
        shown = server.status()
        ready = [one for one in shown["workers"] if one["role"] == "serve" and one["phase"] == "ready"]
        if ready and ready[-1]["build"] != build and struck:
            return len(struck)
        for one in ready:
            if one["build"] == build and one["process"] not in struck:
                struck.add(one["process"])
                os.kill(one["process"], signal.SIGSEGV)
        assert time.monotonic() < deadline, (shown, server.tail(30))
        time.sleep(0.02)


@pytest.mark.timeout(240)
def test_a_release_that_comes_up_and_then_dies_again_and_again_is_left_for_the_one_before(releases, gateway, north):
    server, data = gateway.server, gateway.server.data
    builds = {name: short(releases.add(name, build=name.encode()) / "switchboard") for name in ("two", "three")}
    old = short(releases.top / "releases/one/switchboard")
    key = gateway.key()
    with Knocking(server.port, threads=1, pause=0.02) as knocking:
        releases.switch("two")
        assert order("restart", data=data).returncode == 0
        await_build(server, builds["two"])
        # One that stays, and after it one that doesn't: back to the one that did, and not further.
        releases.switch("three")
        assert order("restart", data=data).returncode == 0
        await_build(server, builds["three"])
        assert kill_whoever_is_of(server, builds["three"]) >= 3
        shown = await_build(server, builds["two"])
        assert shown["mode"] == "serving" and "incident" not in shown and "note" in shown
        refused = shown["refusedProgram"]
        assert refused["build"] == builds["three"] and "again and again" in refused["reason"] and "SIGSEGV" in refused["reason"], refused
        assert any("the one before it serves again" in line for line in server.lines)
        told = awaits_why(data, builds["three"])
        assert builds["two"] in told and "install --back" in told and "`switchboard restart`" in told, told
        found = finding(data, "PROC-011")
        assert found["status"] == "warn" and found["evidence"]["release"] == builds["three"], found
        # That one dies as well: back to the supervisor's own, which is the last to be gone back to.
        kill_whoever_is_of(server, builds["two"])
        shown = await_build(server, old)
        assert shown["refusedProgram"]["build"] == builds["two"] and "note" not in shown and "incident" not in shown
        assert key.ask("and all goes on").status_code == 200
    assert knocking.refused == []
    # `current` is what people say it is: asked for again, it is tried again; and put back, nothing is left to tell.
    assert order("restart", data=data).returncode == 0
    assert "refusedProgram" not in await_build(server, builds["three"])
    releases.switch("one")
    assert order("restart", data=data).returncode == 0
    await_build(server, old)
    assert finding(data, "PROC-011")["status"] == "pass"
    key.close()


def awaits_why(data: pathlib.Path, word: str) -> str:
    deadline = time.monotonic() + 20
    while word not in (told := order("why", data=data).stdout) and time.monotonic() < deadline:
        time.sleep(0.2)
    return told


def finding(data: pathlib.Path, id: str) -> dict:
    return next(check for check in json.loads(order("doctor", "--json", data=data).stdout)["checks"] if check["id"] == id)


@pytest.mark.timeout(120)
def test_a_file_that_everybody_may_write_is_not_started(releases, gateway):
    releases.add("open", build=b"another")
    os.chmod(releases.top / "releases/open/switchboard", stat.S_IRWXU | stat.S_IRWXG | stat.S_IRWXO)
    releases.switch("open")
    done = order("restart", data=gateway.server.data)
    assert done.returncode == 0 and any("everybody may write it" in line for line in gateway.server.lines), done.stderr
    assert "program" not in gateway.server.status()
