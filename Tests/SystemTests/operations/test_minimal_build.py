"""The program without its optional features: it needs less, serves as well on one machine, and says in one sentence what it lacks.

`scripts/test` builds it (`scripts/tools.sh minimal_build`), in a place of its own."""
import json
import pathlib
import re
import shutil
import subprocess

import pytest

from support import server as program
from support.server import TOP, Server, clean_environment
from support.world import Member, Visitor
from test_doctor import USUAL, doctor, expect, troubles

MINIMAL = TOP / ".build-minimal/debug/switchboard"
SHARED = "mysql://house:secret-of-the-house@db.example:3306/house"
ONLY_MYSQL = (
    "DATABASE_URL needs the feature MySQL, which this program was built without; build it with `--traits MySQL`, or leave DATABASE_URL out")
HOUSE_KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

pytestmark = pytest.mark.skipif(not MINIMAL.exists(), reason="NOT TESTED: there is no build without features; scripts/test system makes one")


def run(data: pathlib.Path, *words: str, typed: str = "", **settings: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(MINIMAL), *words], env=clean_environment(DATA_DIR=data, HTTP_PORT=0, BIND="127.0.0.1", **settings), cwd=data.parent, input=typed,
        capture_output=True, text=True, timeout=60)


@pytest.fixture(scope="module")
def founded(tmp_path_factory) -> pathlib.Path:
    made = tmp_path_factory.mktemp("minimal") / "data"
    done = run(made, "setup", "--workspace", "Lantern Ltd", "--owner", "ada@lantern.example", "--shop", "Lantern", typed="a long enough pass phrase\n")
    assert done.returncode == 0, done.stderr
    (made.parent / "key").write_text(done.stdout.strip())
    return made


@pytest.fixture
def data(founded, tmp_path) -> pathlib.Path:
    """One of its own: a refused start leaves its traces."""
    shutil.copytree(founded, tmp_path / "data")
    return tmp_path / "data"


def test_it_knows_what_it_is_and_needs_no_library_of_what_it_leaves_out(data):
    shown = json.loads(run(data, "version", "--json").stdout)
    assert shown["traits"] == [] and not {"mysql", "redis"} & set(shown["features"]) and "sqlite" in shown["features"]
    linked = subprocess.run(["readelf", "-d", str(MINIMAL)], capture_output=True, text=True, check=True).stdout
    assert "libsqlite3" in linked and "libmariadb" not in linked
    # What is shipped has both, and says so.
    whole = subprocess.run([str(program.PROGRAM), "version", "--json"], capture_output=True, text=True, check=True, env=clean_environment())
    assert json.loads(whole.stdout)["traits"] == ["MySQL", "Redis"]


def test_one_machine_is_served_as_well_without(founded, data):
    server = Server(data)
    server.program = MINIMAL
    with server:
        kim = Visitor(server, (founded.parent / "key").read_text())
        conversation = kim.send("Hello")["conversation"]
        ada = Member(server).sign_in()
        assert ada.send(conversation, text="Hello Kim")["seq"] == 2
        assert [event["body"]["text"] for event in kim.snapshot()["events"]] == ["Hello", "Hello Kim"]


@pytest.mark.parametrize("settings, lacking", [
    ({"DATABASE_URL": SHARED}, ONLY_MYSQL),
    ({"DATABASE_URL": SHARED, "REDIS_URL": "redis://:secret-of-redis@cache.example:6379"},
     "DATABASE_URL and REDIS_URL need the features MySQL and Redis, which this program was built without; build it with `--traits MySQL,Redis`, or leave both out"),
])
@pytest.mark.parametrize("words", [
    ("serve",), ("serve", "--unsupervised"), ("migrate", "status"), ("migrate", "plan"), ("migrate", "apply"), ("backup",),
    ("storage", "copy", "--from", "sqlite:data"), ("node", "list"),
], ids=" ".join)
def test_settings_that_need_what_was_left_out_are_refused_in_one_sentence(data, words, settings, lacking):
    done = run(data, *words, HOUSE_KEY=HOUSE_KEY, **settings)
    told = done.stdout + done.stderr
    # A command that works on the database alone needs no hints.
    assert done.returncode == 78 and (lacking in told or ONLY_MYSQL in told and words[0] != "serve"), (done.returncode, told)
    assert "secret" not in told
    # Nothing was made or changed for it.
    assert run(data, "migrate", "verify").returncode == 0


def test_hints_without_a_shared_database_are_no_reason_to_refuse(data):
    server = Server(data, REDIS_URL="redis://:secret-of-redis@cache.example:6379")
    server.program = MINIMAL
    with server:
        assert any("Redis is not used" in line for line in server.lines)


def test_the_doctor_finds_a_missing_feature_and_nothing_else(data):
    assert set(troubles(doctor(data, program=MINIMAL))) <= USUAL
    found = expect(doctor(data, program=MINIMAL, DATABASE_URL=SHARED, HOUSE_KEY=HOUSE_KEY), "SHARE-001")
    assert found["status"] == "fail" and "MySQL" in found["cause"] and "Redis" not in found["cause"]
    assert re.search(r"--traits MySQL\b", json.dumps(found["remedy"]))
    both = expect(
        doctor(data, program=MINIMAL, DATABASE_URL=SHARED, HOUSE_KEY=HOUSE_KEY, REDIS_URL="redis://cache.example:6379"), "SHARE-001")
    assert "MySQL and Redis" in both["cause"]
