"""The input that kills a worker: the others come back, and the second time it is held back."""
import re
import time

import httpx
import pytest

from support import server as program
from support.ends import NEEDS_DEBUG, NEEDS_TOOL, Bystander, await_certificate, strike, why
from support.knocking import await_serving
from support.server import await_gone, command

pytestmark = [NEEDS_DEBUG, NEEDS_TOOL, pytest.mark.timeout(180)]


def test_an_input_that_kills_twice_is_held_back_and_everybody_can_ask_why(worlds):
    world = worlds(TEST_FAULTS="true")
    server = world.server
    bystander = Bystander(world)
    for death in (1, 2):
        worker = server.pid
        assert strike(server, "trap") is None
        await_gone(worker)
        await_serving(server.port)
        certificate = await_certificate(server, death)
        assert certificate["cause"] == "trap" and certificate["signal"] in (4, 5)
        place = next(frame for frame in certificate["crash"]["frames"] if frame["isOwn"])
        source = (program.TOP / place["file"]).read_text().splitlines()
        assert "trap(at:)" in place["function"] and "values[index + values.count]" in source[place["line"] - 1], place
    worker = server.pid
    answer = strike(server, "trap")
    assert answer is not None and answer.status_code == 503 and answer.json()["code"] == "web.input_quarantined"
    incident = answer.json()["incident"]
    assert re.fullmatch(r"[0-9a-f]{8}", incident) and int(answer.headers["retry-after"]) > 0
    assert server.pid == worker, "nobody died of it"
    # The number that the client got leads to the end, and the end to the number.
    held = certificate["held"]
    assert [one["incident"] for one in held] == [incident] and held[0]["fingerprint"] in certificate["poison"]
    assert any(one.get("fingerprint") == held[0]["fingerprint"] for one in certificate["inFlight"])
    for told in (why(server.data), why(server.data, incident)):
        assert "trap(at:)" in told.splitlines()[0] and f"incident {incident}" in told and "switchboard resume" in told
    assert incident in why(server.data, incident, "--language", "zh")
    assert server.status()["heldInputs"] == [{"input": held[0]["fingerprint"].lstrip("0"), "incident": incident}]
    # Only that: the others are as they were.
    bystander.comes_back()
    assert httpx.get(server.base + "/test/fault/unknown").status_code == 404


def test_resume_lets_a_held_input_in_again(worlds):
    world = worlds(TEST_FAULTS="true")
    server = world.server
    for _ in range(2):
        worker = server.pid
        strike(server, "trap")
        await_gone(worker)
        await_serving(server.port)
    assert strike(server, "trap").status_code == 503
    worker = server.pid
    assert command("resume", data=server.data).returncode == 0
    deadline = time.monotonic() + 20
    while server.status()["heldInputs"] or server.pid == worker:
        assert time.monotonic() < deadline, server.tail()
        time.sleep(0.05)
    await_serving(server.port)
    worker = server.pid
    assert strike(server, "trap") is None
    await_gone(worker)
