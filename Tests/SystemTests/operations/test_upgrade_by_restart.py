"""A release to come (`SWITCHBOARD_FAULT=next:…`, debug builds only) takes over by `switchboard restart`, changes the schema, and is gone back from."""
import datetime
import shutil
import sqlite3
import sys
import time

import httpx
import pytest

from support import server as program
from support.ends import NEEDS_DEBUG
from support.gateway import Gateway
from support.knocking import Knocking
from support.model_load import ModelLoad
from support.practice import PracticeNode
from support.schema import following
from support.server import Server, command
from support.world import Visitor
from support.writing import WritingAgain
from test_releases import Releases

pytestmark = [NEEDS_DEBUG, pytest.mark.timeout(180), pytest.mark.sqlite("its hand-over; instances are in many/test_rolling_upgrade.py")]


def release(releases: Releases, name: str, fault: str) -> None:
    releases.add(name, script=f'#!/bin/sh\nSWITCHBOARD_FAULT={fault}\nexport SWITCHBOARD_FAULT\nexec {program.PROGRAM} "$@"\n')


def moved(releases: Releases, server: Server, name: str):
    worker = server.pid
    releases.switch(name)
    done = command("restart", data=server.data, timeout=60)
    deadline = time.monotonic() + 20
    while done.returncode == 0 and server.pid == worker:
        assert time.monotonic() < deadline, server.tail()
        time.sleep(0.02)
    return done


def stored(data) -> dict[str, int]:
    database = sqlite3.connect(data / "switchboard.sqlite")
    try:
        return dict(database.execute("SELECT client_id, seq FROM event WHERE client_id IS NOT NULL"))
    finally:
        database.close()


def test_the_next_release_changes_the_schema_under_load_and_the_one_before_comes_back(tmp_path, founded):
    releases = Releases(tmp_path)
    releases.add("one")
    releases.switch("one")
    release(releases, "two", "next:expand")
    release(releases, "three", "next:contract")
    shutil.copytree(founded[0], tmp_path / "data")
    server = Server(tmp_path / "data", **(program.ROOMY | {"DRAIN_TIME": "10s"}))
    server.program = releases.current / "switchboard"
    with PracticeNode("north") as north:
        gateway = Gateway(server.start())
        gateway.add(north)
        try:
            with WritingAgain(Visitor(server, founded[1], name="Kim")) as writer, Knocking(server.port, threads=2, pause=0.01) as knocking, ModelLoad(gateway.key(), threads=1) as load:
                time.sleep(0.5)
                assert moved(releases, server, "two").returncode == 0, server.tail(30)
                time.sleep(0.5)
                between = len(writer.acked)
                assert moved(releases, server, "one").returncode == 0, server.tail(30)
                time.sleep(0.5)
            assert len(writer.acked) > between > 0
        finally:
            gateway.end()
    data = server.data
    assert any("database backed up before a change" in line for line in server.lines)
    assert any("ahead of this program" in line for line in server.lines), "the release before serves on the newer schema"
    assert knocking.refused == [] and knocking.cut == [] and load.refused == [] and load.torn == [] and load.others == []
    found = stored(data)
    assert {name: found.get(name) for name in writer.acked} == writer.acked, "acknowledged and lost"
    assert sorted(found.values()) == list(range(1, len(found) + 1))
    print(f"{len(writer.acked)} messages in {writer.tries} tries, {len(load.whole)} answers of models, {load.cut} kept connections closed,"
          f" slowest answer {knocking.slowest():.2f} s", file=sys.stderr)


def test_a_release_that_takes_something_away_is_not_gone_back_from_and_goes_on_serving(tmp_path, founded):
    releases = Releases(tmp_path)
    releases.add("one")
    releases.switch("one")
    release(releases, "two", "next:contract")
    shutil.copytree(founded[0], tmp_path / "data")
    server = Server(tmp_path / "data", **program.ROOMY)
    server.program = releases.current / "switchboard"
    try:
        server.start()
        # The worker before has let the data go when the change is made: nobody can be disturbed by it.
        assert moved(releases, server, "two").returncode == 0, server.tail(30)
        refused = moved(releases, server, "one")
        assert refused.returncode == 83 and following("desk") in refused.stderr, (refused.returncode, refused.stderr, server.tail(30))
        assert httpx.get(server.base + "/ready").status_code == 200
    finally:
        server.end()


def many_events(data, key: str, count: int) -> None:
    with Server(data, **program.ROOMY) as server:
        Visitor(server, key, name="Kim").send("the first word")
    database = sqlite3.connect(data / "switchboard.sqlite")
    with database:
        database.execute(f"""
            INSERT INTO event (conversation_id, seq, id, pub_seq, is_public, customer_messages, kind, at, author_type, author_id, author_name, client_id, body)
            WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            SELECT conversation_id, n.i, 'E' || n.i, n.i, 1, n.i, kind, at, author_type, author_id, author_name, 'C' || n.i, body FROM event, n
            WHERE seq = 1""")
    database.close()


def test_a_migration_that_takes_longer_than_its_stage_may_be_silent_goes_on(tmp_path, founded):
    shutil.copytree(founded[0], tmp_path / "data")
    many_events(tmp_path / "data", founded[1], 700)
    server = Server(tmp_path / "data", SWITCHBOARD_FAULT="next:slow:8000", **program.ROOMY)
    try:
        server.start(120)
    finally:
        server.end()
    began = [moment(record["time"]) for record in server.records() if "backed up before" in record.get("message", "")]
    ended = [moment(record["time"]) for record in server.records() if record.get("message") == "schema brought up to date"]
    took = ended[0] - began[0]
    assert took > 9, f"{took:.1f} s: this machine is too quick for the test"
    assert not any("stands still" in line for line in server.lines)
    print(f"migrated for {took:.1f} s; the stage may be silent for 8 s", file=sys.stderr)


def moment(text: str) -> float:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def test_a_migration_that_stands_still_ends_with_87_and_leaves_the_database_as_it_was(tmp_path, founded):
    shutil.copytree(founded[0], tmp_path / "data")
    server = Server(tmp_path / "data", SWITCHBOARD_FAULT="next:stuck:1500", **program.ROOMY).launch()
    assert server.await_end(60) == 87, server.tail()
    told = command("why", data=server.data, timeout=60).stdout
    assert told.startswith("The start stood still at stage 5 (migrations) until its deadline"), told
    with Server(tmp_path / "data", **program.ROOMY) as again:
        assert not any("ahead of this program" in line for line in again.lines)
    assert "later_one" not in str(sqlite3.connect(tmp_path / "data/switchboard.sqlite").execute("SELECT name FROM sqlite_schema").fetchall())
