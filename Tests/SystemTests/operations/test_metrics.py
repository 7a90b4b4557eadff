"""`GET /metrics` and the dashboard that is made for it."""
import json
import re

import httpx

from support.server import TOP, command
from support.wire import Wire


def test_figures_are_for_this_machine_or_who_has_the_token(worlds):
    world = worlds()
    base = world.server.base
    assert httpx.get(base + "/metrics").headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert httpx.get(base + "/metrics", headers={"x-forwarded-for": "203.0.113.9"}).status_code == 404
    world.server.stop()
    other = worlds("other", METRICS_TOKEN="a-token-of-some-length")
    base = other.server.base
    assert httpx.get(base + "/metrics").status_code == 404
    assert httpx.get(base + "/metrics", headers={"authorization": "Bearer wrong-token-of-length"}).status_code == 404
    page = httpx.get(base + "/metrics", headers={"authorization": "Bearer a-token-of-some-length", "x-forwarded-for": "203.0.113.9"})
    assert page.status_code == 200
    for line in page.text.splitlines():
        assert line.startswith("#") or len(line.rsplit(" ", 1)) == 2 and float(line.rsplit(" ", 1)[1]) >= 0
    # Units and names by Prometheus's conventions; none twice.
    names = [line.split()[2] for line in page.text.splitlines() if line.startswith("# TYPE")]
    assert len(names) == len(set(names))
    assert all(name.startswith(("switchboard_", "process_")) for name in names)
    kinds = {line.split()[2]: line.split()[3] for line in page.text.splitlines() if line.startswith("# TYPE")}
    assert all(name.endswith("_total") for name, kind in kinds.items() if kind == "counter")


def test_the_dashboard_shows_figures_that_there_are(worlds):
    world = worlds()
    visitor = world.visitor()
    ada = Wire.open(world.ada)
    visitor.send("hello")
    # Frames are counted before they are handed over: what was heard has been counted.
    ada.expect("feed")
    ada.close()
    command("node", "add", "--name", "north", "--url", "https://north.invalid", data=world.server.data)
    page = httpx.get(world.server.base + "/metrics").text
    counted = {name: float(value) for name, value in re.findall(r"(?m)^(switchboard_desk_events_total\{kind=\"message\"\}|switchboard_desk_deliveries_total) (\S+)", page)}
    assert counted['switchboard_desk_events_total{kind="message"}'] == 1 and counted["switchboard_desk_deliveries_total"] >= 1, counted
    known = set(re.findall(r"(?m)^# TYPE (\S+)", page)) | set(re.findall(r"(?m)^([a-z_]+)[{ ]", page))
    # What comes only with requests through nodes is checked where there are some; its names are in the program.
    sources = "".join(path.read_text() for path in (TOP / "Sources").rglob("*Figures*.swift"))
    board = json.loads((TOP / "packaging/grafana-dashboard.json").read_text())
    wanted = {name for panel in board["panels"] for target in panel.get("targets", []) for name in re.findall(r"(?:switchboard|process)_[a-z_]+", target["expr"])}
    assert len(wanted) > 20
    for name in wanted:
        base = re.sub("_(bucket|sum|count)$", "", name)
        assert name in known or base in known or f'"{base}"' in sources, name
