"""Ten thousand malformed frames and ten thousand malformed requests: the server lives, each is answered, nobody else notices."""
import concurrent.futures
import json
import os
import random
import socket
import struct
import time

import pytest

from support.line import Line
from support.ulid import ulid
from support.wire import Wire
from support.world import World

SEED = int(os.environ.get("SEED", "4711"))
FRAMES = int(os.environ.get("MALFORMED_FRAMES", "10000"))
REQUESTS = int(os.environ.get("MALFORMED_REQUESTS", "10000"))
# The first message of every visitor here; sent again under a number of its own it is answered by that number, after all that came before.
FIRST = ulid(random.Random(1))
# A valid frame of these is not answered at all.
QUIET = {"typing", "receipt", "leave"}


@pytest.fixture(scope="module")
def besieged(tmp_path_factory):
    made = World.make(tmp_path_factory.mktemp("malformed") / "data", TEST_ECHO="true")
    yield made
    made.end()


class Watch:
    """The same process before and after, with bounded memory and files, and a healthy client all the while."""

    def __init__(self, world: World):
        self.world, self.kim = world, world.visitor(name="Kim")
        self.wire = Wire.open(self.kim)
        self.pid, self.resident, self.sockets = world.server.pid, world.server.resident, world.server.open_sockets
        self.sent = 0

    def healthy(self) -> None:
        self.sent += 1
        began = time.monotonic()
        assert self.wire.ack(text=f"still here {self.sent}")["seq"] == self.sent
        assert time.monotonic() - began < 5
        self.wire.frames.clear()

    def check(self) -> None:
        self.healthy()
        assert self.world.server.alive and self.world.server.pid == self.pid
        deadline = time.monotonic() + 15
        # Its own HTTP client and those of the four visitors stay.
        while self.world.server.open_sockets > self.sockets + 5:
            assert time.monotonic() < deadline, f"{self.sockets} open sockets became {self.world.server.open_sockets}"
            time.sleep(0.1)
        grown = self.world.server.resident - self.resident
        assert grown < 64 * 2**20, f"{grown / 2**20:.0f} MB more"
        assert [event["seq"] for event in self.kim.snapshot()["events"]][-1] == self.sent
        self.wire.close()


# Frames

def good_frames(dice: random.Random, conversation: str) -> list[dict]:
    return [
        {"type": "send", "ref": 1, "clientID": ulid(dice), "conversation": conversation, "basedOn": 1, "kind": "text", "body": {"text": "x"}},
        {"type": "send", "ref": 1, "clientID": ulid(dice), "kind": "assign", "body": {"member": ulid(dice)}},
        {"type": "init", "protocol": 1, "ticket": "x" * 43, "epoch": "0" * 32, "feed": 1, "conversations": {conversation: 1}},
        {"type": "sync", "conversation": conversation, "after": 0}, {"type": "sync", "feed": 3}, {"type": "open", "conversation": conversation, "after": 1},
        {"type": "leave", "conversation": conversation}, {"type": "receipt", "conversation": conversation, "delivered": 1, "read": 1},
        {"type": "typing", "conversation": conversation, "on": True}, {"type": "probe"}]


def odd_value(dice: random.Random) -> object:
    return dice.choice([
        None, True, False, 0, -1, 1.5, 10**30, -(10**30), 2**63, 2**63 - 1, 1e308, "", "x" * dice.randrange(2_000), "\u0000", "💥" * 50, "\ud800", "\u202e",
        [], [[]], {}, {"": ""}, [None] * 300, {str(number): number for number in range(300)}, nested(dice.randrange(1, 200)), ulid(dice), "__proto__"])


def nested(depth: int) -> object:
    value: object = 1
    for _ in range(depth):
        value = [value]
    return value


def malformed_text(dice: random.Random, conversation: str) -> bytes:
    """One text frame's payload."""
    frame = dice.choice(good_frames(dice, conversation))
    way = dice.randrange(12)
    if way <= 4:
        target = frame["body"] if "body" in frame and dice.random() < 0.3 else frame
        name = dice.choice(list(target))
        if dice.random() < 0.3:
            del target[name]
        else:
            target[name] = odd_value(dice)
        if dice.random() < 0.2:
            frame[str(odd_value(dice))[:50]] = odd_value(dice)
        return json.dumps(frame, ensure_ascii=dice.random() < 0.5).encode("utf-8", "surrogatepass" if dice.random() < 0.3 else "replace")
    text = json.dumps(frame).encode()
    if way == 5:
        return text[:dice.randrange(len(text))]
    if way == 6:
        changed = bytearray(text)
        for _ in range(dice.randrange(1, 6)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        return bytes(changed)
    if way == 7:
        return dice.choice([b"[" * 5_000, b'{"a":' * 3_000, b"{" * 100 + b"}" * 100, b'{"type":"probe","x":' + b"[" * 40 + b"]" * 40 + b"}"])
    if way == 8:
        return dice.choice([
            b"", b" ", b"null", b"true", b"0", b'"x"', b"[]", b"{}", b"\xef\xbb\xbf{}", b'{"type":"probe"}{"type":"probe"}', b'{"type":"probe",}', b"{'type':'probe'}",
            b'{"type":"probe","type":"typing"}', b'{"type":"pro\\ud800be"}', b'{"type":"\\u0000"}', b'{"type":1e999}', b'{"type":-0}', b'{"type":"probe","x":01}',
            b'{"type":"probe","x":NaN}', b'{"type":"probe","x":1e-999999999}', b'{"type":"probe" "x":1}', b'{"type":"probe","x":"\\x"}', b'{"type":"probe","x":"\n"}'])
    if way == 9:
        return b'{"type":"send","ref":' + str(dice.choice([10**400, -1, 2**63, 2**64, "1e5", "1.0", "1.5"])).encode() + text[len(b'{"type":"send","ref":1'):]
    if way == 10:
        return bytes(dice.randrange(256) for _ in range(dice.randrange(1, 300)))
    return json.dumps(frame).replace(":", dice.choice([": ", ":\t", "::", "=", ""]), dice.randrange(1, 4)).encode()


def violation(line: Line, dice: random.Random) -> bytes:
    """Bytes that break RFC 6455 in one of its sections, each of which must end the connection."""
    probe = b'{"type":"probe"}'
    return dice.choice([
        lambda: line.frame(probe, masked=False),
        lambda: line.frame(probe, reserved=dice.randrange(1, 8)),
        lambda: line.frame(probe, opcode=dice.choice([3, 4, 5, 6, 7, 11, 12, 13, 14, 15])),
        lambda: line.frame(b"", opcode=0),
        lambda: line.frame(b"x" * dice.randrange(126, 300), opcode=dice.choice([8, 9, 10])),
        lambda: line.frame(b"x", opcode=dice.choice([8, 9, 10]), final=False),
        lambda: line.frame(probe, final=False) + line.frame(probe),
        lambda: bytes([0x81, 0xFF]) + struct.pack(">Q", dice.choice([2**63, 2**64 - 1, 2**62, 2**40])) + b"mask",
        lambda: line.frame(b"\x03", opcode=8),
        lambda: line.frame(struct.pack(">H", dice.choice([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 65535])), opcode=8),
        lambda: line.frame(struct.pack(">H", 1000) + b"\xff\xfe", opcode=8),
        lambda: line.frame(b"\xff" * dice.randrange(1, 200)),
        lambda: line.frame(b"\xc3", final=False) + line.frame(b"\x28", opcode=0),
        lambda: line.frame(b"x" * 65_537),
        lambda: line.frame(b"x" * 40_000, final=False) + line.frame(b"x" * 40_000, opcode=0),
        lambda: line.frame(dice.randbytes(dice.randrange(1, 500)), opcode=2),
        lambda: line.frame(b"\xed\xa0\x80 a lone surrogate"),
    ])()


@pytest.mark.timeout(240)
def test_ten_thousand_malformed_frames_are_each_answered_by_a_code_or_a_close(besieged):
    """Run again with SEED=n."""
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    watch = Watch(besieged)
    visitors = [besieged.visitor() for _ in range(4)]
    conversation = [visitor.send("one", client_id=FIRST)["conversation"] for visitor in visitors][0]
    count, codes, line = 0, {}, None
    while count < FRAMES:
        if line is None:
            line = Line(dice.choice(visitors), dice).initialise()
        if dice.random() < 0.2:
            answered = ended_by(line, violation(line, dice))
        elif dice.random() < 0.03:
            # Cut in the middle of a frame: nothing to answer, nothing may be left behind.
            whole = line.frame(malformed_text(dice, conversation) + b"x" * 50)
            line.socket.sendall(whole[:dice.randrange(1, len(whole))])
            line.close()
            answered, line = "cut", None
        else:
            answered = answer_to(line, malformed_text(dice, conversation))
        if answered.startswith("close") and line:
            line.close()
            line = None
        codes[answered] = codes.get(answered, 0) + 1
        count += 1
        if count % 1_000 == 0:
            watch.healthy()
    if line:
        line.close()
    print(f"seed {SEED}: {dict(sorted(codes.items()))}")
    assert {"error bad_json", "error bad_frame", "error unknown_type", "error too_deep", "close 1002", "close 1003", "close 1007", "close 1008", "close 1009"} <= set(codes)
    watch.check()


def answer_to(line: Line, payload: bytes) -> str:
    """What came for this frame before the answer to the next one. Pings are no answer: they also come by themselves."""
    mark = 10**9 + random.getrandbits(29)
    after = {"type": "send", "ref": mark, "clientID": FIRST, "kind": "text", "body": {"text": "one"}}
    try:
        line.socket.sendall(line.frame(payload) + line.frame(json.dumps(after).encode()))
    except OSError:
        pass
    answer = ""
    while True:
        opcode, heard = line.hear()
        if opcode == 8:
            return "close " + str(struct.unpack(">H", heard[:2])[0] if len(heard) >= 2 else "without code")
        frame = json.loads(heard)
        if frame["type"] == "ack" and frame["ref"] == mark:
            break
        if frame["type"] in ("error", "nack"):
            assert isinstance(frame["code"], str) and frame["message"], frame
            answer = answer or f"{frame['type']} {frame['code']}"
        elif frame["type"] in ("ack", "stale", "resumed", "reset"):
            answer = answer or frame["type"]
    if not answer:
        kind = kind_of(payload)
        assert kind in ("probe", *QUIET), f"seed {SEED}: no answer to {payload[:300]!r}"
        return f"quiet {kind}"
    return answer


def kind_of(payload: bytes) -> str | None:
    try:
        frame = json.loads(payload)
        return frame.get("type") if isinstance(frame, dict) else None
    except (ValueError, RecursionError):
        return None


def ended_by(line: Line, payload: bytes) -> str:
    try:
        line.socket.sendall(payload)
    except OSError:
        pass
    while True:
        opcode, heard = line.hear()
        if opcode == 8:
            code = struct.unpack(">H", heard[:2])[0] if len(heard) >= 2 else 0
            assert code in (0, 1000, 1002, 1003, 1007, 1008, 1009), f"seed {SEED}: {code} for {payload[:60]!r}"
            return f"close {code}"


# Requests

def malformed_request(dice: random.Random, world: World) -> bytes:
    method = dice.choice(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"])
    path = dice.choice([
        "/", "/api/me", "/api/sessions", f"/api/widget/{world.key}/conversation/events", f"/api/widget/{world.key}/customers", "/api/inbox?view=all", "/assets/x.js",
        "/ws/staff", f"/ws/customer/{world.key}", "/api/sync?wait=0", "/widget.js", "/api/setup"])
    headers = [f"Host: 127.0.0.1:{world.server.port}", f"Origin: {world.server.base}", "Content-Type: application/json", "Connection: close"]
    body = b""
    way = dice.randrange(14)
    line = f"{method} {path} HTTP/1.1"
    if way == 0:
        line = dice.choice(["", " ", "GET", "GET /", "GET / HTTP/1.1 x", f"{method}  {path}  HTTP/1.1", f"{method} {path} HTTP/{dice.choice(['0.9', '1.2', '2.0', '9', 'x', '11'])}",
                            f"{method} http://[::1 HTTP/1.1", f"{dice.choice(['get', 'G ET', 'PRI', 'FOO', 'CONNECT', 'TRACE', ''])} {path} HTTP/1.1", f"{method} {path}\x00 HTTP/1.1"])
    elif way == 1:
        line = f"{method} /{''.join(chr(dice.randrange(1, 256)) for _ in range(dice.randrange(1, 60)))} HTTP/1.1"
    elif way == 2:
        line = f"{method} {path}{dice.choice(['%', '%zz', '%00', '%ff%fe', '/../..', '?' + '&' * 500, '?limit=x', '?cursor=%F0', '#x', '//', '?' + 'a=1&' * 300])} HTTP/1.1"
    elif way == 3:
        headers.append(dice.choice([
            "no colon", ": empty", " folded: x", "X\x00: y", "X: \x01", "Content-Length: -1", "Content-Length: abc", "Content-Length: 99999999999999999999", "Content-Length: 1, 2",
            "Transfer-Encoding: x", "Transfer-Encoding: chunked, gzip", "Host: other", "Expect: 200-ok", "Upgrade: h2c", "X: " + "y" * 33_000, "Cookie: " + ";" * 5_000,
            "Cookie: switchboard=" + "x" * 4_000, "Authorization: Visitor " + "\xff" * 50, "Accept-Encoding: " + "gzip;q=x," * 200, "If-None-Match: " + '"' * 1_000, "Range: bytes=0-x"]))
    elif way == 4:
        headers += [f"X-{number}: y" for number in range(dice.randrange(90, 400))]
    elif way == 5:
        method, line = "POST", f"POST {path} HTTP/1.1"
        body = malformed_text(dice, ulid(dice))
        headers.append(f"Content-Length: {len(body)}")
    elif way == 6:
        line = f"POST {path} HTTP/1.1"
        body = dice.choice([b"zz\r\n", b"5\r\nhel", b"-1\r\n\r\n", b"ffffffffffffffffff\r\n", b"5;" + b"x" * 9_000 + b"\r\nhello\r\n0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"5\r\nhello0\r\n\r\n"])
        headers.append("Transfer-Encoding: chunked")
    elif way == 7:
        line = f"POST {path} HTTP/1.1"
        headers.append(f"Content-Length: {dice.randrange(1, 70_000)}")
        body = dice.randbytes(dice.randrange(0, 100))
    elif way == 8:
        return dice.randbytes(dice.randrange(1, 2_000))
    elif way == 9:
        line = f"GET /ws/customer/{world.key} HTTP/1.1"
        headers = headers[:1] + dice.sample([
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 12", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: short", "Sec-WebSocket-Key: " + "x" * 24,
            "Sec-WebSocket-Extensions: " + "x;" * 500, "Origin: https://evil.example", "Sec-WebSocket-Protocol: ,"], dice.randrange(1, 7)) + ["Connection: close"]
    elif way == 10:
        line = f"POST /api/sessions HTTP/1.1"
        body = json.dumps({"email": odd_value(dice), "password": odd_value(dice)}).encode("utf-8", "replace")[:65_000]
        # Refused for its form before anything costly is done.
        body = body.replace(b'"password"', b'"passwort"')
        headers.append(f"Content-Length: {len(body)}")
    elif way == 11:
        headers[0] = dice.choice(["Host:", "Host: a b", "Host: [::1", "Host: x:y:z", "Host: \xff", "Host: " + "x" * 5_000, "Host: x@y", "Hos: x", "Host: ,"])
    elif way == 12:
        return f"{line}\r\n{headers[0]}".encode("latin-1")[:dice.randrange(1, 60)]
    else:
        changed = bytearray((line + "\r\n" + "\r\n".join(headers) + "\r\n\r\n").encode("latin-1"))
        for _ in range(dice.randrange(1, 10)):
            changed[dice.randrange(len(changed))] = dice.randrange(256)
        return bytes(changed)
    end = dice.choice(["\r\n"] * 9 + ["\n"])
    return (line + end + end.join(headers) + end + end).encode("latin-1", "replace") + body


@pytest.mark.timeout(240)
def test_ten_thousand_malformed_requests_are_each_answered_by_a_status_or_a_close(besieged):
    """Run again with SEED=n."""
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    watch = Watch(besieged)
    requests = [malformed_request(dice, besieged) for _ in range(REQUESTS)]
    counts: dict[int, int] = {}
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        for number, (request, answer) in enumerate(zip(requests, pool.map(lambda request: exchange(besieged, request), requests))):
            status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0
            assert status not in (500, 502, 504), f"seed {SEED}, request {number}: {status} for {request[:300]!r}"
            if status >= 400:
                head, _, body = answer.partition(b"\r\n\r\n")
                assert request.startswith(b"HEAD") or b"application/problem+json" in head and b'"code":"' in body, (request[:300], answer[:500])
            counts[status] = counts.get(status, 0) + 1
            if number % 1_000 == 0:
                watch.healthy()
    print(f"seed {SEED}: {dict(sorted(counts.items()))}")
    assert {200, 400, 403, 404, 422, 431} <= set(counts) and sum(counts.values()) == REQUESTS
    watch.check()


def exchange(world: World, request: bytes) -> bytes:
    """Everything that comes until the server closes. After a moment of silence we say that we are done: a request that was cut off would
    otherwise rightly be waited for."""
    answer = b""
    with socket.create_connection(("127.0.0.1", world.server.port), 10) as connection:
        try:
            connection.sendall(request)
            connection.settimeout(0.1)
            while True:
                try:
                    chunk = connection.recv(65_536)
                except TimeoutError:
                    if connection.gettimeout() > 1:
                        raise AssertionError(f"seed {SEED}: neither answered nor closed: {request[:300]!r}, got {answer[:200]!r}") from None
                    connection.shutdown(socket.SHUT_WR)
                    connection.settimeout(10)
                    continue
                if not chunk:
                    return answer
                answer += chunk
        except OSError:
            return answer
