"""Backups of the real program, and what a restore makes of them, with real clients."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time

import httpx
import pytest

from support import disk
from support.gateway import Gateway
from support.practice import PracticeNode
from support.server import command
from support.ulid import ulid
from support.wire import Wire
from support.world import Visitor, World, found


def backups(data, **settings) -> list[dict]:
    shown = command("backup", "--list", "--json", data=data, **settings)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def back_up(data, *options: str, **settings) -> pathlib.Path:
    done = command("backup", *options, data=data, **settings)
    assert done.returncode == 0, done.stderr
    return pathlib.Path(done.stdout.strip())


def texts(visitor: Visitor) -> list[tuple[int, str]]:
    return [(event["seq"], event["body"]["text"]) for event in visitor.snapshot()["events"]]


def test_a_backup_beside_a_busy_server_has_all_that_was_acknowledged_before_it(own_world, tmp_path):
    kim = own_world.visitor(name="Kim")
    names = [ulid() for _ in range(60)]
    for name in names[:30]:
        kim.send("before", client_id=name)
    running = subprocess.Popen(**backup_command(own_world.server.data))
    for name in names[30:]:
        kim.send("meanwhile", client_id=name)
    assert running.wait(30) == 0
    [made] = backups(own_world.server.data)
    assert made["reason"] == "asked"
    folder = pathlib.Path(made["path"])
    assert folder.stat().st_mode & 0o777 == 0o700 and (folder / "house.key").stat().st_mode & 0o777 == 0o600
    database = sqlite3.connect(folder / "switchboard.sqlite")
    stored = {row[0] for row in database.execute("SELECT client_id FROM event")}
    assert set(names[:30]) <= stored <= set(names)
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["tables"]["event"]["rows"] == len(stored) and manifest["restored"] == "ok"
    assert manifest["epoch"] == kim.snapshot()["epoch"]
    assert {file["path"] for file in manifest["files"]} >= {"switchboard.sqlite", "house.key"}


def backup_command(data) -> dict:
    from support.server import PROGRAM, clean_environment

    return {"args": [str(PROGRAM), "backup"], "env": clean_environment(DATA_DIR=data), "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


def test_the_server_makes_them_by_itself_and_keeps_what_it_was_told_to(tmp_path):
    world = World.make(tmp_path / "data", BACKUP_EVERY="1s", BACKUP_KEEP_HOURLY=1, BACKUP_KEEP_DAILY=0, BACKUP_KEEP_WEEKLY=0)
    try:
        asked = back_up(world.server.data)
        world.server.await_line(lambda line: "old backups deleted" in line, 30, what="a second backup")
        left = backups(world.server.data)
        assert asked.name in [backup["name"] for backup in left]
        assert 1 <= len([backup for backup in left if backup["reason"] == "scheduled"]) <= 2
        assert not [record for record in world.server.records() if record["level"] == "error"]
        assert world.server.stop() == 0
        # Not one of them is unfinished, whenever the stop came.
        for backup in backups(world.server.data):
            assert command("restore", backup["name"], "--check", data=world.server.data).returncode == 0
    finally:
        world.end()


def test_after_a_restore_clients_of_the_lost_time_start_anew_and_see_nothing_twice_or_wrongly(tmp_path):
    world = World.make(tmp_path / "data")
    try:
        kim = world.visitor(name="Kim")
        conversation = kim.send("one")["conversation"]
        kim.send("two")
        made = back_up(world.server.data)
        lost = [kim.send("three")["seq"], kim.send("four")["seq"]]
        epoch = kim.snapshot()["epoch"]
        feed = world.ada.get("/api/inbox")["feed"]
        # Both sides have seen everything up to the fourth message.
        with Wire.open(kim, epoch=epoch, conversations={conversation: lost[-1]}) as wire:
            assert not [frame for frame in wire.resuming if frame["type"] in ("events", "reset")]

        refused = command("restore", "latest", data=world.server.data)
        assert refused.returncode == 69 and f"process {world.server.pid} " in refused.stderr
        assert world.server.stop() == 0
        done = command("restore", "latest", "--json", data=world.server.data)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["backup"] == str(made) and report["isVerified"] and report["missing"]["event"] == 2 and report["from"] < report["to"]
        world.server.restart()

        # The numbers of what was lost are given again, to something else.
        world.ada.sign_in()
        other = world.ada.send(conversation, text="three, another one")
        assert other["seq"] == lost[0]
        with Wire.open(kim, epoch=epoch, conversations={conversation: lost[-1]}) as wire:
            resets = [frame for frame in wire.resuming if frame["type"] == "reset"]
            assert resets and {frame["reason"] for frame in resets} == {"epoch"}
            assert wire.ready["epoch"] == report["epoch"] != epoch
            # Nothing of the new numbers is told as if it followed the old ones.
            assert [frame for frame in wire.resuming if frame["type"] == "events"] == []
        with Wire.open(world.ada, epoch=epoch, feed=feed, conversations={conversation: lost[-1]}) as wire:
            assert [frame["reason"] for frame in wire.resuming if frame["type"] == "reset"]
        assert texts(kim) == [(1, "one"), (2, "two"), (3, "three, another one")]
        # Under the new epoch it goes on as ever.
        with Wire.open(kim, epoch=report["epoch"], conversations={conversation: 2}) as wire:
            seen = [event for frame in wire.resuming if frame["type"] == "events" for event in frame["events"]]
            assert [(event["seq"], event["body"]["text"]) for event in seen] == [(3, "three, another one")]
        # What the lost time acknowledged is kept aside.
        aside = sqlite3.connect(pathlib.Path(report["aside"]) / "switchboard.sqlite")
        assert aside.execute("SELECT count(*) FROM event").fetchone() == (4,)
    finally:
        world.end()


def test_the_ledger_of_a_restored_house_has_what_was_booked_before_the_backup_once_and_goes_on(tmp_path):
    found(tmp_path / "template")
    with PracticeNode("north") as north:
        gateway = Gateway.make(tmp_path / "data", tmp_path / "template")
        try:
            gateway.add(north)
            key = gateway.key()
            for _ in range(5):
                assert key.ask().status_code == 200
            # At once: the last of them are in the journal alone, which goes along.
            back_up(gateway.server.data)
            for _ in range(3):
                assert key.ask().status_code == 200
            key.served(8)
            names = [row["id"] for row in key.books()][3:]
            assert gateway.server.stop() == 0
            assert command("restore", "latest", data=gateway.server.data).returncode == 0
            gateway.server.restart()
            gateway.ada.sign_in()
            # Those five, and none of the three; a request that was open in the journal's copy would be there as interrupted.
            key.served(5)
            assert [row["id"] for row in key.books()] == names
            assert key.ask().status_code == 200
            key.served(6)
            usage = sqlite3.connect(gateway.server.data / "switchboard.sqlite")
            gateway.awaits(lambda: usage.execute("SELECT sum(requests) FROM gateway_hour").fetchone() == (6,), why="the hours' sum")
        finally:
            gateway.end()


def test_the_lost_time_is_named_and_checking_alone_changes_nothing(tmp_path):
    world = World.make(tmp_path / "data")
    kim = world.visitor(name="Kim")
    kim.send("one")
    first = back_up(world.server.data)
    between = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + 1))
    time.sleep(1.1)
    kim.send("two")
    second = back_up(world.server.data)
    assert world.server.stop() == 0
    world.end()
    checked = command("restore", "latest", "--check", data=world.server.data)
    assert checked.returncode == 0 and str(second) in checked.stdout and not (world.server.data / "replaced").exists()
    earlier = command("restore", "latest", "--at", between, data=world.server.data)
    assert earlier.returncode == 0 and str(first) in earlier.stdout
    assert "lost is what was written from" in earlier.stdout and "event -1" in earlier.stdout and "kept in" in earlier.stdout
    assert command("restore", "latest", "--at", "1999-01-01", data=world.server.data).returncode == 66
    assert command("restore", "nothing", data=world.server.data).returncode == 66
    assert command("restore", "latest", "--at", "soon", data=world.server.data).returncode == 64


def test_the_key_of_the_house_comes_back_with_its_credentials(tmp_path):
    data = tmp_path / "data"
    found(data)
    added = command("node", "add", "--name", "north", "--url", "https://north.example", "--credential-env", "SECRET", data=data, SECRET="sk-a-secret")
    assert added.returncode == 0, added.stderr
    whole, without = back_up(data), back_up(data, BACKUP_HOUSE_KEY="false")
    assert (whole / "house.key").exists() and not (without / "house.key").exists()
    elsewhere = tmp_path / "elsewhere-data"
    assert command("restore", str(whole), data=elsewhere).returncode == 0
    listed = command("node", "list", data=elsewhere)
    assert listed.returncode == 0 and "north" in listed.stdout
    # Without it the house says what it lacks instead of making another one.
    bare = tmp_path / "bare-data"
    assert command("restore", str(without), data=bare).returncode == 0
    refused = command("node", "list", data=bare)
    assert refused.returncode == 78 and "house.key" in refused.stderr


def test_another_folder_and_a_bare_file_will_do(tmp_path):
    data = tmp_path / "data"
    found(data)
    made = back_up(data, "--to", str(tmp_path / "usb"))
    assert made.parent == tmp_path / "usb" and backups(data) == []
    assert command("restore", str(made / "switchboard.sqlite"), data=data).returncode == 0
    assert command("migrate", "verify", data=data).returncode == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to another user")
def test_whoever_could_leave_files_of_another_user_behind_is_refused_by_name(tmp_path):
    data = tmp_path / "data"
    found(data)
    os.chown(data / "switchboard.sqlite", 65534, 65534)
    for words in (["backup"], ["restore", "latest"], ["migrate", "apply"]):
        refused = command(*words, data=data)
        assert refused.returncode == 77 and "nobody" in refused.stderr, (words, refused.returncode, refused.stderr)
    assert not (data / "backups").exists()


@pytest.fixture
def small(tmp_path):
    top = tmp_path / "small"
    top.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(top)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"A FULL DISK IS NOT TESTED: this machine lets us mount no file system ({mounted.stderr.strip()})")
    yield top
    subprocess.run(["umount", "--lazy", str(top)], check=True)


def test_without_room_there_is_no_backup_and_no_trace_of_one(tmp_path, small):
    data = tmp_path / "data"
    found(data)
    (small / "ballast").write_bytes(b"x" * 3_600_000)
    refused = command("backup", "--to", str(small), data=data)
    assert refused.returncode == 74 and "are free" in refused.stderr, refused.stderr
    (small / "ballast").unlink()
    back_up(data, "--to", str(small))
    assert [name.name for name in small.iterdir() if name.name.startswith(".making")] == []


@pytest.mark.parametrize("fault", ["kill", "eio", "enospc"])
def test_broken_off_at_every_step_no_half_backup_is_ever_taken_for_one(fault, tmp_path):
    data = tmp_path / "data"
    found(data)
    made = disk.steps("backup", data=data)
    shutil.rmtree(data / "backups")
    for at in disk.chosen(made):
        done = disk.run("backup", data=data, fault=fault, at=at)
        assert done.returncode == (-9 if fault == "kill" else done.returncode) and done.returncode in (-9, 0, 65, 73, 74), (at, made[at - 1], done.stderr)
        listed = backups(data)
        assert len(listed) <= 1 and (done.returncode != 0 or len(listed) == 1)
        for backup in listed:
            assert command("restore", backup["name"], "--check", data=data).returncode == 0, (at, made[at - 1])
        shutil.rmtree(data / "backups", ignore_errors=True)
    back_up(data)
    assert [name.name for name in (data / "backups").iterdir() if name.name.startswith(".making")] == []


def marks(data) -> tuple:
    """Which data these are: the words of its messages, its key, its journal."""
    database = sqlite3.connect(data / "switchboard.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    names = tuple(row[0] for row in database.execute("SELECT name FROM workspace ORDER BY name"))
    database.close()
    return names, (data / "house.key").read_bytes(), tuple(sorted(path.name for path in (data / "ledger").iterdir()))


@pytest.mark.parametrize("fault", ["kill", "eio", "enospc"])
def test_a_restore_that_is_broken_off_anywhere_leaves_the_old_data_or_the_restored_ones(fault, tmp_path):
    template = tmp_path / "template"
    template.mkdir()
    found(template / "data")
    made = back_up(template / "data")
    database = sqlite3.connect(template / "data/switchboard.sqlite")
    database.execute("INSERT INTO workspace (id, name, created_at) VALUES ('01J00000000000000000000000', 'later', 0)")
    database.commit()
    database.close()
    (template / "data/house.key").chmod(0o600)
    (template / "data/house.key").write_bytes(b"k" * 32)
    (template / "data/ledger/00000099.journal").write_bytes(b"")
    data = tmp_path / "data"

    def fresh():
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(template / "data", data, ignore=shutil.ignore_patterns("*.sock"))
        return data

    old = marks(fresh())
    steps = disk.steps("restore", made.name, data=fresh())
    new = marks(data)
    assert old[0] != new[0] and old[1] != new[1] and old[2] != new[2]
    seen = set()
    for at in disk.chosen(steps):
        done = disk.run("restore", made.name, data=fresh(), fault=fault, at=at)
        assert done.returncode in ((-9,) if fault == "kill" else (0, 65, 73, 74)), (at, steps[at - 1], done.returncode, done.stderr)
        # Whoever opens the directory next finishes what was decided; nothing is ever half of each.
        assert command("migrate", "apply", data=data).returncode == 0
        found_marks = marks(data)
        assert found_marks in (old, new), (at, steps[at - 1])
        assert done.returncode != 0 or found_marks == new
        assert not (data / ".restoring").exists()
        seen.add(found_marks)
    assert seen == {old, new}


@pytest.mark.parametrize("extra", [15, 31, 60])
def test_when_the_disk_fails_under_a_write_the_server_ends_with_74_and_nothing_is_acknowledged_in_vain(extra, tmp_path, server):
    data, trace = tmp_path / "data", tmp_path / "trace"
    key = found(data)
    started = server(data, supervised=False, **disk.settings(data / "switchboard.sqlite", trace=trace)).start()
    kim = Visitor(started, key)
    kim.send("before")
    assert started.stop() == 0
    trace.unlink()
    started.restart()
    at = len(trace.read_text().splitlines()) + extra
    assert started.stop() == 0
    started.settings |= disk.settings(data / "switchboard.sqlite", "eio", at)
    started.restart()
    acknowledged = []
    for _ in range(200):
        name = ulid()
        try:
            answer = kim.http.post(f"{kim.base}/conversation/events", json={"clientID": name, "kind": "text", "body": {"text": "x"}})
        except httpx.TransportError:
            break
        if answer.status_code != 201:
            break
        acknowledged.append(name)
    assert started.await_end() == 74, started.tail()
    assert any(record["level"] == "critical" and "disk failed" in record["message"] for record in started.records()), started.tail()
    # A healthy disk again: all that was acknowledged is there, and it goes on.
    started.settings |= disk.settings(data / "switchboard.sqlite")
    started.restart()
    stored = [event["clientID"] for event in kim.snapshot()["events"]]
    assert set(acknowledged) <= set(stored) and len(stored) == len(set(stored))
    kim.send("after")


def test_the_supervisor_starts_another_worker_when_the_disk_failed_under_one(tmp_path, server):
    data, trace = tmp_path / "data", tmp_path / "trace"
    key = found(data)
    started = server(data, **disk.settings(data / "switchboard.sqlite", trace=trace)).start()
    kim, first = Visitor(started, key), started.pid
    kim.send("before")
    assert started.stop() == 0
    # Each worker lives for some hundred steps: the supervisor's own are none, it has no database.
    started.settings |= disk.settings(data / "switchboard.sqlite", "eio", len(trace.read_text().splitlines()) + 60)
    started.restart()
    first, acknowledged = started.pid, []
    deadline = time.monotonic() + 30
    while started.pid in (0, first) or not acknowledged:
        assert time.monotonic() < deadline, started.tail()
        name = ulid()
        try:
            if kim.http.post(f"{kim.base}/conversation/events", json={"clientID": name, "kind": "text", "body": {"text": "x"}}).status_code == 201:
                acknowledged.append(name)
        except httpx.TransportError:
            pass
    started.settings |= disk.settings(data / "switchboard.sqlite")
    started.kill()
    started.restart()
    stored = [event["clientID"] for event in kim.snapshot()["events"]]
    assert len(stored) == len(set(stored))
