"""Instances that share a MariaDB and a Redis, behind an HAProxy where there are two."""
import pathlib

import pytest

from support import server as program
from support.databases import HAProxy, MariaDB, Redis, missing
from support.many import House

lacking = missing("mariadbd", "mariadb-install-db", "redis-server", "haproxy")


@pytest.fixture(scope="session")
def mariadb():
    if lacking:
        pytest.skip(f"SEVERAL INSTANCES ARE NOT TESTED: this machine has no {lacking}")
    with MariaDB() as server:
        yield server


@pytest.fixture(scope="session")
def redis():
    if lacking:
        pytest.skip(f"SEVERAL INSTANCES ARE NOT TESTED: this machine has no {lacking}")
    with Redis() as server:
        yield server


@pytest.fixture
def own_mariadb():
    """One to be killed and restarted."""
    if lacking:
        pytest.skip(f"SEVERAL INSTANCES ARE NOT TESTED: this machine has no {lacking}")
    with MariaDB() as server:
        yield server


@pytest.fixture
def own_redis():
    if lacking:
        pytest.skip(f"SEVERAL INSTANCES ARE NOT TESTED: this machine has no {lacking}")
    with Redis() as server:
        yield server


@pytest.fixture
def houses(tmp_path: pathlib.Path, mariadb, redis):
    """Makes houses that end with the test: `houses("one", "two")`, also with a MariaDB and a Redis of the test's own."""
    made: list[House] = []

    def make(*names: str, database: MariaDB | None = None, bus: Redis | None = redis, **settings) -> House:
        made.append(House(tmp_path / f"house-{len(made)}", database or mariadb, bus, names, **(program.ROOMY | settings)))
        return made[-1].start()

    yield make
    for house in made:
        house.end()
