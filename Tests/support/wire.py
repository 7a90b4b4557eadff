"""A socket of the desk's protocol over an independent WebSocket client."""
import json
import ssl
import time

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from support.ulid import ulid
from support.world import Member, Visitor

NOTHING = object()


class Wire:
    """One socket. Frames that a test did not wait for stay in `frames`, in order."""

    def __init__(self, url: str, origin: str | None = None, **options):
        context = None
        if url.startswith("wss"):
            context = ssl._create_unverified_context()
        self._opened = connect(
            url, origin=origin, ssl=context, compression=None, ping_interval=None, open_timeout=10, close_timeout=2, max_size=2**22, **options)
        self.socket = self._opened.__enter__()
        self.frames: list[dict] = []
        self.ready: dict = {}
        self.resumed: dict = {}
        self.resuming: list[dict] = []
        self._ref = 0

    # Opening

    @classmethod
    def staff(cls, member: Member, **options) -> "Wire":
        return cls(member.server.socket_base + "/ws/staff", **cls._steered(member), **options)

    @classmethod
    def customer(cls, visitor: Visitor, **options) -> "Wire":
        return cls(visitor.server.socket_base + "/ws/customer/" + visitor.key, **cls._steered(visitor), **options)

    @staticmethod
    def _steered(person: Member | Visitor) -> dict:
        return {"additional_headers": person.server.steering} if person.server.steering else {}

    @classmethod
    def open(cls, person: Member | Visitor, epoch: str | None = None, feed: int | None = None, conversations: dict | None = None, **options) -> "Wire":
        """Opens a socket of that person and brings it to `resumed`."""
        wire = cls.staff(person, **options) if isinstance(person, Member) else cls.customer(person, **options)
        wire.initialise(person.ticket(), epoch, feed, conversations)
        return wire

    def initialise(self, ticket: str, epoch: str | None = None, feed: int | None = None, conversations: dict | None = None) -> "Wire":
        frame: dict = {"type": "init", "protocol": 1, "ticket": ticket}
        if epoch is not None:
            frame["epoch"] = epoch
        if feed is not None:
            frame["feed"] = feed
        if conversations is not None:
            frame["conversations"] = conversations
        self.say(frame)
        self.ready = self.expect("ready")
        assert self.frames == [], f"before ready came {self.frames}"
        self.resumed = self.expect("resumed")
        self.resuming, self.frames = self.frames, []
        return self

    # Saying

    def say(self, frame: dict) -> None:
        self.socket.send(json.dumps(frame, ensure_ascii=False))

    def send(self, kind: str = "text", conversation: str | None = None, client_id: str | None = None, ref: int | None = None,
             based_on: int | None = None, **body) -> int:
        """A `send` without waiting for its answer; returns its ref."""
        if kind in ("text", "note"):
            body.setdefault("text", "Hello")
        if ref is None:
            self._ref += 1
            ref = self._ref
        frame = {"type": "send", "ref": ref, "clientID": client_id or ulid(), "kind": kind, "body": body}
        if conversation is not None:
            frame["conversation"] = conversation
        if based_on is not None:
            frame["basedOn"] = based_on
        self.say(frame)
        return ref

    def ack(self, *arguments, **named) -> dict:
        """A `send` and its `ack`."""
        return self.expect("ack", ref=self.send(*arguments, **named))

    # Hearing

    def next(self, timeout: float = 10) -> dict:
        return json.loads(self.socket.recv(timeout))

    def expect(self, kind: str, timeout: float = 10, where=None, **fields) -> dict:
        """The next frame of that type with those fields; what comes before it is kept."""
        def fits(frame: dict) -> bool:
            return frame["type"] == kind and all(frame.get(name, NOTHING) == value for name, value in fields.items()) and (not where or where(frame))

        for index, frame in enumerate(self.frames):
            if fits(frame):
                return self.frames.pop(index)
        deadline = time.monotonic() + timeout
        while True:
            rest = deadline - time.monotonic()
            assert rest > 0, f"no {kind} {fields} in {timeout} s; kept: {self.frames}"
            try:
                frame = self.next(rest)
            except TimeoutError:
                continue
            except ConnectionClosed as closed:
                raise AssertionError(f"closed with {code_of(closed)} before {kind} {fields}; kept: {self.frames}") from None
            if fits(frame):
                return frame
            self.frames.append(frame)

    def events(self, upto: int, timeout: float = 10) -> list[dict]:
        """All events received until that seq has come; they must be in order."""
        found: list[dict] = []
        while not found or found[-1]["seq"] < upto:
            found += self.expect("events", timeout)["events"]
        assert [event["seq"] for event in found] == sorted(event["seq"] for event in found)
        return found

    def event(self, timeout: float = 10, **fields) -> dict:
        """The first event with those fields."""
        frame = self.expect("events", timeout, where=lambda frame: any(matches(event, fields) for event in frame["events"]))
        return next(event for event in frame["events"] if matches(event, fields))

    def closed(self, timeout: float = 10) -> int:
        """The code with which the server closes; frames before it are kept."""
        deadline = time.monotonic() + timeout
        while True:
            try:
                self.frames.append(self.next(max(0.01, deadline - time.monotonic())))
            except TimeoutError:
                raise AssertionError(f"still open after {timeout} s; kept: {self.frames}") from None
            except ConnectionClosed as closed:
                return code_of(closed)

    def settle(self, timeout: float = 10) -> list[dict]:
        """Everything up to the answer of a probe: for an answer that must not have come, on the same connection.

        Two probes and two pings: one ping may have come by itself."""
        for _ in range(2):
            self.say({"type": "probe"})
        for _ in range(2):
            self.expect("ping", timeout)
        kept, self.frames = self.frames, []
        return kept

    def close(self) -> None:
        self.socket.close()

    def __enter__(self) -> "Wire":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def matches(event: dict, fields: dict) -> bool:
    return all(event.get(name, NOTHING) == value for name, value in fields.items())


def code_of(closed: ConnectionClosed) -> int:
    return closed.rcvd.code if closed.rcvd else 1006
