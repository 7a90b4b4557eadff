"""Measures the desk: sends, fan-out, memory per idle socket, start. Called by scripts/bench with the release program and the generator."""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import shutil
import signal
import sqlite3
import ssl
import subprocess
import tempfile
import time

import record

PASSWORD = "correct horse battery"
UNLIMITED = {"CUSTOMER_SENDS": "1000000", "STAFF_SENDS": "1000000", "NEW_VISITORS": "1000000", "LOG_LEVEL": "warning"}


class Server:
    """The release program on a data directory of its own and a free port."""

    def __init__(self, program: pathlib.Path, data: pathlib.Path, is_founded: bool = False, **settings: str):
        self.data, self.program = data, program
        self.key = None
        if not is_founded and not (data / "switchboard.sqlite").exists():
            made = subprocess.run(
                [program, "setup", "--workspace", "Lantern", "--owner", "ada@lantern.example", "--shop", "Lantern"], input=PASSWORD + "\n", text=True,
                capture_output=True, check=True, env=self.environment(settings))
            self.key = made.stdout.strip()
        began = time.monotonic()
        self.process = subprocess.Popen([program, "serve", "--unsupervised"], env=self.environment(settings), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        line = self.process.stdout.readline()
        self.secure = "https://" in line
        self.port = int(re.search(r":(\d+)", line.split("//")[1]).group(1))
        while True:
            try:
                if self.request("GET", "/ready")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.001)
        self.ready_seconds = time.monotonic() - began
        self.cookie = None

    def environment(self, settings):
        return {"PATH": os.environ.get("PATH", ""), "DATA_DIR": str(self.data), "HTTP_PORT": "0", "HTTPS_PORT": "0", **UNLIMITED, **settings}

    def connect(self):
        if self.secure:
            return http.client.HTTPSConnection("127.0.0.1", self.port, context=ssl._create_unverified_context())
        return http.client.HTTPConnection("127.0.0.1", self.port)

    def request(self, method, path, body=None, headers=None, connection=None):
        connection = connection or self.connect()
        head = dict(headers or {})
        if body is not None:
            head["content-type"] = "application/json"
        connection.request(method, path, json.dumps(body) if body is not None else None, head)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, json.loads(data) if data[:1] in b"{[" else data, answer.headers

    def sign_in(self):
        status, _, headers = self.request("POST", "/api/sessions", {"email": "ada@lantern.example", "password": PASSWORD})
        assert status == 201, status
        self.cookie = headers["set-cookie"].split(";")[0]
        self.origin = f"{'https' if self.secure else 'http'}://127.0.0.1:{self.port}"
        self.key = self.key or self.staff("GET", "/api/shops")["items"][0]["key"]

    def staff(self, method, path, body=None, connection=None):
        status, answer, _ = self.request(method, path, body, {"cookie": self.cookie, "origin": self.origin}, connection)
        assert status < 300, (status, answer)
        return answer

    def visitors(self, number, written=False):
        """Tickets of new visitors; with `written` each has a conversation already."""
        def some(count):
            connection, lines = self.connect(), []
            for index in range(count):
                made = self.request("POST", f"/api/widget/{self.key}/customers", {}, connection=connection)[1]
                head = {"authorization": "Visitor " + made["credential"]}
                conversation = ""
                if written:
                    body = {"clientID": ulid(), "kind": "text", "body": {"text": "hi"}}
                    conversation = self.request("POST", f"/api/widget/{self.key}/conversation/events", body, head, connection)[1]["conversation"]
                lines.append((head, conversation))
            return lines
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            shares = [number // 8 + (1 if i < number % 8 else 0) for i in range(8)]
            made = [line for lines in pool.map(some, shares) for line in lines]
        return made

    def visitor_lines(self, visitors):
        """Fetched last: a ticket is good for a minute."""
        def some(part):
            connection, lines = self.connect(), []
            for head, _ in part:
                ticket = self.request("POST", f"/api/widget/{self.key}/tickets", None, head, connection)[1]["ticket"]
                lines.append(f"/ws/customer/{self.key} {ticket}")
            return lines
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            return [line for lines in pool.map(some, [visitors[i::8] for i in range(8)]) for line in lines]

    def memory(self):
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith("RssAnon"):
                return int(line.split()[1]) * 1024

    def cpu(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


def ulid():
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    value = (int(time.time() * 1000) << 80) | int.from_bytes(os.urandom(10), "big")
    return "".join(alphabet[(value >> shift) & 31] for shift in range(125, -1, -5))


def generate(generator, mode, server, seconds, lines, during=None):
    with tempfile.NamedTemporaryFile("w", suffix=".lines") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        process = subprocess.Popen([generator, mode, str(server.port), str(seconds), file.name], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "open\n"
        cpu = server.cpu()
        if during:
            during()
        result = json.loads(process.stdout.read())
        result["serverCPUSeconds"] = round(server.cpu() - cpu, 2)
        assert process.wait() == 0
        return result


def measure_sends(options, server):
    visitors = server.visitors(100)
    results = [generate(options.generator, "send", server, options.seconds, server.visitor_lines(visitors)) for _ in range(options.rounds)]
    return sorted(results, key=lambda r: r["acksPerSecond"])[len(results) // 2]


def measure_fan(options, server):
    """A room of 1,000: staff sockets of 32 members at the most each, all with the one conversation open."""
    conversation = server.visitors(1, written=True)[0][1]
    cookies = [server.cookie] + [extra_member(server, number) for number in range(31)]
    lines = []
    for number in range(1000):
        answer = server.request("POST", "/api/tickets", None, {"cookie": cookies[number % 32], "origin": server.origin})[1]
        lines.append(f"/ws/staff {answer['ticket']} {conversation}")
    return generate(options.generator, "fan", server, options.seconds, lines)


def extra_member(server, number):
    link = server.staff("POST", "/api/invitations", {"email": f"m{number}@lantern.example", "role": "admin"})["link"]
    body = {"token": link.split("#")[1], "name": f"Member {number}", "password": PASSWORD}
    return server.request("POST", "/api/invitations/accept", body)[2]["set-cookie"].split(";")[0]


def measure_idle(options, server, number):
    visitors = server.visitors(number)
    lines = server.visitor_lines(visitors)
    before = server.memory()
    figures = {}

    def look():
        time.sleep(3)
        figures["bytesPerSocket"] = (server.memory() - before) // number
    generate(options.generator, "idle", server, 8, lines, look)
    return {"sockets": number, **figures}


def measure_idle_tls(options, server, number):
    """Opened by Python: slow, but only their memory on the server's side counts."""
    import asyncio

    import websockets

    lines = server.visitor_lines(server.visitors(number))
    before = server.memory()

    async def run():
        context = ssl._create_unverified_context()
        gate = asyncio.Semaphore(50)

        async def one(line):
            path, ticket = line.split()
            async with gate:
                socket = await websockets.connect(f"wss://127.0.0.1:{server.port}{path}", ssl=context, compression=None, open_timeout=60, ping_interval=None)
                await socket.send(json.dumps({"type": "init", "protocol": 1, "ticket": ticket}))
                while json.loads(await socket.recv())["type"] != "resumed":
                    pass
                return socket
        sockets = await asyncio.gather(*(one(line) for line in lines))
        await asyncio.sleep(3)
        used = (server.memory() - before) // number
        for socket in sockets:
            socket.transport.abort()
        return used
    return {"sockets": number, "bytesPerSocket": asyncio.run(run())}


def measure_start(options, folder):
    """Start to ready with a million stored messages in ten thousand conversations."""
    server = Server(options.program, folder)
    server.sign_in()
    server.visitors(1, written=True)
    server.stop()
    fill(folder / "switchboard.sqlite")
    ready = []
    for _ in range(5):
        server = Server(options.program, folder)
        ready.append(server.ready_seconds)
        server.stop()
    return {"messages": 1_000_000, "seconds": round(sorted(ready)[2], 3)}


def fill(path):
    """Multiplies the one conversation, straight in the database."""
    database = sqlite3.connect(path)
    columns = {table: [row[1] for row in database.execute(f"PRAGMA table_info({table})")] for table in ("customer", "conversation", "event")}
    rows = {table: dict(zip(columns[table], database.execute(f"SELECT * FROM {table}").fetchone())) for table in columns}
    def insert(table, values):
        marks = ",".join("?" * len(columns[table]))
        database.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
    for number in range(10_000):
        customer = {**rows["customer"], "id": f"01M0000000000000000{number:07d}", "credential": os.urandom(32)}
        conversation = {**rows["conversation"], "id": f"01M0000000000000001{number:07d}", "customer_id": customer["id"], "last_seq": 100, "last_pub_seq": 100, "customer_messages": 100}
        insert("customer", [tuple(customer.values())])
        insert("conversation", [tuple(conversation.values())])
        insert("event", (tuple({**rows["event"], "conversation_id": conversation["id"], "seq": seq, "pub_seq": seq, "customer_messages": seq,
                                "id": f"01M000000{number:07d}{seq:010d}", "client_id": f"01M{number:07d}{seq:016d}", "author_id": customer["id"]}.values()) for seq in range(1, 101)))
    database.commit()
    database.close()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--generator", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--idle", type=int, default=5_000)
    parser.add_argument("--only", nargs="*")
    options = parser.parse_args()
    options.program, options.generator = options.program.resolve(), options.generator.resolve()
    figures, load = {}, os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as scratch:
        def run(name, body, **settings):
            if options.only and name not in options.only:
                return
            server = Server(options.program, pathlib.Path(scratch) / name, **settings)
            try:
                server.sign_in()
                figures[name] = body(server)
                print(name, json.dumps(figures[name]), flush=True)
            finally:
                server.stop()
        run("sends", lambda server: measure_sends(options, server))
        run("fan", lambda server: measure_fan(options, server))
        run("idle", lambda server: measure_idle(options, server, options.idle))
        run("idleTLS", lambda server: measure_idle_tls(options, server, options.idle), TLS_MODE="self-signed")
        if not options.only or "start" in options.only:
            figures["start"] = measure_start(options, pathlib.Path(scratch) / "start")
            print("start", json.dumps(figures["start"]), flush=True)
    if not options.only:
        made = record.begin(figures, loadAverageBefore=load)
        record.save(options.results, "desk", made, table(made))


#: What the table shows: words, aim, and the figure made of all.
ROWS = [
    ("durable sends per second, 100 connections", "≥ 8,000", lambda all: all["sends"]["acksPerSecond"]),
    ("send → ack p50 ms at that rate", "", lambda all: all["sends"]["p50us"] / 1e3),
    ("send → ack p99 ms at that rate", "≤ 15", lambda all: all["sends"]["p99us"] / 1e3),
    ("server's CPU µs per send", "", lambda all: all["sends"]["serverCPUSeconds"] / all["sends"]["acks"] * 1e6),
    ("frames per second in a room of 1,000", "≥ 200,000", lambda all: (all["fan"]["events"] + all["fan"]["feeds"]) / all["fan"]["seconds"]),
    ("KB per idle plain socket at 5,000", "≤ 12", lambda all: all["idle"]["bytesPerSocket"] / 1024),
    ("KB per idle TLS socket at 5,000", "", lambda all: all["idleTLS"]["bytesPerSocket"] / 1024),
    ("seconds from start to ready with 1 M messages", "≤ 0.5", lambda all: all["start"]["seconds"]),
]


def table(made: dict) -> str:
    lines = [
        f"# Desk, {made['date']} ({made['machine']})", "",
        f"Measured at {made['time']}; load average {made['loadAverageBefore']:.1f} before. Release build, generator on the same two cores. The generator keeps",
        "100 sends in flight, so throughput and delay are measured at saturation.", "", "| figure | aim | measured |", "|---|---|---|"]
    lines += [f"| {words} | {aim} | **{record.number(figure(made['figures']))}** |" for words, aim, figure in ROWS]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
