"""The gateway as its users meet it: a server, its nodes and keys, and the requests that go through it."""
import itertools
import json
import pathlib
import threading
import time

import httpx

from support import engine
from support import server as program
from support.practice import PracticeNode
from support.server import Server
from support.world import Member, found

#: The credential that the nodes are given; it must never be seen anywhere but at a node.
NODE_SECRET = "upstream-secret-Zq8vK2mT7wLx"
HAIKU = "claude-haiku-4-5-20251001"
GPT = "gpt-6.1-sol"
#: Short enough for tests of faults; nothing else differs from what users have.
QUICK = {
    "GATEWAY_FIRST_BYTE_TIME": "2", "GATEWAY_NON_STREAM_TIME": "2", "GATEWAY_SILENCE_TIME": "2", "GATEWAY_CONNECT_TIME": "1", "GATEWAY_QUEUE_TIME": "1",
}


def hello(text: str = "hi", model: str = HAIKU, **more) -> dict:
    """A body for Anthropic's or OpenAI's chat."""
    return {"model": model, "max_tokens": 64, "messages": [{"role": "user", "content": text}]} | more


class Gateway:
    """A running server with Ada signed in. Nodes and keys are made through the admin API; test_gateway_commands.py does it by command."""

    def __init__(self, server: Server):
        self.server = server
        self.ada = Member(server).sign_in()
        self._numbers = itertools.count(1)

    @classmethod
    def make(cls, data: pathlib.Path, template: pathlib.Path, **settings) -> "Gateway":
        """`template`: a data directory that was set up, to be copied."""
        engine.copy(template, data)
        return cls(Server(data, **(program.ROOMY | settings)).start())

    def end(self) -> None:
        self.ada.close()
        self.server.end()

    @property
    def base(self) -> str:
        return self.server.base

    # Nodes

    def add(self, node: PracticeNode | str, name: str | None = None, by: Member | None = None, **fields) -> dict:
        """A node of the pool, by its process or its URL. Probed by HEAD, so that probes take no scenes from a script."""
        url = node if isinstance(node, str) else node.base
        body = {
            "name": name or (f"node-{next(self._numbers)}" if isinstance(node, str) else node.name), "url": url, "family": "anthropic",
            "credential": NODE_SECRET, "healthMethod": "head", "allowLoopback": True}
        return (by or self.ada).post("/api/gateway/nodes", body | fields)

    def add_both(self, *nodes: PracticeNode, **fields) -> list[dict]:
        """North before south, whatever the load."""
        return [self.add(node, priority=index + 1, **fields) for index, node in enumerate(nodes)]

    def node(self, name: str) -> dict:
        return next(node for node in self.ada.get("/api/gateway/nodes")["items"] if node["name"] == name)

    def state(self, name: str) -> str:
        return self.node(name)["health"]["state"]

    def change(self, node: dict, step: str) -> dict:
        return self.ada.post(f"/api/gateway/nodes/{node['id']}/{step}", status=200)

    def awaits(self, what, timeout: float = 10, why: str = "it"):
        """The first true answer."""
        deadline = time.monotonic() + timeout
        while not (answer := what()):
            assert time.monotonic() < deadline, f"{why} did not come true in {timeout} s: {self.server.tail()}"
            time.sleep(0.05)
        return answer

    # Keys and clients

    def key(self, name: str | None = None, by: Member | None = None, **limits) -> "Key":
        made = (by or self.ada).post("/api/gateway/keys", {"name": name or f"key-{next(self._numbers)}"} | limits)
        return Key(self, made["id"], made["key"], by or self.ada)


class Key:
    """A client's key, and the requests that are made by it."""

    def __init__(self, gateway: Gateway, id: str, text: str, member: Member):
        self.gateway, self.id, self.text, self.member = gateway, id, text, member
        self.http = httpx.Client(base_url=gateway.base, timeout=30, headers={"x-api-key": text, "anthropic-version": "2023-06-01"})
        self.openai_http = httpx.Client(base_url=gateway.base, timeout=30, headers={"authorization": f"Bearer {text}"})

    def close(self) -> None:
        self.http.close()
        self.openai_http.close()

    def ask(self, text: str = "hi", path: str = "/v1/messages", **more) -> httpx.Response:
        """A message that is no stream."""
        return self.http.post(path, json=hello(text, **more))

    def chat(self, text: str = "hi", path: str = "/v1/chat/completions", **more) -> httpx.Response:
        return self.openai_http.post(path, json=hello(text, model=GPT) | more)

    def stream(self, text: str = "hi", path: str = "/v1/messages", http: httpx.Client | None = None, **more) -> "Stream":
        """A whole stream, as far as it comes."""
        return Stream.read(http or self.http, path, hello(text, stream=True, **more))

    # The ledger

    def booked(self, count: int = 1, timeout: float = 10) -> list[dict]:
        """The `count` newest requests of this key, newest first, once none of them is open any more; each with its tries."""
        def closed() -> list[dict]:
            items = self.member.get("/api/gateway/requests", key=self.id, limit=200)["items"]
            return items[:count] if len(items) >= count and all(item["status"] != "open" for item in items[:count]) else []

        items = self.gateway.awaits(closed, timeout, f"{count} requests in the ledger")
        return [self.member.get(f"/api/gateway/requests/{item['id']}") for item in items]

    def served(self, count: int, timeout: float = 10) -> None:
        """Until exactly `count` requests of this key are booked as completed and none is open. (Of many refusals only some get a row.)"""
        def is_so() -> bool:
            found = [row["status"] for row in self.books()]
            return found.count("completed") == count and "open" not in found

        self.gateway.awaits(is_so, timeout, f"{count} completed requests in the ledger")

    def books(self) -> list[dict]:
        return self.member.get("/api/gateway/requests", key=self.id, limit=200)["items"]


class Stream:
    """What a client of a stream got: head, bytes, and whether the end was one in order."""

    def __init__(self, status: int, headers: httpx.Headers, body: bytes, broken: Exception | None):
        self.status, self.headers, self.body, self.broken = status, headers, body, broken

    @classmethod
    def read(cls, http: httpx.Client, path: str, body: dict) -> "Stream":
        got, broken = b"", None
        with http.stream("POST", path, json=body) as answer:
            try:
                for chunk in answer.iter_bytes():
                    got += chunk
            except (httpx.RemoteProtocolError, httpx.ReadError) as reason:
                broken = reason
        return cls(answer.status_code, answer.headers, got, broken)

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def events(self) -> list[dict]:
        """The data of the events, without comments and `[DONE]`."""
        found = []
        for block in self.text.replace("\r\n", "\n").split("\n\n"):
            lines = [line[5:].strip() for line in block.split("\n") if line.startswith("data:")]
            if lines and lines[0] != "[DONE]":
                found.append(json.loads("\n".join(lines)))
        return found

    @property
    def types(self) -> list[str]:
        return [event["type"] for event in self.events]

    @property
    def words(self) -> str:
        """The text of a message's deltas."""
        return "".join(event["delta"].get("text", "") for event in self.events if event["type"] == "content_block_delta")

    @property
    def is_complete(self) -> bool:
        return self.broken is None and self.types[-1:] == ["message_stop"]


def server_of(answer: httpx.Response | Stream) -> str:
    text = answer.words if isinstance(answer, Stream) else answer.text
    assert "Practice node " in text, text
    return text.split("Practice node ", 1)[1].split(" ", 1)[0]


class Background:
    """A stream that is read by a thread of its own."""

    def __init__(self, key: Key, text: str = "hi", path: str = "/v1/messages", **more: object):
        self.key, self.path, self.asked = key, path, hello(text, stream=True, **more)
        self.body, self.status, self.broken = b"", 0, None
        self.first, self.done = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        try:
            with httpx.stream(
                    "POST", self.key.gateway.base + self.path, json=self.asked, timeout=60, headers={"x-api-key": self.key.text}) as answer:
                self.status = answer.status_code
                for chunk in answer.iter_raw():
                    self.body += chunk
                    if b"_delta" in self.body:
                        self.first.set()
        except httpx.TransportError as reason:
            self.broken = reason
        self.first.set()
        self.done.set()

    def begun(self) -> "Background":
        assert self.first.wait(10), "no content came"
        return self


def envelope(answer: httpx.Response) -> dict:
    """An error of Anthropic's form, checked."""
    body = answer.json()
    assert set(body) == {"type", "error", "request_id"} and body["type"] == "error" and set(body["error"]) >= {"type", "message"}, body
    assert body["request_id"] and body["request_id"] == answer.headers["request-id"], (body, answer.headers)
    assert answer.headers["x-request-id"], answer.headers
    return body["error"]


def openai_envelope(answer: httpx.Response) -> dict:
    """An error of OpenAI's form, checked."""
    body = answer.json()
    assert set(body) == {"error"} and set(body["error"]) == {"message", "type", "param", "code"}, body
    assert answer.headers["x-request-id"], answer.headers
    return body["error"]


def template(folder: pathlib.Path) -> pathlib.Path:
    """A data directory that was set up once, for gateways to be made from."""
    data = folder / "template"
    engine.keep_house_key(data)
    found(data)
    return data
