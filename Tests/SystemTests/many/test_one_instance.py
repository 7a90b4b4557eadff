"""One instance on MariaDB and Redis: what a single machine does, on a database that others may share."""
import json
import time

import pytest

from support import server as program
from support.gateway import HAIKU, hello
from support.practice import PracticeNode
from support.wire import Wire


def texts(person) -> list[tuple[int, str]]:
    return [(event["seq"], event["body"]["text"]) for event in person.snapshot()["events"] if "text" in event["body"]]


@pytest.mark.parametrize("supervised", [True, False])
def test_it_starts_chats_is_killed_and_goes_on_where_it_was(houses, supervised):
    house = houses("one")
    server = house.instances["one"]
    if not supervised:
        assert server.stop() == 0
        server.supervised = False
        server.restart()
    ada, kim = house.ada(), house.visitor(name="Kim")
    with Wire.open(kim) as wire:
        for number in range(20):
            assert wire.ack(text=f"{number}")["seq"] == number + 1
    server.kill()
    server.restart()
    ada.sign_in()
    assert texts(kim) == [(number + 1, f"{number}") for number in range(20)]
    assert kim.send("after")["seq"] == 21
    found = house.rows("SELECT count(*) FROM event")
    assert found == [["21"]]
    assert server.stop() == 0


def test_without_redis_it_works_and_says_so(houses):
    house = houses("one", bus=None)
    kim = house.visitor(name="Kim")
    with Wire.open(kim) as wire:
        assert wire.ack(text="Hello")["seq"] == 1
    assert any("REDIS_URL is not set" in record["message"] for record in house.instances["one"].records())


def test_a_request_goes_through_the_gateway_and_is_booked_once(houses):
    house = houses("one")
    with PracticeNode("north") as north:
        from support.gateway import Gateway

        gateway = Gateway(house.instances["one"])
        gateway.add(north)
        key = gateway.key()
        for _ in range(3):
            assert key.ask().status_code == 200
        assert key.stream().is_complete
        key.served(4)
        house.instances["one"].kill()
        house.instances["one"].restart()
        gateway.ada.sign_in()
        key.served(4)
        assert key.ask().status_code == 200
        key.served(5)
        assert house.rows("SELECT count(*), count(DISTINCT id) FROM gateway_request") == [["5", "5"]]
        key.close()


def test_the_gateway_alone_serves_on_it_too(houses, tmp_path):
    house = houses("one")
    with PracticeNode("north") as north:
        added = house.command(
            "node", "add", "--name", "north", "--url", north.base, "--health-method", "head", "--allow-loopback", name="proxy")
        assert added.returncode == 0, added.stderr
        made = house.command("key", "create", "--name", "kim", name="proxy")
        assert made.returncode == 0, made.stderr
        key = made.stdout.strip()
        import httpx

        proxy = program.Server(house.folder / "proxy", **(program.ROOMY | house.shared))
        proxy.verb = "proxy"
        with proxy:
            answer = httpx.post(
                proxy.base + "/v1/messages", json=hello(model=HAIKU), headers={"x-api-key": key, "anthropic-version": "2023-06-01"}, timeout=30)
            assert answer.status_code == 200, answer.text
    assert house.instances["one"].alive


def test_a_restart_hands_over_without_a_refused_request(houses):
    house = houses("one")
    server, kim = house.instances["one"], house.visitor(name="Kim")
    kim.send("before")
    first = server.pid
    restarted = house.command("restart", name="one")
    assert restarted.returncode == 0, restarted.stderr + server.tail()
    deadline = time.monotonic() + 20
    while server.pid == first:
        assert time.monotonic() < deadline, server.tail()
        time.sleep(0.05)
    assert kim.send("after")["seq"] == 2


def test_the_database_dies_and_comes_back_and_nothing_acknowledged_is_lost(houses, own_mariadb):
    house = houses("one", database=own_mariadb)
    kim = house.visitor(name="Kim")
    kim.send("before")
    own_mariadb.kill()
    own_mariadb.start()
    deadline = time.monotonic() + 30
    while True:
        answer = kim.http.post(f"{kim.base}/conversation/events", json={"clientID": "01J00000000000000000000001", "kind": "text", "body": {"text": "after"}})
        if answer.status_code in (200, 201):
            break
        assert time.monotonic() < deadline, answer.text + house.tail()
        time.sleep(0.1)
    assert texts(kim) == [(1, "before"), (2, "after")]


def test_redis_dies_and_comes_back_and_nobody_notices_much(houses, own_redis):
    house = houses("one", bus=own_redis)
    kim = house.visitor(name="Kim")
    with Wire.open(kim) as wire:
        assert wire.ack(text="before")["seq"] == 1
        own_redis.kill()
        assert wire.ack(text="without")["seq"] == 2
        own_redis.start()
        assert wire.ack(text="after")["seq"] == 3


def test_config_shows_no_password_and_status_shows_the_instances(houses):
    house = houses("one")
    shown = house.command("config", name="one")
    assert shown.returncode == 0 and "DATABASE_URL" in shown.stdout and "•••" in shown.stdout
    assert house.database.PASSWORD not in shown.stdout and "house_" not in shown.stdout.split("DATABASE_URL", 1)[1].splitlines()[0]
    status = json.loads(house.command("status", name="one").stdout)
    assert status["mode"] == "serving" and len(status["shared"]["instances"]) == 1 and status["shared"]["redis"]["isUp"]
    assert status["shared"]["engine"].startswith(("MariaDB", "MySQL"))


def test_the_doctor_knows_the_shared_database(houses):
    house = houses("one")
    report = json.loads(house.command("doctor", "--json", name="one").stdout)
    found = {check["id"]: check for check in report["checks"]}
    assert found["SHARE-003"]["status"] == "pass" and found["SHARE-013"]["status"] == "pass", found
    assert found["SHARE-011"]["evidence"]["instances"] == "1"
    assert found["SHARE-016"]["status"] == "pass" and found["SHARE-016"]["evidence"]["innodb_ft_max_token_size"] == "84", found["SHARE-016"]
    assert found["MIG-001"]["status"] == "pass" and found["MIG-004"]["status"] == "pass", (found["MIG-001"], found["MIG-004"])
    assert all(found[name]["status"] in ("pass", "warn", "skip") for name in found if name.startswith(("SHARE", "MIG", "STORE"))), found
    lost = json.loads(house.command("doctor", "--json", name="one", REDIS_URL="redis://127.0.0.1:1").stdout)
    assert {check["id"]: check for check in lost["checks"]}["SHARE-013"]["status"] == "warn"
    gone = json.loads(house.command("doctor", "--json", name="one", DATABASE_URL="mysql://kim:x@127.0.0.1:1/house").stdout)
    assert {check["id"]: check for check in gone["checks"]}["SHARE-003"]["status"] == "fail"


@pytest.mark.parametrize("words", [["serve", "--unsupervised"], ["serve"], ["migrate", "status"], ["migrate", "apply"], ["proxy"]])
def test_what_cannot_be_used_is_refused_in_one_sentence(houses, words, tmp_path):
    house = houses("one")

    def refused(code: int, what: str, **settings):
        done = house.command(*words, name="another", **({"HTTP_PORT": 0} | settings))
        sentence = [line for line in done.stderr.splitlines() + done.stdout.splitlines() if what in line]
        assert done.returncode == code and sentence, (done.returncode, done.stderr, done.stdout)
        assert house.database.PASSWORD not in done.stderr and "geheim" not in done.stderr

    refused(78, "DATABASE_URL", DATABASE_URL="mysql://kim:geheim@")
    refused(75, "can't be reached", DATABASE_URL="mysql://kim:geheim@127.0.0.1:1/house")
    refused(77, "denied", DATABASE_URL=house.url.replace(house.database._PASSWORD_IN_URL, "geheim"))
    if words[0] in ("serve", "proxy"):
        refused(78, "HOUSE_KEY", HOUSE_KEY="")


def test_without_rights_to_make_tables_it_says_what_is_missing(mariadb, tmp_path):
    url = mariadb.fresh(rights="SELECT")
    done = program.command("migrate", "apply", data=tmp_path / "data", DATABASE_URL=url, HOUSE_KEY="aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBvZiBrZXk=")
    assert done.returncode == 77 and "denied" in done.stderr, (done.returncode, done.stderr)
