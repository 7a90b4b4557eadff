"""An HTTP/1.1 connection that says exactly what it is told and never closes by itself."""
import re
import socket
import ssl

from .server import Server


class Line:
    """To the server's secure port where it has one."""

    def __init__(self, server: Server):
        scheme = "https" if "https" in server.addresses else "http"
        host, port = server.addresses[scheme]
        self.socket = socket.create_connection((host, port), 10)
        if scheme == "https":
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            # An end without TLS's goodbye is an error here: nobody could tell it from an attack that cuts answers short.
            self.socket = context.wrap_socket(self.socket, suppress_ragged_eofs=False)

    def say(self, text: str) -> None:
        self.socket.sendall(text.encode())

    def ask(self, text: str) -> str:
        """One whole answer that says its length."""
        self.say(text)
        heard = b""
        while not (length := re.search(rb"(?is)content-length: (\d+).*?\r\n\r\n", heard)) or len(heard) < length.end() + int(length.group(1)):
            more = self.socket.recv(65536)
            assert more, heard
            heard += more
        return heard.decode()

    def finish(self) -> None:
        """Shuts the writing side only; under TLS with its goodbye."""
        if isinstance(self.socket, ssl.SSLSocket):
            # `unwrap` would wait for the server's goodbye before it shows what the server said.
            self.socket.setblocking(False)
            try:
                self.socket.unwrap()
            except ssl.SSLError:
                pass
            self.socket.setblocking(True)
            self.socket.settimeout(10)
        else:
            self.socket.shutdown(socket.SHUT_WR)

    def rest(self, timeout: float = 10) -> str:
        """Everything until the server ends the connection."""
        self.socket.settimeout(timeout)
        heard = b""
        while True:
            try:
                more = self.socket.recv(65536)
            except ssl.SSLZeroReturnError:
                more = b""
            if not more:
                return heard.decode()
            heard += more

    def close(self) -> None:
        self.socket.close()
