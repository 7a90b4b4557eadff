"""Which database the servers of the tests use: SQLite, or with SWITCHBOARD_TEST_DATABASE=mysql each data directory a MariaDB database and a Redis
of its own, as one instance of several has them."""
import atexit
import functools
import itertools
import os
import pathlib
import shutil

from support.databases import MariaDB, Redis

#: `sqlite` or `mysql`.
NAME = os.environ.get("SWITCHBOARD_TEST_DATABASE", "sqlite")
IS_SHARED = NAME != "sqlite"
#: 32 bytes in base64: every instance of a house has the same.
HOUSE_KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBvZiBrZXk="
_databases: dict[pathlib.Path, str] = {}
_numbers = itertools.count()


@functools.cache
def mariadb() -> MariaDB:
    server = MariaDB().start()
    atexit.register(server.end)
    return server


@functools.cache
def redis() -> Redis:
    server = Redis().start()
    atexit.register(server.end)
    return server


def settings(data: pathlib.Path) -> dict[str, str]:
    """What a program that works on this data directory is told besides."""
    if not IS_SHARED:
        return {}
    place = pathlib.Path(os.path.abspath(data))
    if place not in _databases:
        _databases[place] = mariadb().fresh()
    return {"DATABASE_URL": _databases[place], "REDIS_URL": redis().url(), "HOUSE_KEY": HOUSE_KEY}


def copy(template: pathlib.Path, data: pathlib.Path) -> None:
    """A data directory with its database, made from another that nobody works on."""
    shutil.copytree(template, data)
    if IS_SHARED:
        _databases[pathlib.Path(os.path.abspath(data))] = mariadb().fresh(settings(template)["DATABASE_URL"])


def rows(data: pathlib.Path, sql: str) -> list[tuple]:
    """What a query answers, asked of the database itself; every value as text, NULL as None."""
    if IS_SHARED:
        found = mariadb().run(sql, MariaDB.name(settings(data)["DATABASE_URL"]))
        return [tuple(None if value == "NULL" else value for value in row) for row in found]
    import sqlite3

    database = sqlite3.connect(data / "switchboard.sqlite")
    try:
        return [tuple(None if value is None else str(value) for value in row) for row in database.execute(sql)]
    finally:
        database.close()


def change(data: pathlib.Path, *statements: str) -> None:
    """Changes rows in one transaction, while no server runs or beside it."""
    if IS_SHARED:
        mariadb().run(";\n".join(["SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'", "BEGIN", *statements, "COMMIT"]),
                      MariaDB.name(settings(data)["DATABASE_URL"]))
        return
    import sqlite3

    database = sqlite3.connect(data / "switchboard.sqlite", timeout=10)
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()
