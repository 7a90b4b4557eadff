"""Programs that ask a gateway for models all the time, streaming and not, and write down what they got of it."""
import errno
import json
import threading

import httpx

from support import engine
from support.gateway import Key, hello
from support.practice import PracticeNode
from support.steadily import Steadily


class ModelLoad(Steadily):
    """Threads that ask without pause, from entering to leaving; every second one for a stream."""

    def __init__(self, key: Key, threads: int = 2, pause: float = 0.01):
        super().__init__(threads, pause)
        self.key = key
        #: Requests that were begun, answered or not.
        self.asked = 0
        #: Ids of answers that came whole and in order.
        self.whole: list[str] = []
        #: Ids of answers whose head came, and whose end did not.
        self.torn: list[str] = []
        #: Connections that ended before a head had come.
        self.cut = 0
        self.refused: list[str] = []
        #: What else the gateway said: status and body.
        self.others: list[tuple[int, str]] = []
        self._lock = threading.Lock()

    def _work(self, thread: int) -> None:
        with httpx.Client(base_url=self.key.gateway.base, timeout=30, headers={"x-api-key": self.key.text}) as http:
            for number in self._turns():
                self._ask(http, f"request {thread}-{number}", isStream=number % 2 == 0)

    def _ask(self, http: httpx.Client, text: str, isStream: bool) -> None:
        with self._lock:
            self.asked += 1
        name, body = "", b""
        try:
            with http.stream("POST", "/v1/messages", json=hello(text, stream=isStream)) as answer:
                name = answer.headers.get("x-request-id", "")
                for chunk in answer.iter_raw():
                    body += chunk
        except httpx.TransportError as reason:
            with self._lock:
                if is_refusal(reason):
                    self.refused.append(repr(reason))
                elif name:
                    self.torn.append(name)
                else:
                    self.cut += 1
            return
        with self._lock:
            if answer.status_code != 200:
                self.others.append((answer.status_code, body.decode(errors="replace")[:200]))
            elif b"message_stop" in body if isStream else json.loads(body)["type"] == "message":
                self.whole.append(name)
            else:
                # An end in order, told in the stream itself.
                self.torn.append(name)


def is_refusal(reason: BaseException | None) -> bool:
    while reason is not None:
        if isinstance(reason, OSError) and reason.errno == errno.ECONNREFUSED:
            return True
        reason = reason.__cause__ or reason.__context__
    return False


class NodeCount:
    """How many requests for models a node has seen: its journal keeps the last ones only, so it is read now and then."""

    def __init__(self, node: PracticeNode):
        self.node, self.posts, self._last = node, 0, 0

    def read(self) -> int:
        for one in self.node.requests(after=self._last):
            assert self._last == 0 or one.number == self._last + 1, "the node's journal is shorter than the time between two looks at it"
            self._last = one.number
            self.posts += one.method == "POST"
        return self.posts


class Books:
    """A stopped server's ledger, read from the database itself."""

    def __init__(self, data, key: str):
        self.rows = {
            name: (status, *(int(number or 0) for number in numbers)) for name, status, *numbers in engine.rows(
                data, f"SELECT id, status, output_tokens, cost, attempts FROM gateway_request WHERE key_id = '{key}'")}
        [sums] = engine.rows(
            data, f"SELECT sum(requests), sum(cost), sum(output_tokens), sum(refused) FROM gateway_hour WHERE key_id = '{key}'")
        self.sums = tuple(int(number or 0) for number in sums)

    def count(self, *status: str) -> int:
        return sum(row[0] in status for row in self.rows.values())

    def check(self, load: ModelLoad, seen: int) -> None:
        """Each request once: what a client got whole is completed, what a node saw is there, nothing is there that nobody asked for, and the
        sums are those of the rows."""
        assert len(set(load.whole)) == len(load.whole)
        for name in load.whole:
            assert name in self.rows, "answered and not in the books"
            status, output, cost, _ = self.rows[name]
            assert status == "completed" and output and cost, (name, self.rows[name])
        for name in load.torn:
            assert name in self.rows and self.rows[name][0] in ("completed", "interrupted", "failed", "cancelled"), (name, self.rows.get(name))
        assert {row[0] for row in self.rows.values()} <= {"completed", "failed", "interrupted", "cancelled"}, "one is open, or refused"
        assert len(load.whole) + len(load.torn) <= len(self.rows) <= load.asked
        assert sum(row[3] for row in self.rows.values()) >= seen, "a node saw a request that is in no book"
        requests, cost, output, refused = self.sums
        assert (requests, refused) == (len(self.rows), 0), "counted twice, or not at all"
        assert cost == sum(row[2] for row in self.rows.values()) and output == sum(row[1] for row in self.rows.values())
