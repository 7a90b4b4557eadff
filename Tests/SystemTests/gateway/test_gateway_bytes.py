"""What goes through the gateway is what was sent: bytes, targets, headers; and what must stay behind stays behind."""
import hashlib
import json
import random

import httpx
import pytest

from support.gateway import GPT, HAIKU, NODE_SECRET, Stream, hello


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def odd_bodies() -> dict[str, bytes]:
    """JSON that every reader understands and no writer would write."""
    plain = json.dumps(hello()).encode()
    return {
        "spaces": json.dumps(hello(), indent=7).encode() + b"\n\n\t ",
        "leading": b" \r\n\t" + plain,
        "order": b'{"messages":[{"content":"hi","role":"user"}],"zebra":1,"max_tokens":64,"model":"' + HAIKU.encode() + b'","alpha":{"b":1,"a":2}}',
        "numbers": plain[:-1] + b',"metadata":{"n":[1.0,1e5,-0,0.1,123456789012345678901234567890,1E+2]}}',
        "escapes": plain[:-1] + b',"x":"\\u0041\\/\\u00e9\\ud83d\\ude00 \\b\\f"}',
        "unicode": json.dumps(hello("好的 👍 \u2028 é"), ensure_ascii=False).encode(),
        "repeated": plain[:-1] + b',"x":{"a":1,"a":2},"x":{"a":3}}',
        "deep": plain[:-1] + b',"x":' + b"[" * 60 + b"]" * 60 + b"}",
        "decoy": b'{"messages":[{"role":"user","content":"{\\"model\\":\\"no\\",\\"stream\\":true}"}],"x":{"model":"no"},"max_tokens":9,"model":"' + HAIKU.encode() + b'"}',
        "escaped name": b'{"mod\\u0065l":"' + HAIKU.encode() + b'","max_tokens":9,"messages":[{"role":"user","content":"hi"}]}',
    }


@pytest.mark.parametrize("name", odd_bodies())
def test_a_requests_bytes_are_forwarded_unchanged(north, key, name):
    body = odd_bodies()[name]
    answer = key.http.post("/v1/messages?beta=true", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    (seen,) = north.asked
    assert (seen.sha256, seen.length, seen.target) == (sha(body), len(body), "/v1/messages?beta=true")


def test_random_json_is_forwarded_unchanged(north, key):
    dice = random.Random(20261121)

    def value(depth: int) -> object:
        kind = dice.randrange(8 if depth < 4 else 6)
        if kind < 2:
            return "".join(chr(dice.choice([34, 92, 10, 127, 233, 0x4F60, 0x1F44D, 97])) for _ in range(dice.randrange(20)))
        if kind < 6:
            return [True, None, dice.randrange(10**9), dice.random()][kind - 2]
        if kind == 6:
            return [value(depth + 1) for _ in range(dice.randrange(5))]
        return {value_text(): value(depth + 1) for _ in range(dice.randrange(5))}

    def value_text() -> str:
        return "".join(dice.choice('model"stream\\{}: ,max_tokens') for _ in range(dice.randrange(12)))

    for _ in range(60):
        fields = list((hello() | {f"x-{n}-{value_text()}": value(0) for n in range(dice.randrange(6))}).items())
        dice.shuffle(fields)
        body = json.dumps(dict(fields), ensure_ascii=dice.random() < 0.5, indent=dice.choice([None, 0, 3])).encode("utf-8", "surrogatepass")
        assert key.http.post("/v1/messages", content=body, headers={"content-type": "application/json"}).status_code == 200, body
        assert north.asked[-1].sha256 == sha(body), body


def test_a_chunked_body_and_a_large_one_arrive_whole(north, key):
    pieces = [json.dumps(hello()).encode()[:-1], b',"x":"' + b"y" * 70_000, b"z" * 10_000_000, b'"}']
    answer = key.http.post("/v1/messages", content=iter(pieces), headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    (seen,) = north.asked
    assert (seen.sha256, seen.header("content-length")) == (sha(b"".join(pieces)), str(sum(map(len, pieces))))


def test_the_second_node_gets_the_same_bytes(gateway, north, south, keys):
    gateway.add_both(north, south)
    key = keys(gateway)
    for number, fault in enumerate(["503", "reset-before-head"]):
        # Another conversation each time: one that has moved stays where it is.
        body = odd_bodies()["numbers"].replace(b'"hi"', b'"conversation %d"' % number)
        north.play(fault)
        answer = key.http.post("/v1/messages?beta=true", content=body, headers={"content-type": "application/json", "x-odd": "kept"})
        assert answer.status_code == 200 and answer.headers["x-switchboard-attempts"] == "2"
        for seen in (north.asked[-1], south.asked[-1]):
            assert (seen.sha256, seen.target, seen.header("x-odd")) == (sha(body), "/v1/messages?beta=true", "kept")
    assert len(north.asked) == len(south.asked) == 2


def test_a_mapped_model_changes_only_the_bytes_of_its_value(gateway, north, keys):
    gateway.add(north, models=[{"match": "ours-*", "to": HAIKU}, {"match": "claude-*", "to": None}])
    key = keys(gateway)
    for name, body in odd_bodies().items():
        asked = body.replace(HAIKU.encode(), "ours-é-\\u0031".encode())
        answer = key.http.post("/v1/messages", content=asked, headers={"content-type": "application/json"})
        assert answer.status_code == 200, (name, answer.text)
        assert north.asked[-1].sha256 == sha(body), name
    assert key.booked()[0]["mappedModel"] == HAIKU


ANSWERS = ["ok", "crlf", "bytewise", "cut-utf8", "drip:7:0", "gzip", "huge:3", "paced:1:50", "early-hints", "400", "error-late"]


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("fault", ANSWERS)
def test_an_answers_bytes_are_forwarded_unchanged(north, key, fault, stream):
    north.play(fault)
    with key.http.stream("POST", "/v1/messages", json=hello(stream=stream)) as answer:
        body = b"".join(answer.iter_raw())
    (seen,) = north.asked
    assert (seen.fault or "ok").startswith(fault.split(":")[0])
    assert (sha(body), len(body), answer.status_code) == (seen.answer_sha256, seen.answer_length, seen.status)


@pytest.mark.parametrize("path, extra", [
    ("/v1/chat/completions", {}), ("/v1/chat/completions", {"stream": True}), ("/v1/responses", {"input": "hi"}), ("/v1/responses", {"input": "hi", "stream": True}),
    ("/v1/embeddings", {"input": ["hi"]})])
def test_openai_bytes_are_forwarded_unchanged_too(south, key, path, extra):
    body = json.dumps(hello(model=GPT) | extra, indent=3).encode()
    with key.openai_http.stream("POST", path + "?a=b", content=body, headers={"content-type": "application/json"}) as answer:
        got = b"".join(answer.iter_raw())
    (seen,) = south.asked
    assert (seen.sha256, seen.target) == (sha(body), path + "?a=b")
    assert (sha(got), answer.status_code) == (seen.answer_sha256, 200)


@pytest.mark.parametrize("target", ["/v1/messages?beta=true", "/v1/messages?", "/v1/messages?a=%20b&a=c+d&%E5%A5%BD", "/v1/messages?x=/../..&y=?"])
def test_a_target_is_forwarded_as_it_is(north, key, target):
    from support.raw import Line
    body = json.dumps(hello())
    line = Line(key.gateway.server)
    answer = line.ask(
        f"POST {target} HTTP/1.1\r\nHost: h\r\nx-api-key: {key.text}\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n{body}")
    line.close()
    assert answer.startswith("HTTP/1.1 200") and [one.target for one in north.asked] == [target]


def test_paths_that_the_gateway_does_not_know_are_passed_on_with_everything(north, south, key, gateways, keys):
    content = b"\x00\xff anything"
    answer = key.http.post("/v1/practice?x=%41", content=content)
    assert answer.json() == {"node": "north", "method": "POST", "target": "/v1/practice?x=%41", "length": len(content)}
    assert key.openai_http.post("/v1/practice").json()["node"] == "south"
    strict = gateways(GATEWAY_PASS_UNKNOWN="false")
    strict.add(north)
    assert keys(strict).http.post("/v1/practice").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "PATCH"])
def test_what_a_path_names_must_have_been_made_here(north, key, method):
    """A segment that is no known word is somebody's id."""
    answer = key.http.request(method, "/v1/practice/echo")
    assert (answer.status_code, answer.headers["x-switchboard-code"]) == (404, "gateway.owner_unknown") and north.asked == []


# Headers


def test_unknown_headers_pass_to_the_node_in_their_order(north, key):
    sent = [
        ("anthropic-beta", "one,two"), ("X-Odd-Case", "a  b\tc;=,\"'"), ("anthropic-beta", "three"), ("x-stainless-os", "Linux"),
        ("anthropic-next-thing", "v"), ("x-claude-code-session-id", "s-1"), ("x-empty", ""), ("user-agent", "odd/1"), ("x-practice", "a"), ("accept", "x/y")]
    answer = key.http.post("/v1/messages", json=hello(), headers=sent)
    assert answer.status_code == 200
    (seen,) = north.asked
    got = [(name.lower(), value) for name, value in seen.headers]
    wanted = [(name.lower(), value) for name, value in sent]
    assert [pair for pair in got if pair[0] in {name for name, _ in wanted}] == wanted
    assert seen.header("anthropic-version") == "2023-06-01"


def test_what_is_the_clients_or_the_hops_own_stays_behind(north, key):
    private = {
        "cookie": "switchboard=session-secret; a=b", "authorization": "Bearer other-secret", "x-forwarded-for": "10.1.2.3", "x-forwarded-host": "inner.example",
        "forwarded": "for=10.1.2.3", "connection": "keep-alive, x-hop", "x-hop": "secret-hop", "keep-alive": "timeout=5", "te": "trailers",
        "proxy-authorization": "Basic c2VjcmV0", "upgrade": "h2c", "accept-encoding": "gzip, br, zstd"}
    assert key.http.post("/v1/messages", json=hello(), headers=private).status_code == 200
    (seen,) = north.asked
    assert seen.header("x-api-key") == NODE_SECRET
    assert seen.header("accept-encoding") == "identity" and seen.header("host") == north.base.removeprefix("http://")
    gone = {"cookie", "authorization", "x-forwarded-for", "x-forwarded-host", "forwarded", "x-hop", "keep-alive", "te", "proxy-authorization", "upgrade"}
    assert not gone & seen.header_names, seen.headers
    everything = repr(seen.headers)
    assert not [secret for secret in ("session-secret", "other-secret", "10.1.2.3", "inner.example", "c2VjcmV0", key.text) if secret in everything]


def test_a_bearer_key_of_ours_is_never_forwarded(north, key):
    answer = httpx.post(key.gateway.base + "/v1/messages", json=hello(), headers={"authorization": f"Bearer {key.text}", "anthropic-version": "2023-06-01"})
    assert answer.status_code == 200
    assert key.text not in repr(north.asked[-1].headers) and "authorization" not in north.asked[-1].header_names


def test_a_node_answers_headers_reach_the_client_but_its_identity_does_not(north, key):
    for answer in (key.ask(), key.stream()):
        headers = answer.headers
        assert headers["request-id"].startswith("req_north_") and headers["anthropic-ratelimit-requests-limit"] == "1000"
        assert headers["anthropic-ratelimit-tokens-reset"] == "2027-01-01T00:00:00Z" and headers["anthropic-organization-id"] == "org-practice-north"
        assert headers["x-request-id"] and headers["x-request-id"] != headers["request-id"]
        assert "set-cookie" not in headers and "via" not in headers and "practice" not in headers.get("server", "")
        assert "x-switchboard-attempts" not in headers


def test_errors_of_a_node_keep_their_words_and_headers(gateway, north, keys):
    gateway.add(north)
    north.play("429:17")
    answer = keys(gateway).ask()
    assert answer.status_code == 429 and answer.headers["retry-after"] == "17" and answer.headers["x-should-retry"] == "true"
    assert sha(answer.content) == north.asked[0].answer_sha256


def test_files_are_streamed_through_unchanged(north, key, house):
    """A large file, by pieces; the gateway must not take it in whole."""
    piece, count = random.Random(5).randbytes(1 << 20), 40
    boundary = "b0undary"
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode()
    tail = f"\r\n--{boundary}--\r\n".encode()
    before = house.server.resident

    def body():
        yield head
        for _ in range(count):
            yield piece
        yield tail

    answer = key.http.post("/v1/files", content=body(), headers={"content-type": f"multipart/form-data; boundary={boundary}"})
    assert answer.status_code == 200, answer.text
    (seen,) = north.requests("/v1/files")
    assert (seen.sha256, seen.length) == (sha(head + piece * count + tail), len(head) + len(piece) * count + len(tail))
    got = key.http.get(f"/v1/files/{answer.json()['id']}/content")
    assert sha(got.content) == sha(piece * count)
    assert house.server.resident - before < 30 << 20, "the file was held in memory"
    key.http.delete(f"/v1/files/{answer.json()['id']}")


def test_events_flow_when_they_are_written(north, key):
    """Each event of a slow stream is with the client before the next one is written."""
    import time
    north.play("paced:100:10")
    times = []
    with key.http.stream("POST", "/v1/messages", json=hello(stream=True)) as answer:
        for chunk in answer.iter_raw():
            if b"text_delta" in chunk:
                times.append(time.monotonic())
    gaps = [late - early for early, late in zip(times, times[1:])]
    assert len(times) == 10 and all(0.03 < gap < 0.3 for gap in gaps), gaps


def test_a_slow_client_holds_the_node_back_and_not_the_memory(north, key, house):
    """A client that does not read: the node's answer waits in sockets, not in the gateway."""
    import time
    north.play("huge:200")
    before = house.server.resident
    with key.http.stream("POST", "/v1/messages", json=hello(stream=True)) as answer:
        time.sleep(2)
        assert house.server.resident - before < 40 << 20
        assert north.requests("/v1/messages")[0].ended_after is None
        answer.close()
    north.eventually(lambda node: node.requests("/v1/messages")[0].left_early)


def test_a_stream_that_takes_long_is_not_cut(gateway, north, keys):
    """Longer than every time-out that is set, because something always comes."""
    gateway.add(north)
    north.play("paced:150:50")
    stream = keys(gateway).stream()
    assert isinstance(stream, Stream) and stream.is_complete and stream.types.count("content_block_delta") == 50
