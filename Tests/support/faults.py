"""A network that fails on purpose, and a client that keeps the protocol's discipline on it. All randomness is seeded."""
import asyncio
import json
import random

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

from support.ulid import ulid


class FaultyNetwork:
    """A TCP proxy that delays, cuts in the middle of anything, swallows, and refuses."""

    def __init__(self, target: int, dice: random.Random):
        self.target, self.dice, self.faulty = target, dice, True
        self.port = 0
        self.counts = {"connections": 0, "refused": 0, "cut": 0, "swallowed": 0}
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task] = set()

    async def __aenter__(self) -> "FaultyNetwork":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        task = asyncio.current_task()
        self._open.add(task)
        try:
            await self._carry(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()

    async def _carry(self, reader, writer) -> None:
        if self.faulty and self.dice.random() < 0.08:
            self.counts["refused"] += 1
            return
        fate = self.dice.choices(["whole", "cut", "swallow"], [3, 6, 1])[0] if self.faulty else "whole"
        budget = self.dice.randrange(100, 6_000)
        there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        limit = {"left": budget, "fate": fate}
        try:
            directions = [asyncio.create_task(self._pump(reader, there_writer, limit)), asyncio.create_task(self._pump(there_reader, writer, limit))]
            await asyncio.wait(directions, return_when=asyncio.FIRST_COMPLETED)
            for direction in directions:
                direction.cancel()
            await asyncio.gather(*directions, return_exceptions=True)
        finally:
            there_writer.transport.abort()

    async def _pump(self, source, sink, limit) -> None:
        while chunk := await source.read(4096):
            if self.faulty and self.dice.random() < 0.3:
                await asyncio.sleep(self.dice.random() * 0.03)
            if self.faulty and limit["fate"] in ("cut", "swallow"):
                limit["left"] -= len(chunk)
                if limit["left"] <= 0:
                    if limit["fate"] == "cut":
                        # In the middle of a frame, or of a head: what is before the cut still arrives.
                        self.counts["cut"] += 1
                        sink.write(chunk[:self.dice.randrange(len(chunk) + 1)])
                        await sink.drain()
                        return
                    self.counts["swallowed"] += 1
                    limit["fate"] = "swallowing"
            if limit["fate"] == "swallowing":
                # For the rest of the connection: TCP loses nothing in the middle.
                continue
            sink.write(chunk)
            await sink.drain()


class PatientClient:
    """Outbox, cursors, resume, retry: everything written is sent until it is acknowledged, everything received is shown once."""

    IN_FLIGHT = 16

    def __init__(self, name: str, network: FaultyNetwork, headers: dict[str, str], paths: dict[str, str], epoch: str, dice: random.Random,
                 conversations: dict[str, int], staff: bool):
        self.name, self.network, self.headers, self.paths, self.epoch, self.dice, self.staff = name, network, headers, paths, epoch, dice, staff
        self.outbox: dict[str, dict] = {}
        self.acked: dict[str, dict] = {}
        self.cursors = dict(conversations)
        self.shown: dict[str, list[dict]] = {name: [] for name in conversations}
        self.connects = 0
        self.by_post = 0
        self.reasons: list[str] = []
        self._flying: set[str] = set()
        self._socket = None
        self._news = asyncio.Event()
        self._ref = 0

    # What the person does

    def write(self, conversation: str | None, text: str) -> str:
        name = ulid(self.dice)
        self.outbox[name] = {"clientID": name, "kind": "text", "body": {"text": text}} | ({"conversation": conversation} if self.staff else {})
        self._news.set()
        return name

    # Its endless task

    async def run(self) -> None:
        failures = 0
        while True:
            try:
                await self._connected()
                failures = 0
            except (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, httpx.HTTPError, TimeoutError, EOFError, Again) as reason:
                failures += 1
                self.reasons.append(repr(reason))
            self._socket = None
            self._flying.clear()
            if failures >= 2 and self.dice.random() < 0.5:
                await self._without_socket()
            # Full jitter, on a scale that keeps the test short.
            await asyncio.sleep(self.dice.random() * min(0.5, 0.03 * 2 ** min(failures, 5)))

    async def _http(self, method: str, path: str, timeout: float = 2, **more) -> httpx.Response:
        # The server keeps its name whatever is between: credentials are bound to the origin that they were made at.
        server = f"127.0.0.1:{self.network.target}"
        headers = self.headers | {"host": server, "origin": f"http://{server}"}
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.network.port}", headers=headers, timeout=timeout) as client:
            return await client.request(method, path, **more)

    async def _connected(self) -> None:
        answer = await self._http("POST", self.paths["tickets"])
        if answer.status_code != 201:
            raise Again(f"ticket: {answer.status_code}")
        if self.dice.random() < 0.15:
            await self._abandoned_attempt()
        async with connect(
                f"ws://127.0.0.1:{self.network.port}{self.paths['socket']}", compression=None, ping_interval=None, open_timeout=2, close_timeout=0.1,
                max_size=2**22) as socket:
            await socket.send(json.dumps({
                "type": "init", "protocol": 1, "ticket": answer.json()["ticket"], "epoch": self.epoch, "conversations": dict(self.cursors)}))
            while (await self._next(socket))["type"] != "resumed":
                pass
            self.connects += 1
            self._socket = socket
            self._flying.clear()
            await self._talk(socket)

    async def _abandoned_attempt(self) -> None:
        """A connection attempt that is made twice, as impatient networks do."""
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", self.network.port)
            writer.write(f"GET {self.paths['socket']} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n".encode())
            await writer.drain()
            writer.transport.abort()
        except OSError:
            pass

    async def _talk(self, socket) -> None:
        sending = asyncio.create_task(self._send_as_written(socket))
        quiet = 0
        try:
            while True:
                try:
                    frame = json.loads(await asyncio.wait_for(socket.recv(), 0.4))
                except TimeoutError:
                    # Silence: a probe, and where it is not answered, another connection (sync-protocol §10, on a shorter scale).
                    quiet += 1
                    if quiet > 3:
                        raise Again("silence") from None
                    await socket.send('{"type":"probe"}')
                    continue
                quiet = 0
                self._apply(frame)
                self._news.set()
        finally:
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)

    async def _send_as_written(self, socket) -> None:
        while True:
            await self._flush(socket)
            await self._news.wait()
            self._news.clear()

    async def _next(self, socket) -> dict:
        frame = json.loads(await asyncio.wait_for(socket.recv(), 2))
        self._apply(frame)
        return frame

    async def _flush(self, socket) -> None:
        """The oldest first, and no younger one before an older one on the same connection."""
        for name in sorted(self.outbox):
            if len(self._flying) >= self.IN_FLIGHT:
                return
            if name not in self._flying:
                self._flying.add(name)
                self._ref += 1
                await socket.send(json.dumps({"type": "send", "ref": self._ref} | self.outbox[name]))

    def _apply(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "ack":
            self._acknowledge(frame)
        elif kind == "events":
            for event in frame["events"]:
                self._show(frame["conversation"], event)
        elif kind == "nack":
            assert frame["final"] is False, f"{self.name}: refused for good: {frame}"
            raise Again(frame["code"])
        elif kind == "reset":
            raise AssertionError(f"{self.name}: nothing may need a reset: {frame}")
        elif kind == "ready":
            assert frame["epoch"] == self.epoch
        elif kind == "resync":
            raise Again("resync")
        elif kind == "ping":
            for name, top in frame["conversations"].items():
                if top > self.cursors.get(name, 0):
                    # Frames of one connection come in order: a ping that is ahead of us means that something is missing.
                    raise AssertionError(f"{self.name}: a hole: ping says {top}, shown is {self.cursors.get(name, 0)}")
        elif kind == "error":
            raise AssertionError(f"{self.name}: {frame}")

    def _acknowledge(self, ack: dict) -> None:
        name = ack["clientID"]
        before = self.acked.setdefault(name, ack)
        assert (before["id"], before["seq"], before["at"]) == (ack["id"], ack["seq"], ack["at"]), f"acknowledged twice, differently: {before} {ack}"
        self.outbox.pop(name, None)
        self._flying.discard(name)

    def _show(self, conversation: str, event: dict) -> None:
        cursor = self.cursors.setdefault(conversation, 0)
        if event["seq"] <= cursor:
            return
        assert event["seq"] == cursor + 1, f"{self.name}: a hole after {cursor}: {event}"
        self.cursors[conversation] = event["seq"]
        self.shown.setdefault(conversation, []).append(event)

    async def _without_socket(self) -> None:
        """The ladder's second step: the oldest unsent by POST with the same id, and one long poll with the same cursors."""
        try:
            if self.outbox:
                oldest = self.outbox[min(self.outbox)]
                answer = await self._http("POST", self.paths["events"].replace("{id}", oldest.get("conversation", "")), json=oldest)
                if answer.status_code in (200, 201):
                    self._acknowledge(answer.json())
                    self.by_post += 1
            query = [("epoch", self.epoch), ("wait", 0)] + [("conversation", f"{name}:{seq}") for name, seq in self.cursors.items()]
            answer = await self._http("GET", self.paths["sync"], params=query)
            if answer.status_code == 200:
                for frame in answer.json()["frames"]:
                    self._apply(frame)
        except (httpx.HTTPError, OSError, Again):
            pass


class Again(Exception):
    """The connection is given up; the next one goes on where this one was."""
