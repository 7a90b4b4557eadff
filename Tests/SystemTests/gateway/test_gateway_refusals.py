"""Bad input gets an error in the client's own family's words, with a request id, and no node hears of it."""
import json

import httpx
import pytest

from support.gateway import GPT, HAIKU, QUICK, envelope, hello, openai_envelope
from support.raw import Line

DEEP = b'{"model":"' + HAIKU.encode() + b'","messages":' + b"[" * 200_000 + b"]" * 200_000 + b"}"
MALFORMED = {
    "empty": b"", "space": b"  \n", "cut": b'{"model":"' + HAIKU.encode(), "no object": b"[]", "a word": b"hello", "no model": b'{"messages":[]}',
    "model is a number": b'{"model":5,"messages":[]}', "empty model": b'{"model":"","messages":[]}', "two values": json.dumps(hello()).encode() + b"{}",
    "trailing comma": json.dumps(hello()).encode()[:-1] + b",}", "single quotes": b"{'model':'x'}", "deep": DEEP, "no UTF-8": b'{"model":"\xff\xfe","messages":[]}',
    "control character": b'{"model":"a\nb","messages":[]}', "half an escape": b'{"model":"\\u12',
}


def check(answer: httpx.Response, family: str, status: int, code: str, type: str) -> None:
    assert answer.status_code == status, answer.text
    error = envelope(answer) if family == "anthropic" else openai_envelope(answer)
    assert error["type"] == type and error["message"], error
    assert answer.headers["x-switchboard-code"] == f"gateway.{code}"
    if family == "openai":
        assert error["code"].endswith(code)


@pytest.fixture
def both(house, north, south):
    """The shared gateway, whose nodes must hear nothing."""
    yield house
    assert not north.asked and not south.asked


PATHS = [("anthropic", "/v1/messages"), ("anthropic", "/v1/messages/count_tokens"), ("openai", "/v1/chat/completions"), ("openai", "/v1/embeddings")]


@pytest.mark.parametrize("family, path", PATHS)
@pytest.mark.parametrize("shown, code", [
    ({}, "key_missing"), ({"x-api-key": ""}, "key_missing"), ({"x-api-key": "sk-ant-api03-something"}, "key_unknown"), ({"x-api-key": "sb-" + "A" * 43}, "key_unknown"),
    ({"authorization": "Bearer sb-" + "A" * 43}, "key_unknown"), ({"authorization": "Basic c2I6eA=="}, "key_missing"), ({"authorization": "Bearer"}, "key_missing"),
    ({"x-api-key": "sb-" + "A" * 100_000}, "key_unknown"), ({"x-api-key": "admin"}, "key_unknown"), ({"x-api-key": "default-proxy-key"}, "key_unknown")])
def test_who_has_no_key_gets_nothing(both, family, path, shown, code):
    with httpx.Client(base_url=both.base) as http:
        answer = http.post(path, json=hello(), headers=shown)
        if answer.status_code == 431:
            return
        check(answer, family, 401, code, "authentication_error")
        assert not any(len(value) > 10 and value in answer.text for value in shown.values())


def test_x_api_key_wins_over_a_token(house, north, key):
    good, bad = key.text, "sb-" + "B" * 43
    for shown, status in [({"x-api-key": good, "authorization": f"Bearer {bad}"}, 200), ({"x-api-key": bad, "authorization": f"Bearer {good}"}, 401)]:
        assert httpx.post(house.base + "/v1/messages", json=hello(), headers=shown).status_code == status


@pytest.mark.parametrize("family, path", PATHS)
@pytest.mark.parametrize("name", MALFORMED)
def test_broken_json_is_refused_and_the_connection_lives_on(both, key, family, path, name):
    with httpx.Client(base_url=both.base, headers={"authorization": f"Bearer {key.text}"}) as http:
        for _ in range(2):
            answer = http.post(path, content=MALFORMED[name], headers={"content-type": "application/json"})
            check(answer, family, 400, "body_malformed", "invalid_request_error")


def test_a_huge_body_is_refused_before_it_is_taken_in(gateways, north, keys):
    gateway = gateways(**QUICK, GATEWAY_BODY_LIMIT=1)
    gateway.add(north)
    key = keys(gateway)
    just = json.dumps(hello()).encode()[:-1] + b',"x":"'
    fits = just + b"y" * (1_048_576 - len(just) - 2) + b'"}'
    assert key.http.post("/v1/messages", content=fits, headers={"content-type": "application/json"}).status_code == 200
    for family, path in PATHS:
        for content in (fits + b" ", iter([fits, b" " * 70_000])):
            try:
                answer = httpx.post(
                    gateway.base + path, content=content, headers={"x-api-key": key.text} if family == "anthropic" else {"authorization": f"Bearer {key.text}"})
            except httpx.WriteError:
                continue
            check(answer, family, 413, "body_too_large", "request_too_large")
    line = Line(gateway.server)
    answer = line.ask(f"POST /v1/messages HTTP/1.1\r\nHost: h\r\nx-api-key: {key.text}\r\ncontent-length: 33554432\r\n\r\n")
    line.close()
    assert answer.startswith("HTTP/1.1 413"), "the answer did not wait for 32 MB"
    assert len(north.asked) == 1


def test_a_model_that_no_node_serves_is_not_found(gateway, north, south, keys):
    gateway.add(north, models=[{"match": "claude-*", "to": None}])
    gateway.add(south, family="openai", models=[{"match": "gpt-*", "to": None}])
    key = keys(gateway)
    check(key.ask(model="llama-4"), "anthropic", 404, "model_unknown", "not_found_error")
    check(key.chat(model="llama-4"), "openai", 404, "model_unknown", "not_found_error")
    assert key.ask(model="claude-anything").status_code == 200 and key.chat(model="gpt-anything").status_code == 200


def test_a_family_that_no_node_speaks_is_told_so(gateway, north, keys):
    key = keys(gateway)
    for family, answer in (("anthropic", key.ask()), ("openai", key.chat())):
        check(answer, family, 400, "family_unserved", "invalid_request_error")
    gateway.add(north)
    check(key.chat(), "openai", 400, "family_unserved", "invalid_request_error")
    assert key.ask().status_code == 200


def test_files_and_batches_that_were_not_made_here_are_not_found(both, key):
    for method, path in [
            ("GET", "/v1/files/file_north_000001"), ("DELETE", "/v1/files/file_north_000001"), ("GET", "/v1/files/x/content"), ("GET", "/v1/messages/batches/msgbatch_north_1"),
            ("GET", "/v1/messages/batches/x/results"), ("POST", "/v1/messages/batches/x/cancel"), ("DELETE", "/v1/messages/batches/x"), ("GET", "/v1/files/..%2fmodels")]:
        answer = key.http.request(method, path)
        assert answer.status_code == 404, (path, answer.text)
        assert envelope(answer)["type"] == "not_found_error"


@pytest.mark.parametrize("request_text, statuses", [
    ("GET /v1/messages HTTP/1.1\r\nHost: h\r\n\r\n", {401, 404, 405}), ("POST /v1/../api/me HTTP/1.1\r\nHost: h\r\ncontent-length: 0\r\n\r\n", {400, 401, 404}),
    ("POST /v1/messages HTTP/1.1\r\nHost: h\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", {400, 401}),
    ("POST /v1/messages HTTP/1.1\r\nHost: h\r\ncontent-length: -1\r\n\r\n", {400}), ("POST //v1/messages HTTP/1.1\r\nHost: h\r\ncontent-length: 0\r\n\r\n", {400, 401, 404}),
    ("POST http://elsewhere/v1/messages HTTP/1.1\r\nHost: h\r\ncontent-length: 0\r\n\r\n", {400, 401, 404})])
def test_odd_requests_get_an_answer_and_reach_nobody(both, request_text, statuses):
    line = Line(both.server)
    line.say(request_text)
    line.socket.settimeout(5)
    heard = line.socket.recv(65_536).decode()
    line.close()
    assert int(heard.split(" ")[1]) in statuses, heard


def test_ids_of_refusals_are_in_the_servers_log_or_ledger_and_differ(both, key):
    answers = [key.http.post("/v1/messages", content=b"{") for _ in range(3)]
    assert len({answer.headers["x-request-id"] for answer in answers}) == 3
    rows = key.booked(3)
    assert {(row["status"], row["code"], row["httpStatus"], row["attempts"]) for row in rows} == {("refused", "gateway.body_malformed", 400, 0)}


def test_a_client_that_waits_for_a_go_ahead_gets_one(house, north, key):
    """`Expect: 100-continue`, as curl says it for large bodies."""
    body = json.dumps(hello(model=HAIKU))
    line = Line(house.server)
    line.say(f"POST /v1/messages HTTP/1.1\r\nHost: h\r\nx-api-key: {key.text}\r\nexpect: 100-continue\r\ncontent-length: {len(body)}\r\n\r\n")
    line.socket.settimeout(5)
    heard = line.socket.recv(1_000).decode()
    assert heard.startswith("HTTP/1.1 100 ")
    assert "HTTP/1.1 200" in heard.split("\r\n\r\n", 1)[1] + line.ask(body)
    line.close()
    assert "expect" not in north.asked[0].header_names


def test_bodies_that_never_come_cost_no_node_anything(both, key):
    for sent in ("", '{"model":', '{"model":"' + GPT):
        line = Line(both.server)
        line.say(f"POST /v1/messages HTTP/1.1\r\nHost: h\r\nx-api-key: {key.text}\r\ncontent-length: 500\r\n\r\n{sent}")
        line.close()
    assert key.http.get("/v1/models").status_code == 200
