"""Which database the servers of the tests use: SQLite, or with SWITCHBOARD_TEST_DATABASE=mysql each data directory a MariaDB database and a Redis
of its own, as one instance of several has them.

What is about SQLite's file itself says so by `@pytest.mark.sqlite("why")`, and is skipped on the other engine."""
import atexit
import functools
import os
import pathlib
import secrets
import shutil

from support.databases import MariaDB, Redis

#: `sqlite` or `mysql`.
NAME = os.environ.get("SWITCHBOARD_TEST_DATABASE", "sqlite")
IS_SHARED = NAME != "sqlite"
#: 32 bytes in base64: every instance of a house has the same.
HOUSE_KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBvZiBrZXk="
_databases: dict[pathlib.Path, str] = {}


@functools.cache
def mariadb() -> MariaDB:
    # Hundreds of databases are made: in memory five times as fast as on a disk, where there is room.
    memory = "/dev/shm"
    has_room = os.path.isdir(memory) and shutil.disk_usage(memory).free > 4 << 30
    server = MariaDB(top=memory if has_room else None).start()
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
    # Where there is a file with the key, the setting would hide it.
    key = {} if (place / "house.key").exists() else {"HOUSE_KEY": HOUSE_KEY}
    return {"DATABASE_URL": _databases[place], "REDIS_URL": redis().url()} | key


def keep_house_key(data: pathlib.Path) -> None:
    """Before the first set-up: the key is in a file, as SQLite's houses have it, and not in the settings."""
    if IS_SHARED:
        data.mkdir(parents=True, mode=0o700)
        (data / "house.key").touch(0o600)
        (data / "house.key").write_bytes(secrets.token_bytes(32))


def copy(template: pathlib.Path, data: pathlib.Path) -> None:
    """A data directory with its database, made from another that nobody works on."""
    shutil.copytree(template, data, ignore=shutil.ignore_patterns("*.sock"))
    if IS_SHARED:
        _databases[pathlib.Path(os.path.abspath(data))] = mariadb().fresh(settings(template)["DATABASE_URL"])
        # Houses of one epoch would take each other's hints for their own.
        change(data, f"UPDATE instance SET value = '{secrets.token_hex(16)}' WHERE \"key\" = 'epoch'")


def rows(data: pathlib.Path, sql: str) -> list[tuple]:
    """What a query answers, asked of the database itself; every value as text, NULL as None."""
    if IS_SHARED:
        found = mariadb().run(sql, _name(data))
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
        mariadb().run(";\n".join(["SET sql_mode = 'ANSI_QUOTES,STRICT_ALL_TABLES'", "BEGIN", *statements, "COMMIT"]), _name(data))
        return
    import sqlite3

    database = sqlite3.connect(data / "switchboard.sqlite", timeout=10)
    with database:
        for statement in statements:
            database.execute(statement)
    database.close()


def assert_whole(data: pathlib.Path) -> None:
    """What the engine itself says of its tables and their indexes, behind a crash."""
    if IS_SHARED:
        names = ", ".join(name for (name,) in rows(data, "SHOW TABLES"))
        said = [row for row in rows(data, f"CHECK TABLE {names} MEDIUM") if row[2:] != ("status", "OK")]
        assert not said, said
    else:
        assert rows(data, "PRAGMA integrity_check") == [("ok",)]


def stored(data: pathlib.Path) -> dict[str, bytes]:
    """All that is on the disks: the files of the data directory, and what the database server has; for a search."""
    found = {str(file): file.read_bytes() for file in data.rglob("*") if file.is_file()}
    return found | ({"the database": mariadb().content(_name(data))} if IS_SHARED else {})


def _name(data: pathlib.Path) -> str:
    return MariaDB.name(settings(data)["DATABASE_URL"])
