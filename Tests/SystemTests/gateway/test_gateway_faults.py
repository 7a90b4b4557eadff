"""The fault matrix: each fault, streamed or not, with a second node or alone: what the client sees, who is blamed, what the ledger says."""
import dataclasses
import hashlib
import time

import httpx
import pytest

from support.gateway import Background, Stream, envelope, hello
from support.practice import make_certificate


@dataclasses.dataclass(frozen=True)
class Fault:
    """A fault before anything has reached the client, so that another node can take over."""
    scene: str
    #: What the ledger says about the attempt: how sure it is that the node did nothing; `a|b` where both are right.
    certainty: str
    #: Whether the node's health suffers.
    blamed: bool
    #: What the client gets when there is no other node; 0: the node's own answer, as it came.
    alone: tuple[int, ...] = (0,)
    #: Only for streams, or only for what is none.
    kinds: tuple[bool, ...] = (True, False)
    status: int | None = None
    charge: bool = False

    def __str__(self) -> str:
        return self.scene


def rejected(status: int, blamed: bool, scene: str = "") -> Fault:
    return Fault(scene or str(status), "rejected", blamed, status=status)


BROKEN = (502, 503, 504, 529)
GOES_ON = [
    rejected(401, True), rejected(402, True), rejected(403, True), rejected(404, False), rejected(408, False), rejected(409, False),
    rejected(429, False), rejected(429, False, "429:30"), rejected(429, True, "spend-limit"),
    rejected(500, True), rejected(502, True), rejected(503, True), rejected(504, True), rejected(529, True),
    Fault("black-hole", "possibly_accepted", True, BROKEN, charge=True),
    Fault("slow:4000", "possibly_accepted", True, BROKEN, charge=True),
    Fault("reset-before-head", "possibly_accepted", True, BROKEN, charge=True),
    Fault("close-before-head", "possibly_accepted", True, BROKEN, charge=True),
    Fault("not-http", "possibly_accepted", True, BROKEN, charge=True),
    Fault("oversized-header:300000", "possibly_accepted", True, BROKEN, charge=True),
    Fault("reset-after-head", "started|possibly_accepted", True, BROKEN, charge=True),
    Fault("hang-after-head", "started|possibly_accepted", True, BROKEN, charge=True, kinds=(True,)),
    Fault("reset-after-start", "started", True, BROKEN, charge=True, kinds=(True,)),
    Fault("hang-after-start", "started", True, BROKEN, charge=True, kinds=(True,)),
    Fault("error-early", "started", True, kinds=(True,), charge=True),
    Fault("error-early:api_error", "started", True, kinds=(True,), charge=True),
]
CASES = [(fault, stream) for fault in GOES_ON for stream in fault.kinds]
NAMES = [f"{fault}-{'stream' if stream else 'whole'}" for fault, stream in CASES]


def get(key, stream: bool) -> Stream:
    return Stream.read(key.http, "/v1/messages", hello(stream=stream))


def is_from(answer: Stream, stream: bool, node: str) -> bool:
    if answer.status != 200 or answer.broken:
        return False
    text = answer.words if stream else answer.text
    return f"Practice node {node} answers" in text and (not stream or answer.is_complete)


def was_blamed(gateway, name: str) -> bool:
    node = gateway.node(name)
    return node["today"]["failures"] > 0 or node["health"]["state"] in ("dead", "cooling") or (node["health"]["errorShare"] or 0) > 0


@pytest.mark.parametrize("fault, stream", CASES, ids=NAMES)
def test_a_healthy_second_node_takes_over_unseen(gateway, north, south, keys, fault, stream):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play(fault.scene)
    answer = get(key, stream)
    assert is_from(answer, stream, "south"), (answer.status, answer.broken, answer.body[-500:])
    assert answer.headers["x-switchboard-attempts"] == "2" and answer.headers["request-id"].startswith("req_south_")
    assert b"north" not in answer.body, "something of the first attempt came through"
    (row,) = key.booked()
    assert (row["status"], row["attempts"], row["node"]["name"], row["httpStatus"]) == ("completed", 2, "south", 200)
    first, second = row["tries"]
    assert first["certainty"] in fault.certainty.split("|") and (first["node"]["name"], first["suspectedCharge"]) == ("north", fault.charge), first
    if fault.status:
        assert (first["httpStatus"], first["outcome"]) == (fault.status, f"status_{fault.status}")
    assert (second["node"]["name"], second["certainty"], second["suspectedCharge"]) == ("south", "completed", False)
    assert row["inputTokens"] == 12 and row["outputTokens"] == 13
    if fault.status != 429 or fault.blamed:
        assert was_blamed(gateway, "north") == fault.blamed, gateway.node("north")
    assert not was_blamed(gateway, "south") and gateway.state("south") in ("healthy", "unknown")


@pytest.mark.parametrize("fault, stream", CASES, ids=NAMES)
def test_alone_it_is_an_honest_error(gateway, north, keys, fault, stream):
    gateway.add(north)
    key = keys(gateway)
    north.play(fault.scene)
    answer = get(key, stream)
    (row,) = key.booked()
    if fault.status == 429 and answer.status == 200:
        # The node came back before the request's time in the queue was over.
        return
    seen = north.asked[0]
    if fault.alone == (0,):
        assert (answer.status, hashlib.sha256(answer.body).hexdigest()) == (seen.status, seen.answer_sha256), answer.text
    else:
        assert answer.status in fault.alone or answer.status == 200 and stream and answer.types[-1:] == ["error"], (answer.status, answer.text)
        if answer.status != 200:
            error = envelope(httpx.Response(answer.status, headers=answer.headers, content=answer.body))
            assert error["type"] in ("api_error", "timeout_error", "overloaded_error") and answer.headers["x-switchboard-code"].startswith("gateway.")
    (only,) = row["tries"]
    assert row["status"] == "failed" and only["certainty"] in fault.certainty.split("|")
    assert len(north.asked) == 1, "the same node was asked again"
    # A node that is the only one is never put aside for failing: the next request is tried.
    if fault.status not in (401, 402, 403, 404, 429):
        assert is_from(get(key, stream), stream, "north")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("scene, status", [("400", 400), ("413", 413), ("422", 422), ("usage-limit", 400)])
def test_the_clients_own_fault_goes_to_the_client_and_nowhere_else(gateway, north, south, keys, scene, status, stream):
    gateway.add_both(north, south)
    key = keys(gateway)
    for _ in range(4):
        north.play(scene)
        answer = get(key, stream)
        seen = north.asked[-1]
        assert (answer.status, hashlib.sha256(answer.body).hexdigest()) == (status, seen.answer_sha256)
    assert len(north.asked) == 4 and not south.asked
    assert not was_blamed(gateway, "north")
    assert {(row["status"], row["attempts"], row["httpStatus"]) for row in key.booked(4)} == {("failed", 1, status)}


@pytest.mark.parametrize("scene", ["reset-mid-content", "close-mid-content", "hang-mid-content"])
def test_a_stream_that_breaks_in_the_middle_ends_in_an_error_and_never_goes_on_elsewhere(gateway, north, south, keys, scene):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play(scene)
    answer = get(key, True)
    assert answer.status == 200 and answer.words.startswith("Practice node north")
    assert answer.types[-1] == "error" and "message_stop" not in answer.types
    assert answer.events[-1]["error"]["type"] == "api_error" and answer.text.rstrip().rsplit("\n\n", 1)[-1].startswith("event: error\n")
    # What the node sent came as it was, and the error behind it.
    seen = north.asked[0]
    if seen.answer_sha256:
        assert hashlib.sha256(answer.body[:seen.answer_length]).hexdigest() == seen.answer_sha256
    assert not south.asked
    (row,) = key.booked()
    assert (row["status"], row["attempts"], row["tries"][0]["certainty"]) == ("failed", 1, "committed")
    assert row["inputTokens"] == 12, "what is known of the usage is kept"
    assert was_blamed(gateway, "north")


def test_an_openai_stream_that_breaks_in_the_middle_says_so_in_its_own_words(gateway, north, keys):
    gateway.add(north, family="openai")
    key = keys(gateway)
    north.play("reset-mid-content", path="/v1/chat/completions")
    got = Stream.read(key.openai_http, "/v1/chat/completions", hello(model="gpt-6.1-sol", stream=True))
    last = got.events[-1]
    assert set(last) == {"error"} and last["error"]["message"] and "[DONE]" not in got.text


def test_an_error_event_of_the_node_is_forwarded_as_it_is(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("error-late")
    answer = get(key, True)
    assert answer.types[-1] == "error" and answer.events[-1]["error"]["type"] == "overloaded_error" and answer.types.count("error") == 1
    assert hashlib.sha256(answer.body).hexdigest() == north.asked[0].answer_sha256 and not south.asked
    assert key.booked()[0]["status"] == "failed"


def test_a_stream_that_ends_without_its_end_is_not_given_one(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("truncated")
    answer = get(key, True)
    assert answer.words.startswith("Practice node north") and "message_stop" not in answer.types and not south.asked
    assert key.booked()[0]["status"] == "failed"


@pytest.mark.parametrize("scene", ["reset-mid-content", "close-mid-content", "length-too-long"])
def test_a_whole_answer_that_breaks_is_never_taken_for_a_whole_one(gateway, north, south, keys, scene):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play(scene)
    try:
        answer = get(key, False)
    except httpx.TransportError:
        return
    assert answer.broken or is_from(answer, False, "south"), answer.body


@pytest.mark.parametrize("scene", ["garbage", "malformed-events", "length-too-short", "redirect:http://127.0.0.1:9/", "truncated", "gzip", "early-hints"])
@pytest.mark.parametrize("stream", [True, False])
def test_no_nonsense_of_a_node_harms_what_comes_after_it(gateway, north, south, keys, scene, stream):
    gateway.add_both(north, south)
    key = keys(gateway)
    for _ in range(3):
        north.play(scene)
        try:
            answer = get(key, stream)
            assert answer.status in (200, 502)
        except httpx.TransportError:
            pass
    north.clear()
    assert is_from(get(key, stream), stream, "north") or is_from(get(key, stream), stream, "south")
    assert key.booked(4)[0]["status"] == "completed" and gateway.server.alive


@pytest.mark.parametrize("stream", [True, False])
def test_redirects_are_neither_followed_nor_handed_on(gateway, nodes, north, keys, stream):
    """Who follows one takes the node's credential, or the client's key, to another host."""
    elsewhere = nodes("elsewhere")
    gateway.add(north)
    key = keys(gateway)
    north.play(f"redirect:{elsewhere.base}/v1/messages")
    answer = get(key, stream)
    assert answer.status >= 500 and "location" not in answer.headers
    assert not elsewhere.requests()


def test_a_node_that_refuses_connections_costs_nothing(gateway, north, south, nodes, keys):
    west = nodes("west")
    gateway.add(west, priority=1)
    gateway.add(north, priority=2)
    key = keys(gateway)
    west.kill()
    assert is_from(get(key, True), True, "north")
    (row,) = key.booked()
    assert [(one["node"]["name"], one["certainty"], one["suspectedCharge"]) for one in row["tries"]] == [
        ("west", "not_sent", False), ("north", "completed", False)]
    assert was_blamed(gateway, "west")


def test_a_node_that_nobody_can_reach_is_given_up_within_the_connect_time(gateway, north, keys):
    """192.0.2.0/24 is for documentation (RFC 5737): packets to it go nowhere."""
    gateway.add("https://192.0.2.1", name="nowhere", priority=1, allowPrivate=True)
    gateway.add(north, priority=2)
    key = keys(gateway)
    answer = get(key, False)
    assert is_from(answer, False, "north")
    (row,) = key.booked()
    assert row["tries"][0]["certainty"] == "not_sent" and row["tries"][0]["ms"] < 3_000


def test_a_node_without_a_certificate_to_trust_gets_nothing(gateway, nodes, north, keys, tmp_path):
    certificate, private = make_certificate(tmp_path)
    west = nodes("west", "--tls-cert", str(certificate), "--tls-key", str(private))
    gateway.add(west, priority=1)
    gateway.add(north, priority=2)
    key = keys(gateway)
    assert is_from(get(key, False), False, "north")
    (row,) = key.booked()
    assert (row["tries"][0]["certainty"], row["tries"][0]["suspectedCharge"]) == ("not_sent", False)
    assert not west.requests() and was_blamed(gateway, "west")


def test_a_node_that_speaks_no_tls_where_it_should_is_passed_over(gateway, north, south, keys):
    gateway.add(south.base.replace("http:", "https:"), name="west", priority=1)
    gateway.add(north, priority=2)
    assert is_from(get(keys(gateway), False), False, "north") and not south.asked


def test_a_stale_connection_is_nobodys_fault(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    for _ in range(5):
        answer = get(key, False)
        assert is_from(answer, False, "north"), (answer.status, answer.text)
        # Its kept connections end, as a node's do when they are idle for long.
        north.hang_up()
    assert not was_blamed(gateway, "north") and not south.asked


def test_the_clients_see_pings_while_the_start_is_held_back(gateways, nodes, south, keys):
    """A start without content for 5 s: our own pings keep the client's line alive, and the node that takes over continues behind them."""
    gateway = gateways()
    west = nodes("west", "--fault", "hang-after-start")
    gateway.add_both(west, south)
    running = Background(keys(gateway))
    time.sleep(6.5)
    assert running.body.startswith(b":") and b"ping" in running.body and b"event:" not in running.body
    west.kill()
    assert running.done.wait(10)
    assert running.body.count(b"event: message_start") == 1 and b"node" in running.body and b"south" in running.body and b"message_stop" in running.body


def test_late_content_is_waited_for(gateway, north, south, keys):
    gateway.add_both(north, south)
    north.play("late-content:4000")
    assert is_from(get(keys(gateway), True), True, "north") and not south.asked


def test_at_most_two_extra_attempts_and_the_best_error_is_shown(gateway, nodes, keys):
    pool = [nodes(f"n{number}") for number in range(5)]
    for number, node in enumerate(pool):
        gateway.add(node, priority=number + 1)
        node.play(["401", "503", "429:9", "529", "529"][number])
    key = keys(gateway)
    answer = get(key, False)
    assert (answer.status, answer.headers["retry-after"], answer.headers["x-switchboard-attempts"]) == (429, "9", "3")
    assert hashlib.sha256(answer.body).hexdigest() == pool[2].asked[0].answer_sha256
    assert [len(node.asked) for node in pool] == [1, 1, 1, 0, 0]
    assert [one["httpStatus"] for one in key.booked()[0]["tries"]] == [401, 503, 429]


def test_nothing_that_was_streamed_in_is_sent_twice(gateway, north, south, keys):
    """A file goes to the node as it comes: there is nothing left to send to another one."""
    gateway.add_both(north, south)
    north.play("reset-before-head", path="/v1/files")
    form = {"file": ("a.txt", b"one" * 1_000, "text/plain")}
    answer = keys(gateway).http.post("/v1/files", files=form)
    assert answer.status_code >= 500 and not south.requests("/v1/files")
    envelope(answer)
