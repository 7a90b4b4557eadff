"""Migrations of the real program: planned, applied, broken off at every step, edited, drifted."""
import hashlib
import json
import os
import shutil
import sqlite3

import pytest

from support import disk, schema
from support.server import command
from support.world import World


@pytest.fixture(scope="module")
def old(tmp_path_factory):
    """A database of a release before the gateway, to be copied, and what it lacks."""
    data = tmp_path_factory.mktemp("old") / "data"
    return data, schema.make(data)


@pytest.fixture(scope="module")
def contents(old, tmp_path_factory):
    """What it holds before and after an undisturbed run."""
    data, _ = old
    new = tmp_path_factory.mktemp("new") / "data"
    shutil.copytree(data, new)
    assert command("migrate", "apply", data=new).returncode == 0
    return schema.content(copied(data, tmp_path_factory.mktemp("look"))), schema.content(new)


def copied(data, folder):
    target = folder / "data"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target)
    return target


def status(data) -> dict:
    shown = command("migrate", "status", "--json", data=data)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)


def execute(data, *statements: str) -> None:
    database = sqlite3.connect(data / "switchboard.sqlite")
    for statement in statements:
        database.execute(statement)
    database.commit()
    database.close()


def test_a_plan_names_and_measures_what_is_pending_and_changes_nothing(old, tmp_path):
    data = copied(old[0], tmp_path)
    before = hashlib.sha256((data / "switchboard.sqlite").read_bytes()).hexdigest()
    shown = command("migrate", "plan", "--json", data=data)
    assert shown.returncode == 0, shown.stderr
    plan = json.loads(shown.stdout)
    assert [migration["id"] for migration in plan["pending"]] == old[1]
    assert plan["rehearsal"]["milliseconds"] > 0 and plan["rehearsal"]["copiedBytes"] == (data / "switchboard.sqlite").stat().st_size
    assert plan["backsUp"] and "reads go on" in plan["lock"]
    for migration in plan["pending"]:
        assert migration["kind"] in ("expand", "data", "contract") and migration["title"] and migration["milliseconds"] >= 0
        assert all(statement["effect"] and statement["milliseconds"] >= 0 for statement in migration["statements"])
    text = command("migrate", "plan", data=data).stdout
    assert old[1][0] in text and "rehearsal:" in text and "makes table gateway_key" in text
    assert hashlib.sha256((data / "switchboard.sqlite").read_bytes()).hexdigest() == before
    assert not (data / "backups").exists() and not (data / ".rehearsal").exists()
    assert status(data)["pending"] == old[1]


def test_apply_backs_up_runs_everything_and_seals_the_history(old, contents, tmp_path):
    data = copied(old[0], tmp_path)
    assert status(data)["chain"] == "unsealed"
    done = command("migrate", "apply", data=data)
    assert done.returncode == 0 and done.stdout.split() == old[1]
    after = status(data)
    assert after["pending"] == [] and after["chain"] == "whole" and all(len(row["chain"]) == 64 for row in after["landed"])
    assert schema.content(data) == contents[1]
    # The backup before it is of the old schema and whole.
    [backup] = json.loads(command("backup", "--list", "--json", data=data).stdout)
    assert backup["reason"] == f"before-{old[1][0]}"
    assert command("migrate", "verify", data=data).returncode == 0
    again = command("migrate", "apply", data=data)
    assert again.returncode == 0 and again.stdout.strip() == "nothing is pending"
    assert command("restore", backup["name"], data=data).returncode == 0
    restored, before = schema.content(data), contents[0]
    assert restored.pop("instance") != before["instance"] and restored == {key: rows for key, rows in before.items() if key != "instance"}
    assert status(data)["pending"] == old[1]


def test_a_start_migrates_by_itself(old, contents, tmp_path, server):
    data = copied(old[0], tmp_path)
    started = server(data).start()
    assert started.stop() == 0
    assert schema.content(data)["history"] == contents[1]["history"]
    assert any("database backed up" in line for line in started.lines)


def test_apply_beside_a_running_server_names_it(tmp_path):
    world = World.make(tmp_path / "data")
    try:
        refused = command("migrate", "apply", data=world.server.data)
        assert refused.returncode == 69
        assert f"process {world.server.pid} (switchboard" in refused.stderr and "since 20" in refused.stderr
        holder = status(world.server.data)["holder"]
        assert holder["process"] == world.server.pid and holder["host"] == os.uname().nodename and holder["since"] > 0
        # Looking works beside it.
        for verb in ("plan", "status", "verify"):
            assert command("migrate", verb, data=world.server.data).returncode == 0
    finally:
        world.end()


EDITS = {
    "an edited sum": ("UPDATE schema_history SET checksum = 'x' || checksum WHERE id = 'desk.0003'", 78, "desk.0003"),
    "a removed row": ("DELETE FROM schema_history WHERE id = 'desk.0003'", 78, "desk"),
    "rows in another order": ("UPDATE schema_history SET rowid = 9999 WHERE id = 'people.0002'", 78, "people.0003"),
    "a sum of a chain that was edited": ("UPDATE schema_history SET chain = 'x' WHERE id = 'people.0002'", 78, "people.0002"),
    "a row without its sum": ("UPDATE schema_history SET chain = NULL WHERE id = 'people.0002'", 78, "people.0002"),
    "a newer release": ("INSERT INTO schema_history (id, title, checksum, applied_at, app_version) VALUES ('desk.9999', 'x', 'x', 0, '9')", 85, "desk.9999"),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_history_that_was_edited_by_hand_is_refused_by_every_command(edit, old, tmp_path):
    data = copied(old[0], tmp_path)
    assert command("migrate", "apply", data=data).returncode == 0
    statement, code, named = EDITS[edit]
    execute(data, statement)
    for words in (["migrate", "status"], ["migrate", "plan"], ["migrate", "verify"], ["migrate", "apply"], ["serve", "--unsupervised"]):
        refused = command(*words, data=data, HTTP_PORT=0)
        assert refused.returncode == code and named in refused.stderr, (words, refused.returncode, refused.stderr)


def test_the_release_before_runs_on_what_the_next_one_added(tmp_path, server):
    data = tmp_path / "data"
    assert command("migrate", "apply", data=data).returncode == 0
    # What a later release that only adds something leaves behind: its row continues the chain.
    landed = status(data)
    chain = hashlib.sha256(f"{landed['head']}\ndesk.9999\nx".encode()).hexdigest()
    execute(
        data, "CREATE TABLE later (x INTEGER)", "ALTER TABLE shop ADD COLUMN later TEXT",
        "INSERT INTO schema_history (id, title, checksum, applied_at, app_version, chain, kind, previous_release_runs)"
        f" VALUES ('desk.9999', 'later', 'x', 0, '9.0.0', '{chain}', 'expand', 1)")
    started = server(data).start()
    assert started.stop() == 0
    assert any("ahead of this program" in line for line in started.lines)
    execute(data, "UPDATE schema_history SET previous_release_runs = 0 WHERE id = 'desk.9999'")
    assert command("serve", "--unsupervised", data=data, HTTP_PORT=0).returncode == 85


#: Things that people do by hand, whether `apply` goes on, and what its words name when it does not.
BY_HAND = {
    "the next column, the same": (["ALTER TABLE gateway_key ADD COLUMN house_key_mark VARBINARY(16)"], None),
    "an index of our own": (["CREATE INDEX mine ON shop (name)"], None),
    "a table of our own": (["CREATE TABLE mine (x INTEGER)"], None),
    "a view of our own": (["CREATE VIEW mine AS SELECT 1"], None),
    "a column of our own": (["ALTER TABLE shop ADD COLUMN mine TEXT"], None),
    "a column that must be filled, of our own, with a default": (["ALTER TABLE shop ADD COLUMN mine TEXT NOT NULL DEFAULT ''"], None),
    "statistics": (["ANALYZE"], None),
    "a missing index": (["DROP INDEX shop_by_workspace"], "shop_by_workspace"),
    "another index of that name": (["DROP INDEX shop_by_workspace", "CREATE INDEX shop_by_workspace ON shop (name)"], "shop_by_workspace"),
    "an index that became unique": (["DROP INDEX shop_by_workspace", "CREATE UNIQUE INDEX shop_by_workspace ON shop (workspace_id, id)"], "shop_by_workspace"),
    "a missing column": (["ALTER TABLE shop DROP COLUMN greeting"], "shop.greeting"),
    "a renamed column": (["ALTER TABLE shop RENAME COLUMN greeting TO welcome"], "shop.greeting"),
    "a renamed table": (["ALTER TABLE ticket RENAME TO old_ticket"], "ticket"),
    "a missing table": (["DROP TABLE ticket"], "ticket"),
}


@pytest.mark.parametrize("what", BY_HAND)
def test_what_was_done_by_hand_is_left_alone_taken_over_or_refused_by_name(what, old, tmp_path):
    data = copied(old[0], tmp_path)
    statements, named = BY_HAND[what]
    if what == "the next column, the same":
        statements, named = same_as_pending(data)
    names = {name for (name,) in sqlite3.connect(data / "switchboard.sqlite").execute("SELECT name FROM sqlite_schema")}
    if "ticket" in str(statements) and "ticket" not in names:
        pytest.skip("no such table in this release")
    execute(data, *statements)
    before = schema.content(data)
    done = command("migrate", "apply", data=data)
    if named is None:
        assert done.returncode == 0, done.stderr
        assert status(data)["pending"] == [] and command("migrate", "verify", data=data).returncode == 0
    else:
        assert done.returncode == 80 and named in done.stderr and "expected:" in done.stderr, (done.returncode, done.stderr)
        assert schema.content(data) == before
        verified = command("migrate", "verify", "--json", data=data)
        assert verified.returncode == 81
        drifts = json.loads(verified.stdout)["drifts"]
        assert any(drift["name"] == named and drift["kind"] in ("missing", "different") for drift in drifts)


def same_as_pending(data) -> tuple[list[str], None]:
    """Everything that the first pending migration makes, made by hand in another spelling."""
    [first, *_] = json.loads(command("migrate", "plan", "--json", data=data).stdout)["pending"]
    return [statement["sql"].replace("  ", " ").replace("VARCHAR", "varchar").replace(",", " ,") for statement in first["statements"]], None


def test_what_is_in_the_way_of_a_migration_is_shown_with_both_definitions(old, tmp_path):
    data = copied(old[0], tmp_path)
    execute(data, "CREATE TABLE gateway_key (id TEXT PRIMARY KEY, mine BLOB)")
    before = schema.content(data)
    for words in (["migrate", "apply"], ["serve", "--unsupervised"]):
        refused = command(*words, data=data, HTTP_PORT=0)
        assert refused.returncode == 81, (refused.returncode, refused.stderr)
        assert "gateway_key" in refused.stderr and "mine blob" in refused.stderr and "expected:" in refused.stderr and "found:" in refused.stderr
        assert schema.content(data) == before
    planned = command("migrate", "plan", data=data)
    assert planned.returncode == 80 and "gateway_key" in planned.stderr


def test_a_drifted_schema_stops_a_start_and_says_what_is_different(tmp_path):
    data = tmp_path / "data"
    assert command("migrate", "apply", data=data).returncode == 0
    execute(data, "DROP INDEX shop_by_workspace", "ALTER TABLE shop RENAME COLUMN greeting TO welcome")
    refused = command("serve", "--unsupervised", data=data, HTTP_PORT=0)
    assert refused.returncode == 81
    for named in ("shop.greeting", "shop_by_workspace", "expected:", "create index shop_by_workspace"):
        assert named in refused.stderr, refused.stderr


@pytest.mark.parametrize("fault", ["kill", "eio", "enospc"])
def test_broken_off_at_every_step_on_the_disk_there_is_the_old_database_or_the_new_one(fault, old, contents, tmp_path):
    made = disk.steps("migrate", "apply", data=copied(old[0], tmp_path))
    assert len(made) > 30, made
    seen = set()
    for at in disk.chosen(made):
        data = copied(old[0], tmp_path)
        done = disk.run("migrate", "apply", data=data, fault=fault, at=at)
        found = schema.content(data)
        assert found in contents, f"{fault} at step {at} ({made[at - 1]}): {done.stderr}"
        seen.add(contents.index(found))
        if fault == "kill":
            assert done.returncode == -9
        else:
            assert done.returncode in (0, 73, 74, 80), (at, made[at - 1], done.returncode, done.stderr)
            assert done.returncode != 0 or found == contents[1], (at, made[at - 1])
        # On a healthy disk the next run needs nobody.
        again = command("migrate", "apply", data=data)
        assert again.returncode == 0, (at, made[at - 1], again.stderr)
        assert schema.content(data) == contents[1]
        assert command("migrate", "verify", data=data).returncode == 0
        for backup in json.loads(command("backup", "--list", "--json", data=data).stdout):
            assert command("restore", backup["name"], "--check", data=data).returncode == 0
    assert seen == {0, 1}
