#!/usr/bin/env python3
"""The desk's search on a release build: how fast a million messages come into the index, what sends feel of it meanwhile, and how fast it answers.

The messages are put straight into the database, their words as uneven as in a language (the n-th word is said 1/n as often), a tenth in Chinese; then
the house is copied to a MariaDB by `switchboard storage copy` and asked the same there."""
import argparse
import json
import os
import pathlib
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "Tests"))
import record
from desk import Server, ulid
from support.databases import MariaDB

HOUSE_KEY = "aGVyZSBhcmUgdGhpcnR5LXR3byBieXRlcyBvZiBrZXk="
HAN = [chr(0x4E00 + number) for number in range(3_000)]
SYLLABLES = ["ba", "co", "di", "fu", "ge", "hi", "jo", "ku", "la", "me", "ni", "po", "qua", "re", "sto", "tu", "vi", "wa", "xe", "zu"]
WORDS = [a + b + c for a in SYLLABLES for b in SYLLABLES for c in SYLLABLES]

#: What is looked for: in words, the query, and how often it is in the texts is told by the result.
QUERIES = {
    "a word that is said once in a thousand messages": "heron",
    "the most frequent word": WORDS[0],
    "two frequent words": f"{WORDS[1]} {WORDS[2]}",
    "three letters that begin twenty words": WORDS[5][:4],
    "a phrase of two words": f'"{WORDS[0]} {WORDS[1]}"',
    "two letters of Chinese": HAN[0] + HAN[1],
    "what nobody said": "okapi",
}


class Talk:
    """Texts whose words are as uneven as in a language; the same in each run."""

    def __init__(self):
        self.random = random.Random(7)
        self.weights = [1 / (number + 1) for number in range(len(WORDS))]
        self.total = []
        for weight in self.weights:
            self.total.append(weight + (self.total[-1] if self.total else 0))
        self.han = []
        for number in range(len(HAN)):
            self.han.append(1 / (number + 1) + (self.han[-1] if self.han else 0))

    def text(self, number: int) -> str:
        rare = " heron" if number % 1_000 == 0 else ""
        if number % 10 == 9:
            return "".join(self.random.choices(HAN, cum_weights=self.han, k=24)) + rare
        return " ".join(self.random.choices(WORDS, cum_weights=self.total, k=14)) + rare


def fill(path: pathlib.Path, messages: int) -> None:
    """Multiplies the one conversation, a hundred messages each."""
    database = sqlite3.connect(path)
    talk = Talk()
    columns = {table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")] for table in ("customer", "conversation", "event")}
    rows = {table: dict(zip(columns[table], database.execute(f"SELECT * FROM {table}").fetchone())) for table in columns}

    def insert(table: str, values: list[dict]) -> None:
        marks = ",".join("?" * len(columns[table]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", [tuple(value.values()) for value in values])

    began = 1_700_000_000_000
    for number in range(messages // 100):
        customer = {**rows["customer"], "id": f"01M0000000000000000{number:07d}", "credential": os.urandom(32)}
        at = [began + (number * 100 + seq) * 20 for seq in range(1, 101)]
        conversation = {**rows["conversation"], "id": f"01M0000000000000001{number:07d}", "customer_id": customer["id"], "last_seq": 100,
                        "last_pub_seq": 100, "customer_messages": 100, "last_at": at[-1]}
        insert("customer", [customer])
        insert("conversation", [conversation])
        insert("event", [
            {**rows["event"], "conversation_id": conversation["id"], "seq": seq, "pub_seq": seq, "customer_messages": seq, "at": at[seq - 1],
             "body": talk.text(number * 100 + seq), "id": f"01M000000{number:07d}{seq:010d}", "client_id": f"01M{number:07d}{seq:016d}",
             "author_id": customer["id"]} for seq in range(1, 101)])
    # As after an upgrade.
    for table in ("search_position", "search_thread", "search_entry", "feed"):
        database.execute(f"DELETE FROM {table}")
    database.execute("UPDATE feed_counter SET trimmed_seq = last_seq")
    database.commit()
    database.close()


def quantile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def ask(server: Server, words: str, connection=None) -> dict:
    return server.staff("GET", "/api/inbox/search?q=" + urllib.parse.quote(words), connection=connection)


class Sender(threading.Thread):
    """One visitor who writes ten times a second, and how long each answer took, in ms."""

    def __init__(self, server: Server):
        super().__init__(daemon=True)
        self.server, self.took, self.ends = server, [], False
        self.head = server.visitors(1, written=True)[0][0]

    def run(self) -> None:
        connection = self.server.connect()
        while not self.ends:
            began = time.monotonic()
            body = {"clientID": ulid(), "kind": "text", "body": {"text": "meanwhile"}}
            self.server.request("POST", f"/api/widget/{self.server.key}/conversation/events", body, self.head, connection)
            self.took.append((time.monotonic() - began) * 1e3)
            time.sleep(0.1)

    def result(self) -> dict:
        self.ends = True
        self.join()
        return {"sends": len(self.took), "p50ms": quantile(self.took, 0.5), "p99ms": quantile(self.took, 0.99)}


def measure(server: Server, messages: int) -> dict:
    """From the first start on."""
    server.sign_in()
    began, cpu = time.monotonic(), server.cpu()
    sender = Sender(server)
    sender.start()
    while ask(server, "heron")["building"] is not None:
        time.sleep(0.25)
    seconds = time.monotonic() - began
    made = {"messages": messages, "seconds": seconds, "perSecond": messages / seconds, "cpuUsPerMessage": (server.cpu() - cpu) / messages * 1e6,
            "sendsMeanwhile": sender.result(), "queries": {}}
    connection = server.connect()
    for name, words in QUERIES.items():
        took = []
        # A hundred times, or for ten seconds: InnoDB sorts all hits of a frequent word.
        until = time.monotonic() + 10
        while len(took) < 100 and (len(took) < 5 or time.monotonic() < until):
            start = time.monotonic()
            found = ask(server, words, connection)
            took.append((time.monotonic() - start) * 1e3)
        made["queries"][name] = {"p50ms": quantile(took, 0.5), "p99ms": quantile(took, 0.99), "items": len(found["items"])}
    sender = Sender(server)
    visible = []
    for number in range(20):
        word = f"visible{number}x{ulid().lower()}"
        start = time.monotonic()
        body = {"clientID": ulid(), "kind": "text", "body": {"text": word}}
        server.request("POST", f"/api/widget/{server.key}/conversation/events", body, sender.head, connection)
        while not ask(server, word, connection)["items"]:
            time.sleep(0.01)
        visible.append(time.monotonic() - start)
    made["visibleSeconds"] = {"p50": quantile(visible, 0.5), "most": max(visible)}
    return made


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--shared-messages", type=int, default=60_000)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    program, figures = options.program.resolve(), {}
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(scratch)
        for name, messages in (("file", options.messages), ("small", options.shared_messages)):
            data = folder / name
            server = Server(program, data, HOUSE_KEY=HOUSE_KEY)
            server.sign_in()
            server.visitors(1, written=True)
            server.stop()
            fill(data / "switchboard.sqlite", messages)
        before = (folder / "file/switchboard.sqlite").stat().st_size
        server = Server(program, folder / "file", HOUSE_KEY=HOUSE_KEY)
        figures["SQLite"] = measure(server, options.messages)
        server.stop()
        figures["SQLite"] |= {"bytesBefore": before, "bytesAfter": (folder / "file/switchboard.sqlite").stat().st_size}
        print("SQLite", json.dumps(figures["SQLite"]), flush=True)
        database = MariaDB().start()
        try:
            url = database.fresh()
            subprocess.run(
                [program, "storage", "copy", "--from", f"sqlite:{folder / 'small'}", "--to", url], check=True, capture_output=True,
                env={"PATH": os.environ.get("PATH", ""), "DATA_DIR": str(folder / "one"), "HOUSE_KEY": HOUSE_KEY})
            server = Server(program, folder / "one", is_founded=True, HOUSE_KEY=HOUSE_KEY, DATABASE_URL=url)
            figures["MariaDB"] = measure(server, options.shared_messages)
            server.stop()
            print("MariaDB", json.dumps(figures["MariaDB"]), flush=True)
        finally:
            database.end()
    made = record.begin(figures)
    record.save(options.results, "search", made, table(made))


def table(made: dict) -> str:
    figures = made["figures"]
    engines = [name for name in ("SQLite", "MariaDB") if name in figures]
    lines = [
        f"# The desk's search, {made['date']} ({made['machine']})", "",
        f"Measured at {made['time']}. Release build; one visitor writes ten times a second while the index is made, as after an upgrade. MariaDB with every",
        "commit on disk, on the same two cores.", "", "| figure | " + " | ".join(engines) + " |", "|---|" + "---|" * len(engines)]

    def row(words: str, figure) -> None:
        lines.append(f"| {words} | " + " | ".join(record.number(figure(figures[name])) for name in engines) + " |")

    row("messages in the house", lambda all: all["messages"])
    row("messages per second into the index", lambda all: all["perSecond"])
    row("CPU µs per message, this server", lambda all: all["cpuUsPerMessage"])
    row("send → answer p50 ms meanwhile", lambda all: all["sendsMeanwhile"]["p50ms"])
    row("send → answer p99 ms meanwhile", lambda all: all["sendsMeanwhile"]["p99ms"])
    row("seconds until a new message is found, p50", lambda all: all["visibleSeconds"]["p50"])
    row("seconds until a new message is found, most of 20", lambda all: all["visibleSeconds"]["most"])
    for name in QUERIES:
        row(f"{name}: p50 ms", lambda all: all["queries"][name]["p50ms"])
        row(f"{name}: p99 ms", lambda all: all["queries"][name]["p99ms"])
    if "SQLite" in figures:
        one = figures["SQLite"]
        lines += ["", f"The index of SQLite takes {(one['bytesAfter'] - one['bytesBefore']) / one['messages']:,.0f} bytes per message; a message with all that belongs to it "
                  f"{one['bytesBefore'] / one['messages']:,.0f} without it."]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
