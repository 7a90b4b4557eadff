"""A thousand clients that ask for much and stop reading: memory stays bounded, the others are served, and the thousand are let go."""
import concurrent.futures
import os
import sys
import threading
import time

import pytest

from support.gateway import Gateway
from support.hostile import Pace, Stalled, allow_files, stalled_stream
from support.practice import PracticeNode

SOCKETS = int(os.environ.get("STALLED_SOCKETS", "700"))
STREAMS = int(os.environ.get("STALLED_STREAMS", "300"))
#: To each of the stalled sockets; of four kilobytes, so that most of them overflow what is kept for one.
MESSAGES = 90
#: A person has so many sockets at once.
SOCKETS_EACH = 8
#: What the house may hold for one that doesn't read: the backlog of a socket, or the room of a stream to both sides, and what is around it.
EACH = 256 * 1_024


@pytest.mark.timeout(240)
def test_a_thousand_stalled_readers_cost_bounded_memory_and_nobody_elses_time(worlds):
    allow_files(SOCKETS + STREAMS + 1_000)
    with PracticeNode("north") as north:
        world = worlds()
        gateway = Gateway(world.server)
        gateway.add(north)
        own, theirs = gateway.key(), gateway.key()
        assert own.ask("before").status_code == 200
        server = world.server
        lee = world.visitor(name="Lee")
        crowd = [world.visitor(name=f"Kim {number}") for number in range(-(-SOCKETS // SOCKETS_EACH))]
        conversations = [kim.send("the first word")["conversation"] for kim in crowd]
        sent = iter(range(1_000_000))

        def chat() -> None:
            lee.send(f"message {next(sent)}")

        def ask() -> None:
            assert own.ask("beside").status_code == 200

        before = Pace().measure(chat, 50), Pace().measure(ask, 30)
        sockets, resident = server.open_sockets, server.resident
        with concurrent.futures.ThreadPoolExecutor(8) as many:
            stalled = list(many.map(
                lambda number: Stalled(server, f"/ws/customer/{lee.key}", crowd[number % len(crowd)].ticket()), range(SOCKETS)))
        # Each of these gets a megabyte and takes a few kilobytes of it.
        north.play({"fault": "huge:1", "path": "/v1/messages", "repeat": STREAMS, "stream": True})
        with concurrent.futures.ThreadPoolExecutor(8) as many:
            streams = list(many.map(lambda _: stalled_stream(server.addresses["http"], theirs.text), range(STREAMS)))
        held = server.open_sockets - sockets

        def fill() -> None:
            with concurrent.futures.ThreadPoolExecutor(4) as many:
                list(many.map(
                    lambda conversation: [world.ada.send(conversation, text="x" * 3_900 + str(number)) for number in range(MESSAGES)], conversations))

        flood = threading.Thread(target=fill)
        flood.start()
        during, peak = (Pace(), Pace()), resident
        while flood.is_alive():
            during[0].measure(chat, 3, pause=0.02)
            during[1].measure(ask, 3, pause=0.02)
            peak = max(peak, server.resident)
        # Those who don't read at all are let go after half a minute.
        deadline = time.monotonic() + 75
        while server.open_sockets > sockets + 10 and time.monotonic() < deadline:
            during[0].measure(chat, 3, pause=0.05)
            during[1].measure(ask, 3, pause=0.05)
            peak = max(peak, server.resident)
        left = server.open_sockets - sockets
        print(f"{SOCKETS} stalled sockets and {STREAMS} stalled streams ({held} connections held): {(peak - resident) / 2**20:.0f} MiB more; chat before: "
              f"{before[0]}; during: {during[0]}; gateway before: {before[1]}; during: {during[1]}; left: {left}", file=sys.stderr)
        assert held >= (SOCKETS + STREAMS) * 0.9, "they were to be there at once"
        assert peak - resident < (SOCKETS + STREAMS) * EACH + 64 * 2**20, f"{(peak - resident) / 2**20:.0f} MiB"
        for was, became in zip(before, during):
            assert became.share(0.5) < max(0.1, was.share(0.5) * 5) and became.share(0.99) < max(1.0, was.share(0.99) * 5), (str(was), str(became))
        assert left <= 10, f"{left} are still there"
        assert server.status()["deaths"] == 0
        # Nobody lost anything by it: whoever comes again gets all of it.
        assert {kim.snapshot()["events"][-1]["seq"] for kim in crowd} == {MESSAGES + 1}
        for one in [*stalled, *streams]:
            one.close()
        own.close()
        theirs.close()


@pytest.mark.timeout(120)
def test_under_tls_a_hundred_stalled_readers_are_let_go_too(worlds):
    count = 100
    world = worlds(TLS_MODE="self-signed", HTTPS_PORT=0)
    server = world.server
    crowd = [world.visitor(name=f"Kim {number}") for number in range(-(-count // SOCKETS_EACH))]
    conversations = [kim.send("the first word")["conversation"] for kim in crowd]
    sockets, resident = server.open_sockets, server.resident
    stalled = [Stalled(server, f"/ws/customer/{world.key}", crowd[number % len(crowd)].ticket(), secure=True) for number in range(count)]
    held = server.open_sockets - sockets
    for number in range(MESSAGES * len(conversations)):
        world.ada.send(conversations[number % len(conversations)], text="x" * 3_900 + str(number))
    during, peak, deadline = Pace(), 0, time.monotonic() + 75
    while server.open_sockets > sockets + 5 and time.monotonic() < deadline:
        during.measure(lambda: world.ada.get("/api/shops"), 3, pause=0.1)
        peak = max(peak, server.resident)
    print(f"TLS, {held} stalled: {(peak - resident) / 2**20:.0f} MiB more; others: {during}", file=sys.stderr)
    assert held >= count and server.open_sockets <= sockets + 5
    assert peak - resident < count * 2 * EACH + 64 * 2**20 and during.share(0.99) < 1
    for one in stalled:
        one.close()
