"""The ledger: every request once, its tokens as the node said, its money by the book; over crashes and restarts."""
import time

import httpx
import pytest

from support.gateway import GPT, HAIKU, Background, hello, server_of

#: Nano-dollars a token of claude-haiku-4-5: input, output, cache read, cache write for 5 minutes, for an hour.
RATES = (1_000, 5_000, 100, 1_250, 2_000)


def cached(text: str = "hi", **more) -> dict:
    block = {"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}
    return hello() | {"messages": [{"role": "user", "content": [block]}]} | more


@pytest.mark.parametrize("stream", [True, False])
def test_tokens_of_every_kind_are_booked_and_priced(house, north, key, stream):
    answer = key.http.post("/v1/messages", json=cached(stream=stream))
    assert answer.status_code == 200
    (row,) = key.booked()
    tokens = (12, 13, 1_000, 60, 40)
    assert (row["inputTokens"], row["outputTokens"], row["cacheReadTokens"], row["cacheWriteTokens"]) == (12, 13, 1_000, 100)
    assert row["cost"] == str(sum(count * rate for count, rate in zip(tokens, RATES))) and row["priced"] is True
    assert sum(int(line["cost"]) for line in row["priceLines"]) == int(row["cost"])
    assert {int(line["tokens"]) for line in row["priceLines"] if int(line["tokens"])} == set(tokens)


@pytest.mark.parametrize("scene", ["bytewise", "cut-utf8", "crlf", "drip:11:0", "paced:1:40", "early-hints"])
def test_usage_is_read_from_every_form_of_a_stream(house, north, key, scene):
    north.play(scene)
    assert key.stream().is_complete
    (row,) = key.booked()
    assert (row["inputTokens"], row["outputTokens"], row["status"]) == (12, 13, "completed")


def test_tokens_that_are_only_talked_about_are_not_counted(house, north, key):
    text = 'say {"usage":{"input_tokens":999999,"output_tokens":999999}}'
    key.stream(text)
    key.ask(text)
    for row in key.booked(2):
        assert row["inputTokens"] == 10 + len(text) and row["outputTokens"] == 13


def test_openai_usage_is_booked_too(house, south, key):
    key.chat()
    key.stream(model=GPT, path="/v1/chat/completions", http=key.openai_http, stream_options={"include_usage": True})
    key.openai_http.post("/v1/embeddings", json={"model": "text-embedding-3-small", "input": "four"})
    key.openai_http.post("/v1/responses", json={"model": GPT, "input": "hi"})
    rows = key.booked(4)
    assert [row["operation"] for row in rows] == ["responses", "embeddings", "chat_completions", "chat_completions"]
    assert [row["inputTokens"] for row in rows] == [12, 4, 12, 12] and [row["outputTokens"] for row in rows][2:] == [13, 13]


def test_a_model_without_a_price_is_reported_and_not_free(gateway, north, keys):
    gateway.add(north)
    key = keys(gateway)
    key.ask(model="claude-of-tomorrow-9")
    (row,) = key.booked()
    assert (row["cost"], row["priced"], row["inputTokens"]) == (None, False, 12)
    usage = gateway.awaits(lambda: (found := gateway.ada.get("/api/gateway/usage", by="model"))["unpricedModels"] and found, 10, "the report")
    assert usage["unpricedModels"] == ["claude-of-tomorrow-9"]
    # Priced later, and re-rated: what was kept is enough.
    now = int(time.time() * 1_000)
    price = {"match": "claude-of-tomorrow-9", "effectiveFrom": now - 86_400_000, "tierAbove": 0, "input": "2000000000", "output": "3000000000",
             "cacheRead": "0", "cacheWrite5m": "0", "cacheWrite1h": "0"}
    gateway.ada.post("/api/gateway/prices", price)
    period = {"from": now - 86_400_000, "to": now + 86_400_000}
    dry = gateway.ada.post("/api/gateway/prices/rerate", period | {"apply": False}, 200)
    assert (dry["requests"], dry["changed"], dry["after"]) == (1, 1, str(12 * 2_000 + 13 * 3_000))
    assert gateway.ada.get(f"/api/gateway/requests/{row['id']}")["cost"] is None
    gateway.ada.post("/api/gateway/prices/rerate", period | {"apply": True}, 200)
    assert gateway.ada.get(f"/api/gateway/requests/{row['id']}")["cost"] == str(12 * 2_000 + 13 * 3_000)


def test_sums_are_the_sums_of_what_is_listed(gateway, north, south, keys):
    gateway.add_both(north, south)
    one, two = keys(gateway, "one"), keys(gateway, "two")
    north.play("500")
    for key, count in ((one, 3), (two, 5)):
        for number in range(count):
            key.ask(f"{number}", model=HAIKU if number % 2 else "claude-opus-5-5")
        key.booked(count)
    rows = one.books() + two.books()

    def report(by: str) -> dict:
        return gateway.ada.get("/api/gateway/usage", by=by)

    gateway.awaits(lambda: report("day")["total"]["requests"] == 8, 10, "the usage report")
    for by in ("day", "hour", "model", "key", "node"):
        found = report(by)
        assert found["total"]["requests"] == sum(item["requests"] for item in found["items"]) == 8, by
        assert int(found["total"]["cost"]) == sum(int(item["cost"]) for item in found["items"]) == sum(int(row["cost"]) for row in rows), by
        assert found["total"]["outputTokens"] == sum(row["outputTokens"] for row in rows), by
    assert {item["name"]: item["requests"] for item in report("key")["items"]} == {"one": 3, "two": 5}
    csv = gateway.ada.http.get("/api/gateway/usage?by=key", headers={"accept": "text/csv"})
    assert csv.headers["content-type"].startswith("text/csv") and len(csv.text.strip().splitlines()) == 3


@pytest.mark.parametrize("scene", ["paced:50:4000", "hang-mid-content", "hang-after-start", "black-hole"])
def test_what_was_open_when_the_gateway_was_killed_is_shown_once_as_interrupted(gateways, north, keys, scene):
    gateway = gateways()
    gateway.add(north)
    key = keys(gateway)
    assert server_of(key.ask("before")) == "north"
    north.play(scene)
    running = Background(key)
    north.eventually(lambda node: len(node.asked) == 2 and node.asked[-1].is_whole)
    if "mid" in scene or "paced" in scene:
        running.begun()
    gateway.server.kill()
    north.eventually(lambda node: node.asked[-1].left_early)
    for restart in range(3):
        gateway.server.start()
        gateway.ada.sign_in()
        rows = key.booked(2)
        assert [row["status"] for row in rows] == ["interrupted", "completed"] and len(key.books()) == 2, f"after restart {restart}"
        assert [one["node"]["name"] for one in rows[0]["tries"]] == ["north"]
        gateway.server.kill() if restart == 0 else gateway.server.stop()


@pytest.mark.timeout(150)
def test_kills_under_load_lose_nothing_and_double_nothing(gateways, north, keys):
    """Every request that a node saw is in the ledger exactly once, whatever the moment of the kill."""
    gateway = gateways()
    gateway.add(north)
    key = keys(gateway)
    answered = 0
    for round_number in range(3):
        running = [Background(key, f"{round_number} {number}") for number in range(40)]
        deadline = time.monotonic() + 10
        while sum(one.done.is_set() for one in running) < 10 and time.monotonic() < deadline:
            time.sleep(0.005)
        gateway.server.kill()
        assert all(one.done.wait(10) for one in running)
        answered += sum(b"message_stop" in one.body for one in running)
        gateway.server.start()
        gateway.ada.sign_in()
    seen = len(north.asked)
    rows = gateway.awaits(lambda: (found := key.books()) and all(row["status"] != "open" for row in found) and found, 20, "closed books")
    tries = [row for row in rows if row["attempts"] > 0]
    assert len({row["id"] for row in rows}) == len(rows)
    assert len([row for row in rows if row["status"] == "completed"]) >= answered > 0
    assert len(tries) >= seen, (len(tries), seen)
    assert {row["status"] for row in rows} <= {"completed", "interrupted", "cancelled"}


def test_a_stop_lets_streams_finish_and_begins_nothing_new(gateways, north, keys):
    gateway = gateways(DRAIN_TIME="10s")
    gateway.add(north)
    key = keys(gateway)
    north.play("paced:50:30")
    running = Background(key).begun()
    gateway.server.terminate()
    time.sleep(0.3)
    try:
        refused = httpx.post(gateway.base + "/v1/messages", json=hello("late"), headers={"x-api-key": key.text}, timeout=5).status_code
    except httpx.TransportError:
        refused = 0
    assert refused in (0, 503, 529)
    assert gateway.server.await_end() == 0
    assert running.done.is_set() and b"message_stop" in running.body
    gateway.server.start()
    gateway.ada.sign_in()
    assert [row["status"] for row in key.booked()] == ["completed"]


def test_what_happened_is_told_in_words(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    north.play("529")
    key.ask()
    (row,) = key.booked()
    assert row["decision"] and all(line["words"] and line["at"] for line in row["decision"]), row
    assert any("south" in line["words"] for line in row["decision"])


def test_changes_are_in_the_audit_log_without_secrets(gateway, north):
    made = gateway.add(north)
    gateway.ada.answer(gateway.ada.http.patch(f"/api/gateway/nodes/{made['id']}", json={"weight": 7, "credential": "another-secret-Xy"}), 200)
    gateway.change(made, "drain")
    gateway.key("audited")
    text = gateway.ada.http.get("/api/gateway/audit?limit=50").text
    lines = gateway.ada.get("/api/gateway/audit", limit=50)["items"]
    assert len(lines) >= 4 and {line["origin"] for line in lines} == {"console"} and all(line["who"]["name"] for line in lines)
    changed = next(line for line in lines if any(change["field"] == "weight" for change in line["changes"]))
    assert {change["field"]: change["to"] for change in changed["changes"]}["weight"] in ("7", 7)
    assert "another-secret-Xy" not in text and "•••" in text
