"""SIGTERM: nobody is cut off, everybody is told."""
import socket
import threading
import time

import httpx
import pytest

from support.raw import Line

from support.ulid import ulid
from support.wire import Wire


@pytest.fixture
def own_world(worlds):
    """With the drain time that users have."""
    return worlds(DRAIN_TIME="10s")


def test_live_sockets_are_told_to_move_and_then_closed_as_going_away(own_world):
    kim = own_world.visitor()
    wires = [Wire.open(kim), Wire.open(own_world.ada)]
    own_world.server.terminate()
    for wire in wires:
        assert wire.expect("move")["afterMs"] >= 0
    assert [wire.closed(15) for wire in wires] == [1001, 1001]
    assert own_world.server.await_end() == 0


def test_a_draining_server_is_not_ready_but_finishes_what_it_began(own_world):
    kim = own_world.visitor()
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    answers = []
    began = time.monotonic()
    poll = threading.Thread(target=lambda: answers.append(kim.http.get(
        f"{kim.base}/sync", params={"epoch": epoch, "conversation": f"{conversation}:1", "wait": 4})))
    poll.start()
    # The poll is known to be under way when the server counts its visitor as present.
    staff = Wire.open(own_world.ada)
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        online = [frame for frame in staff.settle() if frame["type"] == "presence"]
        if any(kim.id in frame.get("online", {}).get("customers", []) for frame in online if isinstance(frame.get("online"), dict)):
            break
        if any(frame.get("customer") == kim.id and frame.get("online") is True for frame in online):
            break
    own_world.server.terminate()
    poll.join(15)
    assert answers and answers[0].status_code == 200 and answers[0].json()["frames"][-1]["type"] == "resumed"
    assert own_world.server.await_end() == 0
    assert time.monotonic() - began < 15


def test_everything_acknowledged_before_sigterm_is_there_after_the_next_start(own_world):
    kim = own_world.visitor()
    wire = Wire.open(kim)
    acked = []
    names = [ulid() for _ in range(16)]
    for number, name in enumerate(names):
        wire.send(text=f"{number}", client_id=name, ref=number)
    own_world.server.terminate()
    try:
        while True:
            frame = wire.next(15)
            if frame["type"] == "ack":
                acked.append(frame["clientID"])
    except Exception:
        pass
    assert own_world.server.await_end() == 0
    own_world.server.restart()
    stored = [event["clientID"] for event in kim.snapshot()["events"]]
    assert set(acked) <= set(stored) and len(stored) == len(set(stored))


def time_to_end(server) -> float:
    began = time.monotonic()
    assert server.stop() == 0
    return time.monotonic() - began


@pytest.mark.parametrize("settings", [{}, {"TLS_MODE": "self-signed", "HTTPS_PORT": 0}], ids=["plain", "tls"])
def test_idle_connections_that_nobody_closes_do_not_hold_a_stop_up(server, settings):
    """Such as a proxy's or a client library's pool keeps: they look at a connection only when they need it."""
    started = server(DRAIN_TIME="10s", **settings).start()
    kept, fresh = Line(started), Line(started)
    assert kept.ask("GET /health HTTP/1.1\r\nHost: a\r\n\r\n").startswith("HTTP/1.1 200")
    try:
        assert time_to_end(started) < 0.5
        assert kept.rest() == "" and fresh.rest() == ""
    finally:
        kept.close()
        fresh.close()


def test_idle_http2_connections_are_told_and_closed_at_once(server):
    started = server(DRAIN_TIME="10s", TLS_MODE="self-signed", HTTPS_PORT=0).start()
    with httpx.Client(verify=False, http2=True) as client:
        assert client.get(started.base + "/health").http_version == "HTTP/2"
        assert time_to_end(started) < 0.5


def test_a_request_that_had_begun_learns_that_the_server_is_draining(server):
    started = server(DRAIN_TIME="10s").start()
    line = Line(started)
    line.say("GET /ready HTTP/1.1\r\nHo")
    # Half a head is answered by nothing; but whoever comes later on any of the event loops is answered after it was read.
    for _ in range(16):
        assert httpx.get(started.base + "/health").status_code == 200
    started.terminate()
    started.await_line("draining")
    line.say("st: a\r\n\r\n")
    answer = line.rest()
    line.close()
    assert answer.startswith("HTTP/1.1 503 ") and answer.endswith('{"status":"draining"}')
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", started.port), 5).close()
    assert started.await_end() == 0


@pytest.mark.parametrize("settings", [{}, {"TLS_MODE": "self-signed", "HTTPS_PORT": 0}], ids=["plain", "tls"])
def test_a_client_that_shuts_its_writing_side_after_its_request_still_gets_the_answer(server, settings):
    started = server(**settings).start()
    line = Line(started)
    line.say("GET /health HTTP/1.1\r\nHost: a\r\n\r\nGET /ready HTTP/1.1\r\nHost: a\r\n\r\n")
    line.finish()
    answers = line.rest()
    line.close()
    assert answers.count("HTTP/1.1 200") == 2 and answers.endswith('{"status":"ready"}')


def test_a_client_that_never_ends_holds_a_drain_up_no_longer_than_its_time(own_world):
    kim = own_world.visitor()
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    poll = threading.Thread(target=lambda: swallow(lambda: kim.http.get(
        f"{kim.base}/sync", params={"epoch": epoch, "conversation": f"{conversation}:1", "wait": 25})))
    poll.start()
    own_world.server.terminate()
    began = time.monotonic()
    assert own_world.server.await_end(20) == 0
    assert time.monotonic() - began < 15
    poll.join(5)


def swallow(act) -> None:
    try:
        act()
    except httpx.HTTPError:
        pass
