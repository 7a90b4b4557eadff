"""Measures the gateway beside nginx and beside no proxy at all, in front of the same upstream. Called by scripts/bench with the release program."""
import argparse
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import statistics
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

import record

PASSWORD = "correct horse battery"
#: Texts in a stream of upstream.c.
TEXTS = 100
TICKS = os.sysconf("SC_CLK_TCK")
#: One row for each part: mode of the generator, connections, requests a second (0: as many as it can), which request.
PARTS = {
    "gatewayMax": ("json", 32, 0, "json"),
    "gatewaySteady": ("json", 32, 100, "json"),
    "gatewayLarge": ("json", 32, 0, "large"),
    "gatewayBurst": ("stream", 8, 0, "burst"),
    "gatewayPaced": ("stream", 64, 40, "paced"),
}
NGINX = """
user root; daemon off; worker_processes 1; pid {folder}/pid; error_log stderr crit;
events {{ worker_connections 16384; }}
http {{
    access_log off; keepalive_requests 1000000000; client_max_body_size 32m; client_body_buffer_size 128k;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    upstream model {{ server 127.0.0.1:{upstream}; keepalive 4096; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{ proxy_pass http://model; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; proxy_read_timeout 300s; }}
    }}
}}
"""


class Peer:
    """A process that answers, with its children."""

    def __init__(self, name: str, process: subprocess.Popen, port: int):
        self.name, self.process, self.port = name, process, port

    def pids(self) -> list[int]:
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return [self.process.pid, *map(int, children)]

    def cpu(self) -> float:
        """User and system time in seconds."""
        used = 0
        for pid in self.pids():
            fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
            used += int(fields[11]) + int(fields[12])
        return used / TICKS

    def memory(self, field: str) -> int:
        """`RssAnon` or `VmHWM`, in bytes."""
        found = [re.search(rf"{field}:\s+(\d+) kB", pathlib.Path(f"/proc/{pid}/status").read_text()) for pid in self.pids()]
        return sum(int(one.group(1)) for one in found if one) * 1024

    def end(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def start_upstream(options) -> Peer:
    process = subprocess.Popen([options.load / "upstream"], stdout=subprocess.PIPE, text=True)
    return Peer("direct", process, int(process.stdout.readline()))


def start_nginx(folder: pathlib.Path, upstream: Peer) -> Peer:
    folder.mkdir()
    port = free_port()
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, upstream=upstream.port, port=port))
    process = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", folder / "nginx.conf"])
    await_open(port)
    return Peer("nginx", process, port)


def start_switchboard(options, folder: pathlib.Path, upstream: Peer, key: str | None = None, **settings: str) -> tuple[Peer, str]:
    """`switchboard proxy` as a newcomer has it, with a key whose limits are all set, high enough never to be met; `key`: of a house that has
    been founded by another instance."""
    environment = {
        "PATH": os.environ.get("PATH", ""), "DATA_DIR": str(folder), "HTTP_PORT": "0", "BIND": "127.0.0.1", "NODE_CREDENTIAL": "upstream-secret", **settings}

    def command(*arguments: str, typed: str = "") -> str:
        return subprocess.run([options.program, *arguments], input=typed, text=True, capture_output=True, check=True, env=environment).stdout.strip()

    if key is None:
        command("setup", "--workspace", "Lantern", "--owner", "ada@lantern.example", "--shop", "Lantern", typed=PASSWORD + "\n")
        command(
            "node", "add", "--name", "north", "--url", f"http://127.0.0.1:{upstream.port}", "--credential-env", "NODE_CREDENTIAL", "--allow-loopback",
            "--max-concurrency", "10000")
        key = command(
            "key", "create", "--name", "benchmark", "--requests-per-minute", "1000000", "--tokens-per-minute", "1000000000000", "--concurrency", "10000",
            "--budget-day", "1000000", "--budget-month", "1000000")
    folder.mkdir(exist_ok=True)
    process = subprocess.Popen([options.program, "proxy", "--unsupervised"], env=environment, stdout=subprocess.PIPE, stderr=open(folder / "log", "w"), text=True)
    port = int(re.search(r"//[^:/]+:(\d+)", process.stdout.readline()).group(1))
    await_open(port)
    return Peer("switchboard", process, port), key


def await_open(port: int):
    deadline = time.monotonic() + 30
    while True:
        try:
            urllib.request.urlopen(urllib.request.Request(f"http://127.0.0.1:{port}/", method="HEAD"), timeout=1).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def write_requests(folder: pathlib.Path, key: str) -> dict[str, pathlib.Path]:
    """Whole requests as a client of the vendor's SDK sends them."""
    def message(stream: bool, size: int) -> bytes:
        body = {
            "model": "claude-haiku-4-5-20251001", "max_tokens": 1024, "stream": stream, "metadata": {"user_id": "user_7f3a_account__session_5e0c"},
            "messages": [{"role": "user", "content": ""}]}
        words = ("Could you look at the parcel's way, and tell me \"when\" it comes? " * (size // 60 + 1))
        body["messages"][0]["content"] = words[: size - len(packed(body))]
        text = packed(body)
        while len(text) > size:
            body["messages"][0]["content"] = body["messages"][0]["content"][: size - len(text)]
            text = packed(body)
        return text + b" " * (size - len(text))

    def request(path: str, body: bytes) -> bytes:
        fields = {
            "host": "127.0.0.1", "accept": "application/json", "accept-encoding": "gzip, deflate", "user-agent": "Anthropic/Python 0.75.0",
            "x-stainless-lang": "python", "x-stainless-os": "Linux", "anthropic-version": "2023-06-01", "x-api-key": key,
            "content-type": "application/json", "content-length": str(len(body))}
        return (f"POST {path} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields.items()) + "\r\n").encode() + body

    made = {
        "json": request("/v1/messages", message(False, 2048)), "large": request("/v1/messages?beta=true", coding_request()),
        "burst": request("/v1/messages", message(True, 2048)), "paced": request("/v1/messages?pace=5000", message(True, 2048)),
        "idle": request("/v1/messages?idle", message(True, 2048))}
    for name, bytes_ in made.items():
        (folder / name).write_bytes(bytes_)
    return {name: folder / name for name in made}


def packed(value) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def coding_request() -> bytes:
    """About 90 KB, shaped as those of Claude Code: a long system text, many tools with schemas, a conversation with code in it."""
    tools = [
        {"name": f"Tool{number}", "description": "Reads a file from the machine.\n\nUsage:\n- \"path\" must be absolute\n" * 12,
         "input_schema": {"type": "object", "properties": {f"field_{i}": {"type": "string", "description": "What it is for, in a sentence or two."} for i in range(8)},
                          "required": ["field_0"], "additionalProperties": False}} for number in range(18)]
    system = [{"type": "text", "text": "You are a coding agent. Follow the user's instructions.\n" * 250, "cache_control": {"type": "ephemeral"}}]
    messages = []
    while len(packed(messages)) < 90_000 - len(packed(tools)) - len(packed(system)) - 300:
        code = "".join(f"{line:6}\tlet value{line} = try map[\"key\\n{line}\"] ?? 0\n" for line in range(12))
        messages.append({"role": "user", "content": [{"type": "tool_result", "tool_use_id": f"toolu_{len(messages):024}", "content": code}]})
        messages.append({"role": "assistant", "content": [{"type": "text", "text": "I'll read the next file."}]})
    messages.append({"role": "user", "content": "go on"})
    return packed({"model": "claude-haiku-4-5-20251001", "max_tokens": 1024, "stream": False, "system": system, "tools": tools, "messages": messages})


def busy() -> float:
    """Seconds that all cores have worked since the machine began."""
    user, nice, system, _, _, irq, soft, *_ = map(int, pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:])
    return (user + nice + system + irq + soft) / TICKS


def run(options, mode, peer: Peer, upstream: Peer, connections, rate, request) -> dict:
    """One run of the generator, with the CPU time of the peer, and of whatever else ran on the machine."""
    at_rest = peer.cpu()
    process = subprocess.Popen(
        [options.load / "gatewayload", mode, str(peer.port), str(options.seconds), str(connections), str(rate), request], stdout=subprocess.PIPE, text=True)
    assert process.stdout.readline() == "open\n", f"{peer.name}: the generator gave up"
    servers = {one.process.pid: one for one in (peer, upstream)}.values()
    began, all_began = {one.name: one.cpu() for one in servers}, busy()
    result = json.loads(process.stdout.readline())
    used, all_used = {one.name: one.cpu() - began[one.name] for one in servers}, busy() - all_began
    assert process.wait() == 0 and result["refused"] == 0 and result["done"] > 0, (peer.name, result)
    # Paced streams live longer than the measurement's edges: they count by what was heard of them.
    answers = result["texts"] / TEXTS if mode == "stream" else result["done"]
    result["serverCPUus"] = round(used[peer.name] / answers * 1e6, 1)
    # What is booked later, off the requests' way, is work of theirs too; and the next peer must not be measured beside it.
    result["settledAfterSeconds"] = settle(peer)
    result["wholeCPUus"] = round((peer.cpu() - at_rest) / max(1, result["all"]) * 1e6, 1)
    result["othersCores"] = round(max(0, all_used - sum(used.values()) - result["generatorCPUSeconds"]) / options.seconds, 2)
    return result


def settle(peer: Peer) -> float:
    """Waits until it does next to nothing; how long that took."""
    began = time.monotonic()
    while time.monotonic() < began + 60:
        before = peer.cpu()
        time.sleep(0.4)
        if peer.cpu() - before <= 0.02:
            break
    return round(max(0, time.monotonic() - began - 0.4), 1)


def measure(options, part, peers, upstream, requests) -> dict:
    """Rounds of all peers in turn; medians."""
    mode, connections, rate, request = PARTS[part]
    runs = {peer.name: [] for peer in peers}
    for _ in range(options.rounds):
        for peer in peers:
            runs[peer.name].append(run(options, mode, peer, upstream, connections, rate, requests[request]))
    return {name: {field: round(statistics.median(one[field] for one in found), 2) for field in found[0]} for name, found in runs.items()}


def measure_idle(options, peers, upstream, requests) -> dict:
    """Memory of each peer per stream that is open and quiet."""
    figures = {}
    for peer in peers:
        before = peer.memory("RssAnon")
        process = subprocess.Popen(
            [options.load / "gatewayload", "idle", str(peer.port), "5", str(options.streams), "0", requests["idle"]], stdout=subprocess.PIPE, text=True)
        assert process.stdout.readline() == "open\n"
        time.sleep(3)
        figures[peer.name] = {"bytesPerStream": (peer.memory("RssAnon") - before) // options.streams, "peakRSS": peer.memory("VmHWM")}
        assert process.wait() == 0
    return figures


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", type=pathlib.Path, required=True)
    parser.add_argument("--load", type=pathlib.Path, required=True, help="the folder of gatewayload and upstream")
    parser.add_argument("--results", type=pathlib.Path, required=True)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--streams", type=int, default=2_000)
    parser.add_argument("--only", nargs="*", help="gateway, or gatewayMax, gatewaySteady, gatewayLarge, gatewayBurst, gatewayPaced, gatewayIdle")
    options = parser.parse_args()
    options.program, options.load = options.program.resolve(), options.load.resolve()
    options.only = [] if options.only is None or "gateway" in options.only else options.only
    figures, load = {}, os.getloadavg()
    for names in (list(PARTS), ["gatewayIdle"]):
        wanted = [name for name in names if not options.only or name in options.only]
        if wanted:
            # A process that has served nothing yet for the memory of idle streams.
            with tempfile.TemporaryDirectory() as scratch:
                figures |= measure_with_new_peers(options, pathlib.Path(scratch), wanted)
    if not options.only:
        save(options, figures, load)


def measure_with_new_peers(options, scratch: pathlib.Path, parts: list[str]) -> dict:
    figures, started = {}, []
    try:
        upstream = start_upstream(options)
        started.append(upstream)
        started.append(start_nginx(scratch / "nginx", upstream))
        switchboard, key = start_switchboard(options, scratch / "switchboard", upstream)
        started.append(switchboard)
        requests = write_requests(scratch, key)
        for part in parts:
            made = measure_idle(options, started[1:], upstream, requests) if part == "gatewayIdle" else measure(options, part, started, upstream, requests)
            figures[part] = made
            print(part, json.dumps(made), flush=True)
        if "gatewayIdle" not in parts:
            figures["gatewayMemory"] = {peer.name: {"peakRSS": peer.memory("VmHWM")} for peer in started[1:]}
            print("gatewayMemory", json.dumps(figures["gatewayMemory"]), flush=True)
    finally:
        for peer in reversed(started):
            peer.end()
    return figures


#: What the table shows: part, field, words, factor, aim.
ROWS = [
    ("gatewayMax", "perSecond", "requests/s, 2 KB → 1 KB, 32 connections", 1, "≥ 12,000"),
    ("gatewayMax", "serverCPUus", "CPU µs per request", 1, "≤ 60"),
    ("gatewayMax", "wholeCPUus", "the same with what is booked after the run", 1, ""),
    ("gatewayMax", "settledAfterSeconds", "seconds until all is booked, after the run", 1, ""),
    ("gatewayMax", "p50us", "p50 ms at that rate", 1e-3, ""),
    ("gatewayMax", "p99us", "p99 ms at that rate", 1e-3, ""),
    ("gatewaySteady", "p50us", "p50 ms at 100 requests/s", 1e-3, ""),
    ("gatewaySteady", "p99us", "p99 ms at 100 requests/s", 1e-3, ""),
    ("gatewayLarge", "perSecond", "requests/s, 90 KB → 1 KB, 32 connections", 1, ""),
    ("gatewayLarge", "serverCPUus", "CPU µs per request of 90 KB", 1, ""),
    ("gatewayBurst", "serverCPUus", "CPU µs per stream of 105 events, all at once", 1, ""),
    ("gatewayPaced", "serverCPUus", "CPU µs per stream of 105 events, one each 5 ms", 1, ""),
    ("gatewayPaced", "firstByteP50us", "first byte of a paced stream, p50 ms", 1e-3, "≤ 0.6"),
    ("gatewayPaced", "firstByteP99us", "first byte of a paced stream, p99 ms", 1e-3, "≤ 1.0"),
    ("gatewayPaced", "textP50us", "delay of an event, p50 ms", 1e-3, ""),
    ("gatewayPaced", "textP99us", "delay of an event, p99 ms", 1e-3, ""),
    ("gatewayIdle", "bytesPerStream", "KB of memory per open, quiet stream", 1 / 1024, "≤ 40"),
    ("gatewayIdle", "peakRSS", "peak RSS with these streams, MB", 1 / 1024**2, ""),
    ("gatewayMemory", "peakRSS", "peak RSS over all other runs, MB", 1 / 1024**2, "≤ 60"),
]


def save(options, figures: dict, load):
    others = [peer["othersCores"] for part in figures.values() for peer in part.values() if "othersCores" in peer]
    made = record.begin(
        figures, rounds=options.rounds, secondsPerRun=options.seconds, loadAverageBefore=load[0], loadAverageAfter=os.getloadavg()[0],
        otherProcessesUsedCores=round(statistics.median(others), 2))
    record.save(options.results, "gateway", made, table(made))


def table(made: dict) -> str:
    lines = [
        f"# Gateway, {made['date']} ({made['machine']})", "",
        f"Measured at {made['time']}; load average {made['loadAverageBefore']:.1f} before, {made['loadAverageAfter']:.1f} after (the measurement's own"
        f" load included). Processes that have nothing to do with it used {made['otherProcessesUsedCores']} of the cores (median over the runs).",
        "Release build; upstream, proxies and generator share the cores; medians of runs in turn. Switchboard with key, limits, budget, ledger,",
        "health and its log of requests on; nginx with one worker as a plain reverse proxy: no key, limits, ledger, failover or log.",
        f"{made['rounds']} runs of {made['secondsPerRun']:g} s for each figure and peer, after a second of warming up.", "",
        "| figure | aim | direct | nginx | switchboard | to nginx |", "|---|---|---|---|---|---|"]
    for part, field, words, factor, aim in ROWS:
        found = {name: peer[field] * factor for name, peer in made["figures"].get(part, {}).items()}
        if "CPU" in field:
            found.pop("direct", None)
        shown = ["" if name not in found else record.number(found[name]) for name in ("direct", "nginx", "switchboard")]
        ratio = f"{found['switchboard'] / found['nginx']:.2f}" if found.get("nginx") and "switchboard" in found else ""
        lines.append(f"| {words} | {aim} | {shown[0]} | {shown[1]} | **{shown[2]}** | {ratio} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
