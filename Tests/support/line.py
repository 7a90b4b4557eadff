"""RFC 6455 by hand, so that anything can be said."""
import base64
import json
import random
import socket
import struct

from support.world import Visitor


class Line:
    """A visitor's socket, opened as far as wanted."""

    def __init__(self, visitor: Visitor, dice: random.Random):
        self.visitor, self.dice = visitor, dice
        self.socket = socket.create_connection(("127.0.0.1", visitor.server.port), 10)
        key = base64.b64encode(dice.randbytes(16)).decode()
        self.socket.sendall((
            f"GET /ws/customer/{visitor.key} HTTP/1.1\r\nHost: 127.0.0.1:{visitor.server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        self.buffer = b""
        while b"\r\n\r\n" not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        assert head.startswith(b"HTTP/1.1 101"), head

    def initialise(self) -> "Line":
        self.say(json.dumps({"type": "init", "protocol": 1, "ticket": self.visitor.ticket()}).encode())
        while self.hear()[1].find(b'"resumed"') < 0:
            pass
        return self

    def say(self, payload: bytes, opcode: int = 1, final: bool = True, masked: bool = True, reserved: int = 0) -> None:
        self.socket.sendall(self.frame(payload, opcode, final, masked, reserved))

    def frame(self, payload: bytes, opcode: int = 1, final: bool = True, masked: bool = True, reserved: int = 0) -> bytes:
        size = len(payload)
        head = bytes([(0x80 if final else 0) | reserved << 4 | opcode])
        flag = 0x80 if masked else 0
        head += bytes([flag | size]) if size < 126 else bytes([flag | 126]) + struct.pack(">H", size) if size < 65_536 else bytes([flag | 127]) + struct.pack(">Q", size)
        if not masked:
            return head + payload
        mask = self.dice.randbytes(4)
        pad = (mask * (size // 4 + 1))[:size]
        return head + mask + (int.from_bytes(payload, "big") ^ int.from_bytes(pad, "big")).to_bytes(size, "big")

    def hear(self) -> tuple[int, bytes]:
        """One frame: opcode and payload; opcode 8 at the end, with or without a closing frame."""
        try:
            head = self._take(2)
            size = head[1] & 0x7F
            if size == 126:
                size = struct.unpack(">H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._take(8))[0]
            return head[0] & 0x0F, self._take(size)
        except (EOFError, ConnectionResetError, BrokenPipeError):
            return 8, b""

    def _take(self, count: int) -> bytes:
        while len(self.buffer) < count:
            self._more()
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def _more(self) -> None:
        chunk = self.socket.recv(65_536)
        if not chunk:
            raise EOFError
        self.buffer += chunk

    def close(self) -> None:
        self.socket.close()
