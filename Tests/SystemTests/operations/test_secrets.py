"""A hundred canaries in environment, settings, headers and bodies: none in logs, certificates, figures, the bundle, or what others see of the processes."""
import json
import pathlib
import secrets
import subprocess
import tarfile
import time

import httpx

from support.server import PROGRAM, clean_environment, command
from support.world import World


def canaries(kind: str, count: int) -> list[str]:
    return [f"canary{kind}{secrets.token_hex(8)}" for _ in range(count)]


def test_no_canary_leaves_the_house(tmp_path, worlds):
    settings = {
        "METRICS_TOKEN": canaries("token", 1)[0], "UPSTREAM_BASE_URL": "https://upstream.invalid", "UPSTREAM_API_KEY": "sk-" + canaries("upstream", 1)[0],
        "UPSTREAM_NAME": "north", "LOG_LEVEL": "debug",
    }
    world: World = worlds(**settings)
    server = world.server
    sent = [settings["METRICS_TOKEN"], settings["UPSTREAM_API_KEY"]]
    with httpx.Client(base_url=server.base, timeout=10) as client:
        for place in range(30):
            header, body, query = canaries("header", 1)[0], canaries("body", 1)[0], canaries("query", 1)[0]
            sent += [header, body, query]
            shape = place % 5
            if shape == 0:
                client.post("/api/sessions", json={"email": f"{body}@x.example", "password": body}, headers={"x-odd": header, "origin": server.base})
            elif shape == 1:
                client.post("/v1/messages", json={"model": "claude-x", "messages": [{"role": "user", "content": body}]}, headers={"x-api-key": header})
            elif shape == 2:
                client.get(f"/health?token={query}", headers={"authorization": f"Bearer {header}", "cookie": f"session={body}"})
            elif shape == 3:
                client.post("/v1/chat/completions?key=" + query, content=b"{broken " + body.encode(), headers={"authorization": f"Bearer {header}"})
            else:
                client.get("/metrics", headers={"authorization": f"Bearer {header}", "referer": f"https://x.example/?t={query}"})
    visitor = world.visitor(name=(name := canaries("name", 1)[0]))
    visitor.send(said := canaries("said", 1)[0])
    made = command("key", "create", "--name", "laptop", data=server.data)
    sent += [name, said, made.stdout.strip()]
    assert len(sent) >= 95 and all(sent)

    figures = httpx.get(server.base + "/metrics", headers={"authorization": "Bearer " + settings["METRICS_TOKEN"]}).text
    assert "switchboard_http_requests_total" in figures
    places = {"figures": figures}
    server.kill_worker()
    deadline = time.monotonic() + 20
    ends = server.data / "crashes"
    while not list(ends.glob("*/certificate.json")):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    world.server.await_line("listening", since=len(server.lines) // 2)
    file = tmp_path / "bundle.tar.gz"
    bundled = subprocess.run(
        [str(PROGRAM), "bundle", "--to", str(file)], env=clean_environment(DATA_DIR=server.data, **settings), cwd=tmp_path, capture_output=True, text=True)
    assert bundled.returncode == 0, bundled.stderr
    with tarfile.open(file) as archive:
        names = {member.name.split("/", 1)[1] for member in archive.getmembers()}
        assert {"version.json", "doctor.json", "settings.txt", "metrics.txt", "status.json", "MANIFEST.json"} <= names
        assert any(name.startswith("ends/") for name in names)
        manifest = json.load(archive.extractfile("switchboard-bundle/MANIFEST.json"))
        assert {entry["name"] for entry in manifest["files"]} == names - {"MANIFEST.json"}
        for member in archive.getmembers():
            places["bundle " + member.name] = archive.extractfile(member).read().decode()
    places["log"] = "\n".join(server.lines)
    for path in ends.rglob("*"):
        if path.is_file():
            places[f"evidence {path.name}"] = path.read_bytes().decode("latin-1")
    for pid in [server.supervisor, *server.workers]:
        places[f"command line of {pid}"] = pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
    places["why"] = command("why", data=server.data).stdout
    places["doctor"] = command("doctor", "--json", "--all", data=server.data, **settings).stdout
    leaks = [(place, canary) for place, text in places.items() for canary in sent if canary in text]
    assert leaks == []
    # What names the house is not in what is sent to strangers either.
    for place, text in places.items():
        if place.startswith("bundle"):
            assert "Lantern" not in text and "north" not in text and str(server.data) not in text, place
