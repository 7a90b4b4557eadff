"""Visitors who write all the time while a test does something else."""
import time

import httpx

from support.steadily import Steadily
from support.ulid import ulid


class Writing(Steadily):
    """One message after the other on kept connections; the first that fails is the last."""

    def __init__(self, visitor):
        super().__init__(1, 0.005)
        self.visitor, self.sent, self.failed = visitor, 0, []

    def _work(self, thread: int) -> None:
        for _ in self._turns():
            try:
                self.visitor.send(f"message {self.sent}")
                self.sent += 1
            except (AssertionError, httpx.HTTPError) as reason:
                self.failed.append(repr(reason))
                return


class WritingAgain(Steadily):
    """What nobody answered is written again under its name until somebody does: `acked` has each name's number."""

    def __init__(self, visitor):
        super().__init__(1, 0.005)
        self.visitor, self.tries = visitor, 0
        self.acked: dict[str, int] = {}

    def _work(self, thread: int) -> None:
        for number in self._turns():
            name = ulid()
            while name not in self.acked and not self._stopping.is_set():
                self.tries += 1
                try:
                    self.acked[name] = self.visitor.send(f"message {number}", client_id=name)["seq"]
                except (httpx.TransportError, AssertionError, KeyError):
                    time.sleep(0.02)
