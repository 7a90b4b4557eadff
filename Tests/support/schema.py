"""Databases as earlier releases left them, made from the program's own list of migrations."""
import functools
import hashlib
import json
import pathlib
import sqlite3
import tempfile

from support import server as program

NOW = 1_763_700_000_000


def everything(elsewhere: pathlib.Path) -> list[dict]:
    """All migrations of the program, in order."""
    elsewhere.mkdir(parents=True, exist_ok=True)
    shown = program.command("migrate", "plan", "--json", data=elsewhere / "nothing")
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["pending"]


@functools.cache
def following(room: str) -> str:
    """What a release to come calls the room's next migration."""
    with tempfile.TemporaryDirectory() as folder:
        names = [one["id"] for one in everything(pathlib.Path(folder)) if one["id"].startswith(room + ".")]
    return f"{room}.{int(names[-1].rpartition('.')[2]) + 1:04}"


def checksum(migration: dict) -> str:
    """As the program sums them: each statement's length and text."""
    texts = [statement["sql"].encode() for statement in migration["statements"]]
    return hashlib.sha256(b"".join(b"%d:%s" % (len(text), text) for text in texts)).hexdigest()


def make(data: pathlib.Path, upto: str = "desk.0008", rows: int = 20) -> list[str]:
    """A database of the release whose last migration that was, with rows in it and a history as release 0.1.0 wrote it.

    Returns the migrations that it lacks."""
    migrations = everything(data.parent / "plan")
    names = [migration["id"] for migration in migrations]
    count = names.index(upto) + 1
    data.mkdir(parents=True, mode=0o700)
    database = sqlite3.connect(data / "switchboard.sqlite")
    database.execute("PRAGMA journal_mode = WAL")
    with database:
        database.execute(
            "CREATE TABLE schema_history (id TEXT NOT NULL UNIQUE, title TEXT NOT NULL, checksum TEXT NOT NULL, applied_at INTEGER NOT NULL,"
            " app_version TEXT NOT NULL) STRICT")
        for migration in migrations[:count]:
            for statement in migration["statements"]:
                database.execute(statement["sql"])
            database.execute("INSERT INTO schema_history VALUES (?, ?, ?, ?, '0.0.9')", (migration["id"], migration["title"], checksum(migration), NOW))
        for number in range(rows):
            database.execute("INSERT INTO workspace (id, name, created_at) VALUES (?, ?, ?)", (f"{number:026}", f"客服 {number}" * 20, NOW))
    database.close()
    return names[count:]


def content(data: pathlib.Path) -> dict:
    """Schema and rows of everything but the migrator's books."""
    database = sqlite3.connect(data / "switchboard.sqlite")
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    found: dict = {"schema": sorted(database.execute("SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'schema_%' AND sql IS NOT NULL"))}
    # Full-text tables have no rows that could be listed.
    tables = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'schema_%' AND name NOT LIKE 'sqlite_%'"
    for (name,) in database.execute(tables):
        found[name] = database.execute(f'SELECT * FROM "{name}"').fetchall()
    found["history"] = [row[0] for row in database.execute("SELECT id FROM schema_history ORDER BY rowid")]
    database.close()
    return found
