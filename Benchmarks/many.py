"""Measures desk and gateway on MariaDB and Redis beside SQLite, with one instance and with two. Called by scripts/bench with the release program."""
import argparse
import base64
import concurrent.futures
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import desk
import gateway
import record

#: Name, instances, whether they share MariaDB and Redis.
HOUSES = [("sqlite", 1, False), ("mysql", 1, True), ("mysqlTwo", 2, True)]


class Shared:
    """MariaDB and Redis on private directories and free ports, as a cautious operator runs them: every commit on disk."""

    def __init__(self, folder: pathlib.Path):
        self.folder, self.processes = folder, []
        self.port, self.redis_port = gateway.free_port(), gateway.free_port()
        data = folder / "mariadb"
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--auth-root-authentication-method=normal", "--skip-test-db",
             "--skip-name-resolve"], check=True, capture_output=True)
        self.socket = data / "s.sock"
        self.start(
            shutil.which("mariadbd") or "/usr/sbin/mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", "--bind-address=127.0.0.1",
            f"--port={self.port}", f"--socket={self.socket}", f"--pid-file={data}/pid", "--innodb-buffer-pool-size=512M", "--innodb-log-file-size=256M",
            "--innodb-flush-log-at-trx-commit=1", "--skip-name-resolve", "--character-set-server=utf8mb4")
        (folder / "redis").mkdir()
        self.start("redis-server", "--bind", "127.0.0.1", "--port", str(self.redis_port), "--dir", str(folder / "redis"), "--save", "", "--appendonly", "no")
        self.await_database()
        self.house_key = base64.b64encode(os.urandom(32)).decode()
        self.databases = 0

    def start(self, *arguments: str):
        self.processes.append(subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))

    def await_database(self):
        deadline = time.monotonic() + 30
        while subprocess.run(["mariadb-admin", "-S", self.socket, "ping"], capture_output=True).returncode != 0:
            assert time.monotonic() < deadline, "MariaDB did not start"
            time.sleep(0.05)

    def settings(self) -> dict[str, str]:
        """Of a house of its own: an empty database."""
        self.databases += 1
        name = f"house{self.databases}"
        script = f"CREATE DATABASE {name} CHARACTER SET utf8mb4; CREATE USER {name}@'127.0.0.1' IDENTIFIED BY 'lantern'; GRANT ALL ON {name}.* TO {name}@'127.0.0.1'"
        subprocess.run(["mariadb", "-S", self.socket, "-e", script], check=True)
        return {
            "DATABASE_URL": f"mysql://{name}:lantern@127.0.0.1:{self.port}/{name}", "REDIS_URL": f"redis://127.0.0.1:{self.redis_port}/0",
            "HOUSE_KEY": self.house_key}

    def cpu(self) -> float:
        return sum(ticks(process.pid) for process in self.processes)

    def end(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def ticks(pid: int) -> float:
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / gateway.TICKS


# The desk

def measure_sends(options, scratch: pathlib.Path, instances: int, shared: Shared | None) -> dict:
    """A hundred visitors with one unanswered send each, parted among the instances."""
    settings = shared.settings() if shared else {}
    servers = []
    try:
        for number in range(instances):
            servers.append(desk.Server(options.program, scratch / f"desk{number}", is_founded=number > 0, **settings))
            servers[-1].sign_in()
        parts = [server.visitors(100 // instances) for server in servers]
        rounds = [send_round(options, servers, parts, shared) for _ in range(options.rounds)]
        return sorted(rounds, key=lambda one: one["acksPerSecond"])[len(rounds) // 2]
    finally:
        for server in servers:
            server.stop()


def send_round(options, servers, parts, shared) -> dict:
    lines = [server.visitor_lines(part) for server, part in zip(servers, parts)]
    before = shared.cpu() if shared else 0
    with concurrent.futures.ThreadPoolExecutor(len(servers)) as pool:
        results = list(pool.map(lambda pair: desk.generate(options.generator, "send", pair[0], options.seconds, pair[1]), zip(servers, lines)))
    acks = sum(one["acks"] for one in results)
    return {
        "acksPerSecond": sum(one["acksPerSecond"] for one in results), "p50us": max(one["p50us"] for one in results),
        "p99us": max(one["p99us"] for one in results), "refused": sum(one["refused"] for one in results),
        "serverCPUus": round(sum(one["serverCPUSeconds"] for one in results) / acks * 1e6, 1),
        "sharedCPUus": round(((shared.cpu() if shared else 0) - before) / acks * 1e6, 1)}


# The gateway

def measure_requests(options, scratch: pathlib.Path, instances: int, shared: Shared | None, part: str) -> dict:
    """The parts of gateway.py, with the connections and the rate parted among the instances."""
    settings = shared.settings() if shared else {}
    started = []
    try:
        upstream = gateway.start_upstream(options)
        started.append(upstream)
        peers, key = [], None
        for number in range(instances):
            peer, key = gateway.start_switchboard(options, scratch / f"{part}{number}", upstream, key, **settings)
            started.append(peer)
            peers.append(peer)
        requests = gateway.write_requests(scratch, key)
        rounds = [request_round(options, peers, shared, requests, part) for _ in range(options.rounds)]
        return {field: round(statistics.median(one[field] for one in rounds), 2) for field in rounds[0]}
    finally:
        for peer in reversed(started):
            peer.end()


def request_round(options, peers, shared, requests, part) -> dict:
    mode, connections, rate, request = gateway.PARTS[part]
    before, used = (shared.cpu() if shared else 0), sum(peer.cpu() for peer in peers)
    running = [
        subprocess.Popen(
            [options.load / "gatewayload", mode, str(peer.port), str(options.seconds), str(connections // len(peers)), str(rate // len(peers)),
             requests[request]], stdout=subprocess.PIPE, text=True) for peer in peers]
    results = []
    for process in running:
        assert process.stdout.readline() == "open\n"
    for process in running:
        results.append(json.loads(process.stdout.readline()))
        assert process.wait() == 0
    assert all(one["refused"] == 0 for one in results), results
    settled = max(gateway.settle(peer) for peer in peers)
    everything = sum(one["all"] for one in results)
    return {
        "perSecond": sum(one["perSecond"] for one in results), "p50us": max(one["p50us"] for one in results), "p99us": max(one["p99us"] for one in results),
        "wholeCPUus": round((sum(peer.cpu() for peer in peers) - used) / everything * 1e6, 1),
        "sharedCPUus": round(((shared.cpu() if shared else 0) - before) / everything * 1e6, 1), "settledAfterSeconds": settled}


#: Part, field, words, factor.
ROWS = [
    ("manySends", "acksPerSecond", "durable sends per second, 100 connections", 1),
    ("manySends", "p50us", "send → ack p50 ms", 1e-3),
    ("manySends", "p99us", "send → ack p99 ms", 1e-3),
    ("manySends", "serverCPUus", "CPU µs per send, all instances", 1),
    ("manySends", "sharedCPUus", "CPU µs per send, MariaDB and Redis", 1),
    ("manyMax", "perSecond", "requests/s, 2 KB → 1 KB, 32 connections", 1),
    ("manyMax", "p50us", "p50 ms at that rate", 1e-3),
    ("manyMax", "p99us", "p99 ms at that rate", 1e-3),
    ("manyMax", "wholeCPUus", "CPU µs per request, all instances, with what is booked after the run", 1),
    ("manyMax", "sharedCPUus", "CPU µs per request, MariaDB and Redis", 1),
    ("manySteady", "p50us", "p50 ms at 100 requests/s", 1e-3),
    ("manySteady", "p99us", "p99 ms at 100 requests/s", 1e-3),
]


def table(made: dict) -> str:
    lines = [
        f"# One machine's database beside a shared one, {made['date']} ({made['machine']})", "",
        f"Measured at {made['time']}. Release build; MariaDB, Redis, the instances, the upstream and the generators share the two cores: two instances can't",
        "be quicker here than one, they show what sharing costs. MariaDB with every commit on disk (`innodb_flush_log_at_trx_commit=1`).", "",
        "| figure | SQLite | MariaDB + Redis | the same, two instances |", "|---|---|---|---|"]
    for part, field, words, factor in ROWS:
        shown = [record.number(made["figures"][part][name][field] * factor) for name, _, _ in HOUSES] if part in made["figures"] else ["", "", ""]
        lines.append(f"| {words} | " + " | ".join(shown) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--load", type=pathlib.Path, required=True)
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", nargs="*", help="many, or manySends, manyMax, manySteady")
    options = parser.parse_args()
    options.program, options.load = options.program.resolve(), options.load.resolve()
    options.generator = options.load / "deskload"
    options.only = [] if options.only is None or "many" in options.only else options.only
    figures = {}
    parts = {
        "manySends": measure_sends, "manyMax": lambda *rest: measure_requests(*rest, "gatewayMax"),
        "manySteady": lambda *rest: measure_requests(*rest, "gatewaySteady")}
    with tempfile.TemporaryDirectory() as scratch:
        shared = Shared(pathlib.Path(scratch))
        try:
            for part, body in parts.items():
                if options.only and part not in options.only:
                    continue
                figures[part] = {}
                for name, instances, is_shared in HOUSES:
                    folder = pathlib.Path(scratch) / part / name
                    folder.mkdir(parents=True)
                    figures[part][name] = body(options, folder, instances, shared if is_shared else None)
                    print(part, name, json.dumps(figures[part][name]), flush=True)
        finally:
            shared.end()
    if not options.only:
        made = record.begin(figures)
        record.save(options.results, "many", made, table(made))


if __name__ == "__main__":
    main()
