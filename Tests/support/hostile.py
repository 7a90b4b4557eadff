"""Clients that hold on to what they can get: half-sent heads, half-made TLS handshakes, readers that stop reading."""
import base64
import json
import os
import resource
import selectors
import socket
import ssl
import time

from support.gateway import hello
from support.knocking import percentile
from support.server import Server


def allow_files(count: int) -> None:
    """So many descriptors for this process; skips where the machine doesn't allow it."""
    import pytest

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        if hard != resource.RLIM_INFINITY and hard < count:
            pytest.skip(f"this machine allows {hard} open files, {count} are needed")
        resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))


class HalfSent:
    """Connections that send the beginning of something, one more byte now and then, and never the end."""

    def __init__(self, server: Server, count: int, opening: bytes, secure_port: bool = False, handshake: bool = False):
        scheme = "https" if secure_port else "http"
        self.address = server.addresses[scheme]
        self.count, self.opening, self.handshake = count, opening, handshake
        self.selector = selectors.DefaultSelector()
        #: Seconds from the first byte to the server's end of it.
        self.lasted: list[float] = []
        self.open: dict[socket.socket, float] = {}
        #: Not connected yet.
        self.coming: set[socket.socket] = set()
        #: How many were held when the last had come.
        self.most = 0
        #: What the server said before it closed.
        self.said: set[bytes] = set()

    def begin(self) -> "HalfSent":
        for _ in range(self.count):
            while len(self.coming) >= 300:
                self.watch(0)
            self._knock()
        while self.coming:
            self.watch(0.01)
        return self

    def _knock(self) -> None:
        if self.handshake:
            line: socket.socket = ssl._create_unverified_context().wrap_socket(socket.create_connection(self.address, 20))
            line.setblocking(False)
            self.selector.register(line, selectors.EVENT_READ)
            return self._speak(line)
        line = socket.socket()
        line.setblocking(False)
        line.connect_ex(self.address)
        self.coming.add(line)
        self.selector.register(line, selectors.EVENT_WRITE)

    def _speak(self, line: socket.socket) -> None:
        line.send(self.opening)
        self.open[line] = time.monotonic()

    def drip(self) -> None:
        """One byte more from everybody."""
        for line in list(self.open):
            try:
                line.send(b"x")
            except ssl.SSLError:
                continue
            except OSError:
                self._ended(line)

    def watch(self, seconds: float) -> None:
        """Sees who is let go in that time."""
        end = time.monotonic() + seconds
        while self.open or self.coming:
            for key, _ in self.selector.select(max(0, min(end - time.monotonic(), 0.1))):
                if key.fileobj in self.coming:
                    self.coming.remove(key.fileobj)
                    self.selector.modify(key.fileobj, selectors.EVENT_READ)
                    self._speak(key.fileobj)
                else:
                    self._read(key.fileobj)
            if time.monotonic() >= end:
                return

    def _read(self, line: socket.socket) -> None:
        try:
            while chunk := line.recv(4_096):
                self.said.add(chunk[:12])
        except (ssl.SSLWantReadError, BlockingIOError):
            return
        except OSError:
            pass
        self._ended(line)

    def _ended(self, line: socket.socket) -> None:
        began = self.open.pop(line, None)
        if began is not None:
            self.lasted.append(time.monotonic() - began)
            self.selector.unregister(line)
            line.close()

    def run(self, patience: float = 60) -> None:
        """All of it: for a thread of its own."""
        self.begin()
        self.most = len(self.open)
        end = time.monotonic() + patience
        while self.open and time.monotonic() < end:
            self.drip()
            self.watch(0.5)

    def close(self) -> None:
        for line in [*self.open, *self.coming]:
            self.selector.unregister(line)
            line.close()
        self.open, self.coming = {}, set()
        self.selector.close()


def stalling_socket(address: tuple[str, int]) -> socket.socket:
    """A connection with as little room in the kernel as it gives, so that who stops reading is noticed after few bytes."""
    line = socket.socket()
    # Small segments keep the sender's own buffer small, too: Linux sizes it by them.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 536)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    line.settimeout(20)
    line.connect(address)
    return line


class Stalled:
    """A WebSocket that says `init`, hears that it has resumed, and never reads again."""

    def __init__(self, server: Server, path: str, ticket: str, headers: str = "", secure: bool = False):
        address = server.addresses["https" if secure else "http"]
        self.line = stalling_socket(address)
        if secure:
            self.line = ssl._create_unverified_context().wrap_socket(self.line)
        origin = f"{'https' if secure else 'http'}://{address[0]}:{address[1]}"
        key = base64.b64encode(os.urandom(16)).decode()
        self.line.sendall((
            f"GET {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n{headers}"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        heard = b""
        while b"\r\n\r\n" not in heard:
            heard += self._more()
        assert heard.startswith(b"HTTP/1.1 101"), heard
        payload = json.dumps({"type": "init", "protocol": 1, "ticket": ticket}).encode()
        head = bytes([0x81]) + (bytes([0x80 | len(payload)]) if len(payload) < 126 else bytes([0x80 | 126]) + len(payload).to_bytes(2, "big"))
        # A mask of zeros is a mask.
        self.line.sendall(head + bytes(4) + payload)
        while b'"resumed"' not in heard:
            heard += self._more()

    def _more(self) -> bytes:
        more = self.line.recv(4_096)
        assert more, "closed"
        return more

    def is_closed(self) -> bool:
        """Whether the server has given it up: what lies in the kernel is read first."""
        self.line.settimeout(0.05)
        try:
            while self.line.recv(65_536):
                pass
            return True
        except TimeoutError:
            return False
        except OSError:
            return True

    def close(self) -> None:
        self.line.close()


def stalled_stream(address: tuple[str, int], key: str, isRoomy: bool = False) -> socket.socket:
    """A request for a stream, of which the head is awaited and no more is read."""
    line = socket.create_connection(address, 20) if isRoomy else stalling_socket(address)
    body = json.dumps(hello("much", stream=True)).encode()
    line.sendall((
        f"POST /v1/messages HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nx-api-key: {key}\r\nanthropic-version: 2023-06-01\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n").encode() + body)
    heard = b""
    while b"\r\n\r\n" not in heard:
        more = line.recv(256)
        assert more, heard
        heard += more
    assert heard.startswith(b"HTTP/1.1 200"), heard
    return line


class Pace:
    """How long something takes that is done again and again."""

    def __init__(self):
        self.took: list[float] = []

    def measure(self, what, count: int = 1, pause: float = 0.0) -> "Pace":
        for _ in range(count):
            began = time.monotonic()
            what()
            self.took.append(time.monotonic() - began)
            time.sleep(pause)
        return self

    def __str__(self) -> str:
        return (f"p50 {percentile(self.took, 0.5) * 1_000:.1f} ms, p99 {percentile(self.took, 0.99) * 1_000:.1f} ms, "
                f"worst {max(self.took) * 1_000:.0f} ms of {len(self.took)}")

    def share(self, share: float) -> float:
        return percentile(self.took, share)
