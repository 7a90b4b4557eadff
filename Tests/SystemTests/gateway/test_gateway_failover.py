"""Which node serves: failures, cool-downs, dead nodes, rate domains, stickiness, draining, queues; and clients that leave."""
import threading
import time

import httpx
import pytest

from support.gateway import HAIKU, QUICK, Background, hello, server_of


# Failures in a row


def test_three_failures_put_a_node_aside_and_it_is_not_asked_again_meanwhile(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("500", repeat=3)
    assert [server_of(key.ask(f"{number}")) for number in range(5)] == ["south"] * 5
    assert len(north.asked) == 3
    health = gateway.node("north")["health"]
    assert health["state"] == "cooling" and 0 < health["until"] - time.time() * 1_000 < 13_000 and "500" in health["words"], health
    path = f"/api/gateway/nodes/{gateway.node('north')['id']}/history"
    history = gateway.awaits(lambda: gateway.ada.get(path)["items"], 10, "the history")
    assert history[0]["to"] == "cooling" and history[0]["source"] == "traffic"


def test_two_failures_and_a_success_put_nothing_aside(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    # Three retries within 10 s are what the retry budget always allows.
    north.play("503", "503", "ok", "503", "ok")
    assert [server_of(key.ask(f"{number}")) for number in range(5)] == ["south", "south", "north", "south", "north"]
    assert gateway.state("north") == "healthy"


@pytest.mark.timeout(90)
def test_a_node_comes_back_by_one_real_request_at_a_time(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("500", repeat=3)
    # A probe that goes well would bring it back before its time.
    north.play("500", path="/", repeat=0)
    for number in range(3):
        key.ask(f"{number}")
    until = gateway.node("north")["health"]["until"]
    assert gateway.state("north") == "cooling"
    time.sleep(max(0.0, until / 1_000 - time.time()) + 0.2)
    # Ten at once: exactly one of them tries north.
    north.play("paced:50:20")
    before = len(north.asked)
    streams = [Background(key, f"half open {number}") for number in range(10)]
    for stream in streams:
        stream.begun()
    assert len(north.asked) - before == 1
    for stream in streams:
        assert stream.done.wait(20)
    for number in range(4):
        key.ask(f"healing {number}")
    assert gateway.state("north") == "healthy"


def test_the_last_node_is_never_put_aside(gateway, north, keys):
    gateway.add(north)
    key = keys(gateway)
    north.play("500", repeat=8)
    for number in range(8):
        assert key.ask(f"{number}").status_code == 500
    assert len(north.asked) == 8 and server_of(key.ask("then")) == "north"


def test_an_incident_of_the_provider_puts_no_node_aside(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("529", repeat=0)
    south.play("529", repeat=0)
    for number in range(6):
        assert key.ask(f"{number}").status_code == 529
    assert "cooling" not in {gateway.state("north"), gateway.state("south")}
    north.clear()
    south.clear()
    assert key.ask("after").status_code == 200


# What a person must mend, and what mends itself


@pytest.mark.parametrize("scene", ["401", "402", "403", "spend-limit"])
def test_a_node_whose_account_is_refused_stays_out_until_a_person_says_so(gateway, north, south, keys, scene):
    made, _ = gateway.add_both(north, south)
    key = keys(gateway)
    north.play(scene)
    assert [server_of(key.ask(f"{number}")) for number in range(3)] == ["south"] * 3
    assert len(north.asked) == 1 and gateway.state("north") == "dead"
    revived = gateway.change(made, "enable")
    assert revived["health"]["state"] != "dead"
    assert server_of(key.ask("now")) == "north"


def test_a_probe_by_a_person_revives_a_node(gateway, north, south, keys):
    made, _ = gateway.add_both(north, south, healthMethod="count")
    key = keys(gateway)
    north.play("401")
    key.ask()
    assert gateway.state("north") == "dead"
    tested = gateway.change(made, "test")
    assert tested["ok"] is True and tested["method"] == "count" and tested["status"] == 200, tested
    assert gateway.state("north") != "dead"


def test_a_rate_limit_closes_its_whole_domain_for_as_long_as_it_says(gateway, nodes, north, south, keys):
    west = nodes("west")
    gateway.add(north, priority=1, rateDomain="org-1")
    gateway.add(west, priority=2, rateDomain="org-1")
    gateway.add(south, priority=3)
    key = keys(gateway)
    north.play("429:3")
    begun = time.monotonic()
    assert [server_of(key.ask(f"{number}")) for number in range(4)] == ["south"] * 4
    assert (len(north.asked), len(west.asked)) == (1, 0)
    gateway.awaits(lambda: server_of(key.ask(f"{time.monotonic()}")) == "north", 10, "north's return")
    assert 2.8 < time.monotonic() - begun < 6


def test_when_all_are_limited_the_client_learns_the_true_time(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("429:40")
    south.play("429:20")
    assert key.ask().status_code == 429
    answer = key.ask("again")
    assert answer.status_code == 429 and 10 <= int(answer.headers["retry-after"]) <= 20
    assert answer.headers["x-switchboard-code"] == "gateway.nodes_unavailable"
    assert (len(north.asked), len(south.asked)) == (1, 1)


def test_a_node_that_lacks_a_model_serves_the_others(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("404")
    assert [server_of(key.ask(f"{number}")) for number in range(3)] == ["south"] * 3
    assert server_of(key.ask("hi", model="claude-opus-5-5")) == "north" and len(north.asked) == 2
    assert gateway.state("north") in ("healthy", "unknown")


# Who is chosen


def test_a_session_stays_with_its_node_and_sessions_spread(gateway, north, south, keys):
    gateway.add(north)
    gateway.add(south)
    key = keys(gateway)
    for number in range(12):
        headers = {"x-claude-code-session-id": f"session-{number}"}
        served = {server_of(key.http.post("/v1/messages", json=hello(f"turn {turn}"), headers=headers)) for turn in range(4)}
        assert len(served) == 1, served
    assert north.asked and south.asked


def test_a_conversation_stays_with_its_node_without_any_session_id(gateway, north, south, keys):
    gateway.add(north)
    gateway.add(south)
    key = keys(gateway)
    for number in range(8):
        messages = [{"role": "user", "content": f"conversation {number} begins"}]
        served = set()
        for turn in range(4):
            answer = key.http.post("/v1/messages", json=hello() | {"messages": messages, "system": "be kind"})
            served.add(server_of(answer))
            messages += [{"role": "assistant", "content": answer.json()["content"]}, {"role": "user", "content": f"turn {turn}"}]
        assert len(served) == 1, served
    assert north.asked and south.asked


def test_weights_share_the_load(gateway, north, south, keys):
    gateway.add(north, weight=300)
    gateway.add(south, weight=100)
    key = keys(gateway)
    streams = [Background(key, f"{number}") for number in range(60)]
    assert all(stream.done.wait(30) for stream in streams)
    assert len(north.asked) > len(south.asked) > 0


def test_a_full_node_gets_no_more(gateway, north, south, keys):
    gateway.add(north, priority=1, maxConcurrency=1)
    gateway.add(south, priority=2)
    key = keys(gateway)
    north.play("paced:50:40")
    first = Background(key, "first").begun()
    assert [server_of(key.ask(f"{number}")) for number in range(3)] == ["south"] * 3
    assert first.done.wait(20) and server_of(key.ask("later")) == "north"


def test_drained_and_disabled_nodes_get_nothing_new_and_finish_what_they_have(gateway, north, south, keys):
    made, _ = gateway.add_both(north, south)
    key = keys(gateway)
    north.play("paced:50:30")
    running = Background(key, "running").begun()
    for step, back in [("drain", "undrain"), ("disable", "enable")]:
        gateway.change(made, step)
        assert server_of(key.ask(f"{step}")) == "south"
        gateway.change(made, back)
        assert server_of(key.ask(f"{back}")) == "north"
    assert running.done.wait(20) and b"message_stop" in running.body


def test_what_waits_in_the_queue_is_served_when_there_is_room(gateways, north, keys):
    gateway = gateways(**(QUICK | {"GATEWAY_QUEUE_TIME": "10", "GATEWAY_QUEUE": "2"}))
    gateway.add(north, maxConcurrency=1)
    key = keys(gateway)
    north.play("paced:30:50")
    first = Background(key, "first").begun()
    waiting = [Background(key, f"waiting {number}") for number in range(2)]
    gateway.awaits(lambda: len([row for row in key.books() if row["status"] == "open"]) == 3, 5, "two in the queue")
    refused = key.ask("too many")
    assert (refused.status_code, refused.headers["x-switchboard-code"]) == (529, "gateway.queue_full")
    assert refused.json()["error"]["type"] == "overloaded_error"
    assert first.done.wait(20) and all(one.done.wait(20) and b"message_stop" in one.body for one in waiting)


def test_who_waits_too_long_is_told_so_in_its_familys_words(gateway, north, south, keys):
    gateway.add(north, maxConcurrency=1)
    gateway.add(south, family="openai", maxConcurrency=1)
    key = keys(gateway)
    north.play("paced:100:60")
    south.play("paced:100:60", path="/v1/chat/completions")
    running = Background(key, "first").begun()
    chatting = Background(key, path="/v1/chat/completions", model="gpt-6.1-sol")
    south.eventually(lambda node: len(node.asked) == 1)
    begun = time.monotonic()
    answer = key.ask("second")
    assert (answer.status_code, answer.headers["x-switchboard-code"]) == (529, "gateway.queue_timeout") and 0.9 < time.monotonic() - begun < 3
    other = httpx.post(gateway.base + "/v1/chat/completions", json=hello(model="gpt-6.1-sol"), headers={"authorization": f"Bearer {key.text}"})
    assert (other.status_code, other.headers["x-switchboard-code"]) == (503, "gateway.queue_timeout")
    assert not running.done.is_set() and not chatting.done.is_set()


# Clients that leave


@pytest.mark.parametrize("scene", ["paced:50:2000", "hang-mid-content", "hang-after-start", "black-hole", "slow:20000"])
def test_a_client_that_leaves_cancels_at_once_and_blames_nobody(gateways, north, south, keys, scene):
    gateway = gateways()
    gateway.add_both(north, south)
    key = keys(gateway)
    for number in range(4):
        north.play(scene)
        running = httpx.Client(base_url=gateway.base, timeout=30)
        request = running.build_request("POST", "/v1/messages", json=hello(f"{number}", stream=True), headers={"x-api-key": key.text})
        thread = threading.Thread(target=lambda: try_to_read(running, request), daemon=True)
        thread.start()
        north.eventually(lambda node: len(node.asked) == number + 1 and node.asked[-1].is_whole)
        time.sleep(0.2)
        left = time.monotonic()
        close_hard(running)
        north.eventually(lambda node: node.asked[number].left_early, 2)
        assert time.monotonic() - left < 1
    node = gateway.node("north")
    assert node["health"]["state"] in ("healthy", "unknown") and node["today"]["failures"] == 0 and node["health"]["inFlight"] == 0, node
    assert not south.asked
    assert [row["status"] for row in key.booked(4)] == ["cancelled"] * 4
    north.clear()
    assert server_of(key.ask("after")) == "north"


def try_to_read(client: httpx.Client, request: httpx.Request) -> None:
    try:
        client.send(request).read()
    except (httpx.TransportError, OSError, ValueError):
        pass


def close_hard(client: httpx.Client) -> None:
    """Closes the sockets under a request that is under way."""
    for connection in list(client._transport._pool.connections):
        stream = connection._connection._network_stream
        stream._sock.shutdown(2)
        stream._sock.close()


def test_a_client_that_leaves_the_queue_leaves_its_place(gateways, north, keys):
    gateway = gateways(**(QUICK | {"GATEWAY_QUEUE_TIME": "20", "GATEWAY_QUEUE": "1"}))
    gateway.add(north, maxConcurrency=1)
    key = keys(gateway)
    north.play("paced:50:60")
    first = Background(key, "first").begun()
    with pytest.raises(httpx.ReadTimeout):
        key.http.post("/v1/messages", json=hello("impatient"), timeout=0.5)
    waiting = Background(key, "patient")
    assert first.done.wait(20) and waiting.done.wait(20) and b"message_stop" in waiting.body
    assert len(north.asked) == 2


# The real Claude Code does not notice


def test_claude_code_survives_a_node_that_dies_between_turns(gateways, nodes, keys, claude_code):
    gateway = gateways()
    north, south = nodes("north"), nodes("south")
    gateway.add_both(north, south)
    claude = claude_code(gateway.base, keys(gateway).text)
    first = claude.ask("hi")
    assert "node north" in first["result"]
    north.kill()
    second = claude.ask("hello", "--resume", first["session_id"])
    assert "node south" in second["result"] and second["is_error"] is False


def test_claude_code_survives_a_node_that_dies_in_the_middle_of_a_turn(gateways, nodes, keys, claude_code):
    """Between the model's call of a tool and its result."""
    gateway = gateways()
    north, south = nodes("north"), nodes("south")
    gateway.add_both(north, south)
    claude = claude_code(gateway.base, keys(gateway).text)
    run = claude.start('use tool Bash with {"command":"touch begun; while [ ! -e go ]; do sleep 0.1; done; echo done"}', "--allowedTools", "Bash")
    gateway.awaits(lambda: (claude.work / "begun").exists(), 30, "the tool's start")
    north.kill()
    (claude.work / "go").touch()
    assert run.result().strip() == f"Practice node south answers as {HAIKU}: the tool has answered. 好的 👍"


def test_claude_code_survives_a_node_that_dies_in_the_middle_of_a_stream(gateways, nodes, keys, claude_code):
    gateway = gateways()
    north, south = nodes("north"), nodes("south")
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("paced:50:2000", path="/v1/messages")
    run = claude_code(gateway.base, key.text).start("hi")
    north.eventually(lambda node: node.asked and node.asked[0].status == 200, 30)
    time.sleep(1)
    north.kill()
    assert "Practice node south answers" in run.result()
    rows = key.booked(2)
    assert [row["status"] for row in rows] == ["completed", "failed"] and rows[1]["tries"][0]["certainty"] == "committed"


@pytest.mark.parametrize("scene", ["529", "429:60", "500", "reset-before-head", "reset-after-start", "error-early", "401", "not-http"])
def test_claude_code_does_not_notice_a_failing_node(gateways, north, south, keys, claude_code, scene):
    """One request of the client's, no retry of its own: it saw nothing."""
    gateway = gateways()
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play(scene)
    assert "Practice node south answers" in claude_code(gateway.base, key.text).say("hi")
    (row,) = key.booked()
    assert (row["status"], row["attempts"]) == ("completed", 2)
    assert south.asked[0].header("x-stainless-retry-count") == "0" and len(key.books()) == 1


def test_hundreds_of_streams_survive_a_node_that_dies_under_them(gateways, nodes, keys):
    """Whoever had content gets an error event; everybody else is served by the other node; nobody waits for ever."""
    gateway = gateways()
    north, south = nodes("north"), nodes("south")
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("paced:40:200", repeat=60)
    running = [Background(key, f"{number}") for number in range(60)]
    for stream in running:
        stream.begun()
    north.kill()
    later = [Background(key, f"later {number}") for number in range(60)]
    assert all(stream.done.wait(30) for stream in running + later)
    assert all(b"event: error" in stream.body and b"message_stop" not in stream.body for stream in running)
    assert all(b"Practice" in stream.body and b"message_stop" in stream.body for stream in later)
    gateway.awaits(lambda: all(row["status"] != "open" for row in key.books()), 10, "an empty house")

