"""Somebody who comes to the door all the time, each time on a new connection, and writes down how that went."""
import math
import socket
import time

from support.steadily import Steadily


class Knocking(Steadily):
    """Threads that ask for `/ready` (or another path) without pause, from `start` to `stop`."""

    def __init__(self, port: int, path: str = "/ready", threads: int = 4, pause: float = 0.002):
        super().__init__(threads, pause)
        self.port, self.path = port, path
        #: (when asked, when answered, status) on the monotonic clock.
        self.answers: list[tuple[float, float, int]] = []
        self.refused: list[float] = []
        #: Connections that ended before the answer was whole.
        self.cut: list[float] = []

    def _work(self, thread: int) -> None:
        for _ in self._turns():
            self.knock()

    def knock(self) -> int | None:
        began = time.monotonic()
        try:
            status = ask(self.port, self.path)
        except ConnectionRefusedError:
            self.refused.append(began)
            return None
        except OSError:
            self.cut.append(began)
            return None
        self.answers.append((began, time.monotonic(), status))
        return status

    def slowest(self) -> float:
        return max((ended - began for began, ended, _ in self.answers), default=0)


def ask(port: int, path: str, timeout: float = 30) -> int:
    """The status of a GET on a connection of its own."""
    with socket.create_connection(("127.0.0.1", port), timeout) as line:
        line.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while chunk := line.recv(65_536):
            answer += chunk
    if not answer.startswith(b"HTTP/1.1 ") or b"\r\n\r\n" not in answer:
        raise ConnectionResetError("the answer was not whole")
    return int(answer[9:12])


def await_serving(port: int, timeout: float = 20) -> float:
    """Until `/ready` is 200 on a new connection; returns when that was."""
    deadline = time.monotonic() + timeout
    while True:
        try:
            if ask(port, "/ready") == 200:
                return time.monotonic()
        except OSError:
            pass
        assert time.monotonic() < deadline, f"nobody serves on port {port} within {timeout} s"


def percentile(values: list[float], share: float) -> float:
    found = sorted(values)
    return found[min(len(found) - 1, max(0, math.ceil(len(found) * share) - 1))]
