"""`switchboard storage copy` and backups, with a real server's data."""
import json
import pathlib
import signal
import subprocess

from support import engine
from support import server as program
from support.databases import MariaDB
from support.server import PROGRAM, clean_environment
from support.searching import until_found
from support.wire import Wire
from support.world import Member, Visitor, found


def texts(person) -> list[tuple[int, str]]:
    return [(event["seq"], event["body"]["text"]) for event in person.snapshot()["events"] if "text" in event["body"]]


def small_house(data: pathlib.Path, server, messages: int = 30):
    key = found(data)
    started = server(data, HOUSE_KEY=engine.HOUSE_KEY).start()
    kim = Visitor(started, key, name="Kim")
    with Wire.open(kim) as wire:
        for number in range(messages):
            wire.ack(text=f"客服 {number}")
    return started, kim, key


def test_a_house_moves_to_mariadb_and_back_and_clients_go_on_where_they_were(tmp_path, server, mariadb, redis):
    data, back, url = tmp_path / "data", tmp_path / "back", mariadb.fresh()
    started, kim, _ = small_house(data, server)
    with Wire.open(kim) as wire:
        epoch, conversation = wire.ready["epoch"], kim.snapshot()["conversation"]
    assert started.stop() == 0
    shared = {"HOUSE_KEY": engine.HOUSE_KEY, "REDIS_URL": redis.url()}
    moved = program.command("storage", "copy", "--from", f"sqlite:{data}", "--to", url, data=tmp_path / "command", **shared)
    assert moved.returncode == 0 and "is kept" in moved.stdout and "event: 30 rows" in moved.stderr, (moved.stdout, moved.stderr)
    there = server(tmp_path / "one", DATABASE_URL=url, HTTP_PORT=started.port, **shared).start()
    assert texts(kim) == [(number + 1, f"客服 {number}") for number in range(30)]
    # The index is made anew where it is.
    assert len(until_found(Member(there).sign_in(), "客服", 30)) == 30
    with Wire.open(kim, epoch=epoch, conversations={conversation: 28}) as wire:
        seen = [event["seq"] for frame in wire.resuming if frame["type"] == "events" for event in frame["events"]]
        assert seen == [29, 30] and wire.ready["epoch"] == epoch
        assert wire.ack(text="moved")["seq"] == 31
    assert there.stop() == 0
    again = program.command("storage", "copy", "--to", f"sqlite:{back}", data=tmp_path / "command", DATABASE_URL=url, **shared)
    assert again.returncode == 0, (again.stdout, again.stderr)
    server(back, HOUSE_KEY=engine.HOUSE_KEY, HTTP_PORT=started.port).start()
    assert texts(kim)[-1] == (31, "moved") and kim.send("home")["seq"] == 32
    refused = program.command("storage", "copy", "--from", f"sqlite:{data}", "--to", url, data=tmp_path / "command", **shared)
    assert refused.returncode == 81, (refused.returncode, refused.stderr)


def test_killed_anywhere_it_goes_on_and_no_server_takes_a_half_copied_database(tmp_path, server, mariadb):
    data, url = tmp_path / "data", mariadb.fresh()
    started, _, _ = small_house(data, server, messages=5)
    assert started.stop() == 0
    import sqlite3

    database = sqlite3.connect(data / "switchboard.sqlite")
    with database:
        database.executemany(
            "INSERT INTO workspace (id, name, created_at) VALUES (?, ?, 0)", ((f"{number:026}", f"客服 {number}" * 10) for number in range(60_000)))
    database.close()
    environment = clean_environment(DATA_DIR=tmp_path / "command", DATABASE_URL=url, HOUSE_KEY=engine.HOUSE_KEY)
    (tmp_path / "elsewhere").mkdir(exist_ok=True)
    # A schema whose making was killed is another's for as long as its lease lasts: that is tested elsewhere.
    made = program.command("migrate", "apply", data=tmp_path / "command", DATABASE_URL=url, HOUSE_KEY=engine.HOUSE_KEY)
    assert made.returncode == 0, made.stderr
    kills, begun = 0, False
    for number in range(60):
        words = [str(PROGRAM), "storage", "copy", "--from", f"sqlite:{data}", *(["--resume"] if begun else [])]
        run = subprocess.Popen(words, env=environment, cwd=tmp_path / "elsewhere", stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        try:
            out, err = run.communicate(timeout=0.25 + number * 0.15)
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGKILL)
            run.communicate()
            kills += 1
            if int(mariadb.run("SELECT count(*) FROM information_schema.tables WHERE table_name = 'storage_copy'", MariaDB.name(url))[0][0]) == 0 \
                    or mariadb.run("SELECT count(*) FROM storage_copy", MariaDB.name(url)) == [["0"]]:
                # Before anything was begun there is nothing to go on with.
                continue
            if begun:
                continue
            begun = True
            refused = program.command(
                "serve", "--unsupervised", data=tmp_path / "one", DATABASE_URL=url, HOUSE_KEY=engine.HOUSE_KEY, HTTP_PORT=0)
            assert refused.returncode == 81 and "not finished" in refused.stderr + refused.stdout, (refused.returncode, refused.stderr)
            continue
        assert run.returncode == 0, err
        break
    assert kills >= 2 and begun
    assert mariadb.run("SELECT count(*), count(DISTINCT id) FROM workspace", MariaDB.name(url)) == [["60001", "60001"]]
    assert mariadb.run("SELECT count(*) FROM event", MariaDB.name(url)) == [["5"]]


def test_a_backup_of_a_shared_database_is_a_verified_file_that_can_be_put_back(houses, tmp_path, mariadb, server):
    house = houses("one")
    kim = house.visitor(name="Kim")
    with Wire.open(kim) as wire:
        for number in range(5):
            wire.ack(text=f"{number}")
    made = house.command("backup", "--json", name="one")
    assert made.returncode == 0, made.stderr
    path = pathlib.Path(json.loads(made.stdout)["path"])
    assert json.loads((path / "manifest.json").read_text())["tables"]["event"]["rows"] == 5
    assert [name.name for name in (house.folder / "one").iterdir() if name.name.startswith(".copying")] == []
    kim.send("after the backup")
    refused = house.command("restore", "latest", name="one")
    assert refused.returncode == 78 and "storage copy" in refused.stderr
    url = mariadb.fresh()
    put = house.command("storage", "copy", "--from", f"sqlite:{path}", "--to", url, "--new-epoch", name="command")
    assert put.returncode == 0 and "new epoch" in put.stdout, put.stderr
    assert mariadb.run("SELECT count(*) FROM event", MariaDB.name(url)) == [["5"]]
    # Or on one machine.
    alone = tmp_path / "alone"
    restored = program.command("restore", str(path), data=alone)
    assert restored.returncode == 0, restored.stderr
    # What a visitor keeps is bound to the page's address.
    assert house.instances["one"].stop() == 0
    server(alone, HOUSE_KEY=engine.HOUSE_KEY, HTTP_PORT=house.instances["one"].port).start()
    assert [text for _, text in texts(kim)] == [f"{number}" for number in range(5)]
