"""A release to come (`SWITCHBOARD_FAULT=next:…`, debug builds only) takes over from this one, instance by instance, while the others serve."""
import asyncio
import json
import re
import sys
import threading
import time

import pytest

from support.crowd import Crowd
from support.databases import MariaDB
from support.ends import NEEDS_DEBUG
from support.gateway import Gateway
from support.model_load import ModelLoad
from support.practice import PracticeNode
from support.schema import following

pytestmark = [NEEDS_DEBUG, pytest.mark.timeout(300)]

FAULT = "SWITCHBOARD_FAULT"


def replaced(house, name: str, release: str | None) -> None:
    """That instance ends, and is started as the next release, or as the one before."""
    server = house.instances[name]
    assert server.stop() == 0, server.tail()
    server.settings.pop(FAULT, None)
    if release:
        server.settings[FAULT] = release
    server.launch().await_ready()


def test_the_next_release_changes_the_schema_while_the_one_before_serves_and_both_go_on(houses):
    house = houses("one", "two")
    crowd = Crowd(house, 11)
    with PracticeNode("north") as north:
        gateway = Gateway(house.door())
        gateway.add(north)
        load = ModelLoad(gateway.key(), threads=1, pause=0.02)

        async def upgrade():
            await asyncio.sleep(1)
            await asyncio.to_thread(replaced, house, "two", "next:expand")
            # Both at work on the new schema, the release before with what it had prepared for the old one.
            await asyncio.sleep(2)
            await asyncio.to_thread(replaced, house, "one", "next:expand")
            await asyncio.sleep(1)
            # And back: the release before starts on the schema of the next one.
            await asyncio.to_thread(replaced, house, "two", None)
            await asyncio.sleep(2)

        with load:
            asyncio.run(crowd.live_through(upgrade))
        count = crowd.check()
        gateway.ada.close()
    two = house.instances["two"]
    assert any("schema brought up to date" in line for line in two.lines) and any("ahead of this program" in line for line in two.lines)
    assert any("database backed up before a change of its schema" in line for line in two.lines), "the database is backed up first"
    assert house.rows("SELECT id FROM schema_history WHERE title = 'a release to come' ORDER BY id") == [[following("desk")], [following("gateway")]]
    # Rows of the release before have the new column's default.
    assert house.rows("SELECT DISTINCT later_count FROM event") == [["7"]]
    # An instance that ends closes its kept connections, between two requests; what was asked of a living one is answered.
    assert load.refused == [] and load.others == [] and load.torn == [], (load.refused, load.others, load.torn)
    assert len(load.whole) > 20
    booked = {row[0]: row[1] for row in house.rows("SELECT id, status FROM gateway_request")}
    assert all(booked[name] == "completed" for name in load.whole)
    print(f"{count} messages, {len(load.whole)} answers of models, {load.cut} kept connections closed", file=sys.stderr)


def test_a_release_that_takes_something_away_waits_until_the_one_before_is_gone(houses):
    house = houses("one")
    kim = house.visitor(name="Kim")
    kim.send("before")
    planned = house.command("migrate", "plan", **{FAULT: "next:contract"})
    assert planned.returncode == 0, planned.stderr
    assert "THE RELEASE BEFORE CAN'T GO ON" in planned.stdout and "!! for the release before: drops index shop_staff_by_member" in planned.stdout
    assert "a verified backup is made first" in planned.stdout
    for words in (["migrate", "apply"], ["serve", "--unsupervised"]):
        refused = house.command(*words, name="later", HTTP_PORT=0, **{FAULT: "next:contract"})
        assert refused.returncode == 75 and following("desk") in refused.stderr and "stop them first" in refused.stderr, (refused.returncode, refused.stderr)
    kim.send("nothing has happened")
    assert house.instances["one"].stop() == 0
    done = house.command("migrate", "apply", name="later", **{FAULT: "next:contract"})
    assert done.returncode == 0 and done.stdout.split() == [following("desk")], (done.returncode, done.stderr)
    # The release before is told so, in one sentence.
    refused = house.command("serve", "--unsupervised", name="one", HTTP_PORT=0)
    assert refused.returncode == 85 and following("desk") in refused.stderr


def test_the_plan_says_that_additions_disturb_nobody_and_when_there_is_no_backup(houses):
    house = houses("one")
    plan = json.loads(house.command("migrate", "plan", "--json", **{FAULT: "next:expand"}).stdout)
    assert plan["previousReleaseGoesOn"] and plan["backsUp"] and all(one["hindrances"] == [] for one in plan["pending"])
    shown = house.command("migrate", "plan", BACKUP_EVERY="0s", **{FAULT: "next:expand"}).stdout
    assert "NO BACKUP is made: BACKUP_EVERY=0s" in shown and "mariadb-dump" in shown
    assert "the release before can go on serving meanwhile" in shown
    assert "nothing is pending" in house.command("migrate", "plan").stdout


def many_events(house, count: int) -> None:
    """A conversation of so many messages, for a statement that takes long over them."""
    house.visitor(name="Kim").send("the first word")
    house.database.run(f"""
        INSERT INTO event (conversation_id, seq, id, pub_seq, is_public, customer_messages, kind, at, author_type, author_id, author_name, client_id, body)
        WITH RECURSIVE n (i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
        SELECT conversation_id, n.i, concat('E', n.i), n.i, 1, n.i, kind, at, author_type, author_id, author_name, concat('C', n.i), body FROM event, n
        WHERE seq = 1""", MariaDB.name(house.url))


def test_a_statement_that_takes_longer_than_its_stage_may_be_silent_goes_on_and_is_seen(houses):
    house = houses("one")
    many_events(house, 620)
    server = house.instances["one"]
    assert server.stop() == 0
    server.settings[FAULT] = "next:slow:8000"
    began = time.monotonic()
    server.launch()
    server.await_line("supervising", 20)
    seen = await_stage(server, "migrations")
    shown = house.command("migrate", "status").stdout
    server.await_ready(120)
    took = time.monotonic() - began
    assert took > 9, f"{took:.1f} s: this machine is too quick for the test"
    assert seen and "chain: whole" in shown and not any("stands still" in line for line in server.lines)
    print(f"ready after {took:.1f} s; the stage may be silent for 8 s", file=sys.stderr)


def await_stage(server, name: str, timeout: float = 20) -> bool:
    """Until `switchboard status` shows a worker in that stage."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline:
        if any(worker["stage"]["name"] == name for worker in server.status()["workers"]):
            return True
        time.sleep(0.05)
    return False


def test_a_server_that_falls_silent_under_a_migration_ends_the_start_with_87(houses, own_mariadb):
    house = houses("one", database=own_mariadb)
    many_events(house, 900)
    server = house.instances["one"]
    assert server.stop() == 0
    server.settings[FAULT] = "next:slow:8000"
    server.launch()
    server.await_line("supervising", 20)
    assert await_stage(server, "migrations")
    time.sleep(1)
    own_mariadb.pause()
    waking = threading.Timer(40, own_mariadb.go_on)
    waking.start()
    try:
        assert server.await_end(60) == 87, server.tail()
    finally:
        waking.cancel()
        own_mariadb.go_on()
    told = house.command("why", name="one").stdout
    assert re.match(r"The start stood still at stage 5 \(migrations\)", told), told
    # The server goes on with the statement of a client that is gone, until it ends or somebody ends it.
    for (number,) in own_mariadb.run(f"SELECT id FROM information_schema.processlist WHERE db = '{MariaDB.name(house.url)}' AND command <> 'Sleep'"):
        own_mariadb.run(f"KILL {number}")
    # Nothing is half done: this release starts as before.
    server.settings.pop(FAULT)
    server.launch().await_ready(60)
    house.visitor(name="Lee").send("still here")


def test_a_migration_that_stands_still_ends_the_start_with_87_and_the_next_goes_on_behind_it(houses):
    house = houses("one")
    server = house.instances["one"]
    assert server.stop() == 0
    server.settings[FAULT] = "next:stuck:1500"
    server.launch()
    assert server.await_end(60) == 87, server.tail()
    assert re.match(r"The start stood still at stage 5 \(migrations\)", house.command("why", name="one").stdout)
    # What was done is noted, and the release before is not kept from working by it.
    assert house.rows("SELECT migration, statement FROM schema_journal") == [[following("desk"), "1"]]
    assert house.rows(f"SELECT count(*) FROM schema_history WHERE id = '{following('desk')}'") == [["0"]]
    server.settings.pop(FAULT)
    server.launch().await_ready(90)
    assert server.stop() == 0
