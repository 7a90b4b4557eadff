"""A client's picture of the desk, built by the rules of sync-protocol §5, §6 and §8 from snapshots and frames, over any transport."""
from support.wire import Wire
from support.world import Member, Visitor


class Log:
    """One conversation's events, receipts and cursor."""

    def __init__(self, snapshot: dict):
        self.events = {event["seq"]: event for event in snapshot["events"]}
        self.first = min(self.events, default=1)
        self.cursor = max(self.events, default=0)
        self.receipts: dict[tuple, tuple[int, int]] = {}

    def apply(self, events: list[dict]) -> None:
        for event in events:
            if event["seq"] <= self.cursor:
                assert self.events.get(event["seq"], event) == event, f"told differently a second time: {event} and {self.events[event['seq']]}"
                continue
            assert event["seq"] == self.cursor + 1, f"a hole: after {self.cursor} came {event}"
            self.events[event["seq"]] = event
            self.cursor = event["seq"]

    def raise_receipt(self, key: tuple, delivered: int, read: int) -> None:
        before = self.receipts.get(key, (0, 0))
        self.receipts[key] = (max(before[0], delivered), max(before[1], read))

    def compared(self, first: int) -> dict:
        return {
            "events": [event for seq, event in sorted(self.events.items()) if seq >= first],
            "receipts": {key: marks for key, marks in self.receipts.items() if marks != (0, 0)}}


class StaffModel:
    """What a member's page knows: the list, its marks, and the conversations that it opened."""

    def __init__(self, member: Member):
        self.member = member
        self.wire: Wire | None = None
        self.load()

    # Snapshots

    def load(self, open_too: tuple[str, ...] = ()) -> None:
        self.rows: dict[str, dict] = {}
        self.marks: dict[str, dict] = {}
        self.logs: dict[str, Log] = {}
        self.feed: int | None = None
        self.shops_changed = 0
        for view in ("all", "resolved"):
            cursor: dict = {}
            while True:
                page = self.member.get("/api/inbox", view=view, limit=200, **cursor)
                self.epoch = page["epoch"]
                self.feed = page["feed"] if self.feed is None else self.feed
                for row in page["items"]:
                    self.take_row(row)
                self.marks |= page["marks"]
                if page["next"] is None:
                    break
                cursor = {"cursor": page["next"]}
        for conversation in open_too:
            self.load_conversation(conversation)

    def load_conversation(self, conversation: str) -> None:
        response = self.member.http.get(f"/api/conversations/{conversation}")
        if response.status_code == 404:
            self.logs.pop(conversation, None)
            return
        snapshot = Member.answer(response, 200)
        log = self.logs[conversation] = Log(snapshot)
        for receipt in snapshot["receipts"]:
            log.raise_receipt((receipt["by"]["type"], receipt["by"]["id"]), receipt["delivered"], receipt["read"])
        self.take_row(snapshot["row"])
        self.marks[conversation] = snapshot["mark"]

    def take_row(self, row: dict) -> None:
        known = self.rows.get(row["id"])
        if not known or row["version"] >= known["version"]:
            self.rows[row["id"]] = row

    # Frames

    def apply(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "feed":
            for item in frame["items"]:
                self.apply_item(item)
        elif kind == "events":
            if frame["conversation"] in self.logs:
                self.logs[frame["conversation"]].apply(frame["events"])
        elif kind == "receipt":
            if frame["conversation"] in self.logs:
                self.logs[frame["conversation"]].raise_receipt((frame["by"]["type"], frame["by"]["id"]), frame["delivered"], frame["read"])
        elif kind == "mark":
            self.marks[frame["conversation"]] = {"read": frame["read"], "customerMessages": frame["customerMessages"]}
        elif kind == "reset":
            self.reset(frame)
        else:
            assert kind in ("ready", "resumed", "ping", "typing", "presence", "ack", "nack", "stale"), frame

    def apply_item(self, item: dict) -> None:
        if item["seq"] <= self.feed:
            return
        assert item["seq"] == self.feed + 1, f"a hole in the feed: after {self.feed} came {item}"
        self.feed = item["seq"]
        if item["kind"] == "conversation":
            assert item["row"]["version"] >= item["seq"]
            self.take_row(item["row"])
        elif item["kind"] == "shop":
            self.shops_changed += 1

    def reset(self, frame: dict) -> None:
        opened = tuple(self.logs)
        if frame["scope"] == "all":
            self.load(opened)
            # What the snapshot no longer shows is no longer open either.
        elif frame["scope"] == "feed":
            self.load(opened)
        else:
            self.logs.pop(frame["conversation"], None)

    # Transports

    @property
    def cursors(self) -> dict:
        return {"epoch": self.epoch, "feed": self.feed, "conversations": {name: log.cursor for name, log in self.logs.items()}}

    def connect(self) -> None:
        self.disconnect()
        cursors = self.cursors
        self.wire = Wire.staff(self.member)
        self.wire.initialise(self.member.ticket(), **cursors)
        for frame in self.wire.resuming:
            self.apply(frame)

    def disconnect(self) -> None:
        if self.wire:
            self.wire.close()
        self.wire = None

    def poll(self) -> None:
        query = [("epoch", self.epoch), ("feed", self.feed), ("wait", 0)] + [("conversation", f"{name}:{log.cursor}") for name, log in self.logs.items()]
        for frame in Member.answer(self.member.http.get("/api/sync", params=query), 200)["frames"]:
            self.apply(frame)

    def open(self, conversation: str) -> None:
        """As a page does: the snapshot, then the socket's `open` with its cursor."""
        self.load_conversation(conversation)
        if self.wire and conversation in self.logs:
            self.wire.say({"type": "open", "conversation": conversation, "after": self.logs[conversation].cursor})

    def drain(self) -> None:
        """Everything that has come, up to the answer of a probe."""
        if self.wire:
            for frame in self.wire.settle():
                self.apply(frame)

    def catch_up(self, feed: int, tops: dict[str, int], timeout: float = 15) -> None:
        """Until it is at least there."""
        if not self.wire:
            return self.poll()

        def behind() -> bool:
            return self.feed < feed or any(self.logs[name].cursor < top for name, top in tops.items() if name in self.logs)

        self.drain()
        while behind():
            self.apply(self.wire.next(timeout))
        self.drain()

    # Comparing

    def difference(self) -> list[str]:
        """What a fresh snapshot shows otherwise; empty is right."""
        fresh = StaffModel(self.member)
        for conversation in self.logs:
            fresh.load_conversation(conversation)
        return compare({
            "rows": (visible(self.rows, fresh.rows), fresh.rows),
            "marks": (meaningful(self.marks, fresh.rows), meaningful(fresh.marks, fresh.rows)),
        } | {name: paired(log, fresh.logs.get(name)) for name, log in self.logs.items()})


class CustomerModel:
    """What a visitor's panel knows."""

    def __init__(self, visitor: Visitor):
        self.visitor = visitor
        self.wire: Wire | None = None
        self.load()

    def load(self) -> None:
        snapshot = self.visitor.snapshot()
        self.epoch, self.conversation = snapshot["epoch"], snapshot["conversation"]
        self.log = Log(snapshot)
        for receipt in snapshot["receipts"]:
            self.log.raise_receipt((receipt["by"]["type"],), receipt["delivered"], receipt["read"])
        self.log.raise_receipt(("customer",), snapshot["mark"]["delivered"], snapshot["mark"]["read"])

    def apply(self, frame: dict) -> None:
        kind = frame["type"]
        if kind == "events":
            self.conversation = self.conversation or frame["conversation"]
            assert frame["conversation"] == self.conversation
            for event in frame["events"]:
                assert event["kind"] in ("message", "resolved", "reopened") and "pubSeq" not in event, event
            self.log.apply(frame["events"])
        elif kind == "receipt":
            self.log.raise_receipt((frame["by"]["type"],), frame["delivered"], frame["read"])
        elif kind == "reset":
            self.load()
        else:
            assert kind in ("ready", "resumed", "ping", "typing", "presence", "ack", "nack", "stale"), frame

    @property
    def cursors(self) -> dict:
        return {"epoch": self.epoch, "conversations": {self.conversation: self.log.cursor} if self.conversation else {}}

    def connect(self) -> None:
        self.disconnect()
        self.wire = Wire.customer(self.visitor)
        self.wire.initialise(self.visitor.ticket(), **self.cursors)
        for frame in self.wire.resuming:
            self.apply(frame)

    def disconnect(self) -> None:
        if self.wire:
            self.wire.close()
        self.wire = None

    def poll(self) -> None:
        query: dict = {"epoch": self.epoch, "wait": 0}
        if self.conversation:
            query["conversation"] = f"{self.conversation}:{self.log.cursor}"
        for frame in self.visitor.get(f"{self.visitor.base}/sync", **query)["frames"]:
            self.apply(frame)

    def drain(self) -> None:
        if self.wire:
            for frame in self.wire.settle():
                self.apply(frame)

    def catch_up(self, top: int, timeout: float = 15) -> None:
        if not self.wire:
            return self.poll()
        self.drain()
        while self.log.cursor < top:
            self.apply(self.wire.next(timeout))
        self.drain()

    def difference(self) -> list[str]:
        fresh = CustomerModel(self.visitor)
        return compare({"conversation": (self.conversation, fresh.conversation), "log": paired(self.log, fresh.log)})


def paired(log: Log, fresh: Log | None) -> tuple:
    """Both from the first event on that both hold: a snapshot shows the newest fifty."""
    if fresh is None:
        return log.compared(0), None
    first = max(log.first, fresh.first)
    return log.compared(first), fresh.compared(first)


def visible(rows: dict, fresh: dict) -> dict:
    return rows if len(fresh) < 1_000 else {name: rows.get(name) for name in fresh}


def meaningful(marks: dict, rows: dict) -> dict:
    """No mark and a mark of nothing are the same; those of conversations out of sight do not count."""
    return {name: mark for name, mark in marks.items() if name in rows and (mark["read"] or mark["customerMessages"])}


def compare(pairs: dict[str, tuple]) -> list[str]:
    return [f"{name}: {different(live, fresh)}" for name, (live, fresh) in pairs.items() if live != fresh]


def different(live, fresh, path: str = "") -> str:
    """Only where they part, so that a failure can be read."""
    if isinstance(live, dict) and isinstance(fresh, dict):
        return "; ".join(different(live.get(key), fresh.get(key), f"{path}/{key}") for key in [*live, *(key for key in fresh if key not in live)]
                         if live.get(key) != fresh.get(key))
    if isinstance(live, list) and isinstance(fresh, list) and len(live) == len(fresh):
        return "; ".join(different(one, other, f"{path}/{index}") for index, (one, other) in enumerate(zip(live, fresh)) if one != other)
    return f"{path}: live {live!r}, fresh {fresh!r}"
