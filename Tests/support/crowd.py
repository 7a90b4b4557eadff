"""Visitors and members who write to each other all the time, wherever the proxy sends them, and what has to be true afterwards."""
import asyncio
import random
import typing

from support import engine
from support.faults import FaultyNetwork, PatientClient
from support.world import Member, Visitor, World


class Place(typing.Protocol):
    """Where a crowd meets: `support.many.House` with its instances, or one server."""

    #: Names of the instances that people are sent to.
    homes: list[str]
    port: int

    def visitor(self, home: str, /, **details) -> Visitor: ...
    def ada(self, home: str) -> Member: ...
    def rows(self, sql: str) -> list: ...
    def tail(self) -> str: ...


class OneServer:
    """A place that is a single server."""

    homes = ["alone"]

    def __init__(self, world: World):
        self.world, self.port = world, world.server.port

    def visitor(self, home: str, /, **details) -> Visitor:
        return self.world.visitor(**details)

    def ada(self, home: str) -> Member:
        return self.world.ada

    def rows(self, sql: str) -> list:
        return engine.rows(self.world.server.data, sql)

    def tail(self) -> str:
        return self.world.server.tail()


class Crowd:
    """Visitors and Ada, each sent to an instance of its own while that lives; everybody writes, everybody hears."""

    def __init__(self, place: Place, seed: int, visitors: tuple[str, ...] = ("Kim", "Lee", "Max"), pause: float = 0.02):
        self.place, self.dice, self.pause = place, random.Random(seed), pause
        names = place.homes
        self.homes = {visitor: names[number % len(names)] for number, visitor in enumerate(visitors)} | {"Ada": names[-1]}
        self.visitors = {name: place.visitor(self.homes[name], name=name) for name in visitors}
        self.ada = place.ada(self.homes["Ada"])
        self.conversations = {name: visitor.send("the first word")["conversation"] for name, visitor in self.visitors.items()}
        self.epoch = next(iter(self.visitors.values())).snapshot()["epoch"]
        self.written: dict[str, list[str]] = {}
        self.clients: list[PatientClient] = []

    def _make_clients(self, network: FaultyNetwork) -> list[PatientClient]:
        made = [
            PatientClient(
                name, network, {"authorization": f"Visitor {visitor.credential}", "x-instance": self.homes[name]},
                {"tickets": f"{visitor.base}/tickets", "socket": f"/ws/customer/{visitor.key}", "events": f"{visitor.base}/conversation/events",
                 "sync": f"{visitor.base}/sync"}, self.epoch, random.Random(number), {self.conversations[name]: 0}, staff=False)
            for number, (name, visitor) in enumerate(self.visitors.items())]
        cookie = "; ".join(f"{key}={value}" for key, value in self.ada.http.cookies.items())
        return made + [PatientClient(
            "Ada", network, {"cookie": cookie, "x-instance": self.homes["Ada"]},
            {"tickets": "/api/tickets", "socket": "/ws/staff", "events": "/api/conversations/{id}/events", "sync": "/api/sync"}, self.epoch,
            random.Random(99), {conversation: 0 for conversation in self.conversations.values()}, staff=True)]

    async def live_through(self, trouble) -> None:
        """Everybody talks while `trouble()`, a coroutine, happens; then until all is said and shown."""
        async with FaultyNetwork(self.place.port, random.Random(1)) as network:
            network.faulty = False
            self.clients = self._make_clients(network)
            tasks = [asyncio.create_task(client.run()) for client in self.clients]
            writing = asyncio.create_task(self._write())
            try:
                await trouble()
                writing.cancel()
                await self._settle(tasks)
            finally:
                for task in [writing, *tasks]:
                    task.cancel()
                await asyncio.gather(writing, *tasks, return_exceptions=True)

    async def _write(self) -> None:
        number = 0
        while True:
            client = self.dice.choice(self.clients)
            number += 1
            conversation = self.dice.choice(list(self.conversations.values())) if client.staff else None
            self.written.setdefault(client.name, []).append(client.write(conversation, f"{number} from {client.name}"))
            await asyncio.sleep(self.pause)

    async def _settle(self, tasks: list[asyncio.Task]) -> None:
        deadline = asyncio.get_running_loop().time() + 60
        while any(client.outbox for client in self.clients) or not await asyncio.to_thread(self._is_shown):
            for task in tasks:
                if task.done():
                    task.result()
            assert asyncio.get_running_loop().time() < deadline, (
                [(client.name, len(client.outbox), client.cursors, client.reasons[-2:]) for client in self.clients], self.place.tail())
            await asyncio.sleep(0.1)

    def _is_shown(self) -> bool:
        last = {name: self.ada.snapshot(name)["events"][-1] for name in self.conversations.values()}
        return all(
            client.cursors[name] == last[name]["seq" if client.staff else "pubSeq"] for client in self.clients for name in client.cursors)

    def check(self) -> int:
        """Acknowledged = stored = shown once, to everybody; numbers have no holes. How many messages there were."""
        stored = {client: (name, conversation, int(seq)) for client, name, conversation, seq in self.place.rows(
            "SELECT client_id, id, conversation_id, seq FROM event")}
        count = int(self.place.rows("SELECT count(*) FROM event")[0][0])
        assert count == len(stored) == sum(len(names) for names in self.written.values()) + len(self.conversations)
        for conversation in self.conversations.values():
            numbers = sorted(seq for _, at, seq in stored.values() if at == conversation)
            assert numbers == list(range(1, len(numbers) + 1)), "a hole in the numbers"
        feed = [int(row[0]) for row in self.place.rows("SELECT seq FROM feed ORDER BY seq")]
        assert feed == list(range(feed[0], feed[-1] + 1)), "a hole in the feed"
        for client in self.clients:
            assert set(client.acked) == set(self.written.get(client.name, []))
            for name, ack in client.acked.items():
                assert stored[name][0] == ack["id"], "acknowledged and lost"
            for conversation, events in client.shown.items():
                names = [event["clientID"] for event in events]
                assert len(names) == len(set(names)), "shown twice"
                assert [event["seq"] for event in events] == sorted(event["seq"] for event in events)
        return count
