"""`switchboard practice-node`: an upstream that costs nothing and fails when told to (docs/practice-node.md)."""
import base64
import pathlib
import re
import signal
import subprocess
import time

import httpx

from support import server as program


class PracticeNode:
    """One process on a port of its own, which it keeps when it is killed and started again."""

    def __init__(self, name: str, *options: str):
        self.name, self.options = name, options
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self.base = ""
        self._http = httpx.Client(timeout=10, verify=False)

    def __enter__(self) -> "PracticeNode":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()

    # Living

    def start(self) -> "PracticeNode":
        self.process = subprocess.Popen(
            [str(program.PROGRAM), "practice-node", "--name", self.name, "--port", str(self.port), *self.options],
            env=program.clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        line = self.process.stdout.readline()
        found = re.search(r"listens on (https?://[0-9.]+:(\d+))$", line.strip())
        assert found, f"the practice node said {line!r} instead of its address"
        self.base, self.port = found[1], int(found[2])
        return self

    def kill(self) -> None:
        """As a machine that loses power: its connections are broken by the kernel."""
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def end(self) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(10) == 0, f"the practice node {self.name} ended badly"
        if self.process and self.process.stdout:
            self.process.stdout.close()
        self._http.close()

    # Directing

    def play(self, *scenes: str | dict, path: str = "/v1/messages", repeat: int = 1) -> None:
        """Adds faults for the next requests to `path`; `repeat=0`: for every one until `clear`."""
        whole = [scene if isinstance(scene, dict) else {"fault": scene, "path": path, "repeat": repeat} for scene in scenes]
        self._ask("POST", "/practice/script", json=whole)

    def clear(self) -> None:
        """No script, no records: as new."""
        self.forget_script()
        self._ask("DELETE", "/practice/requests")

    def forget_script(self) -> None:
        self._ask("DELETE", "/practice/script")

    def hang_up(self) -> None:
        """Ends all its connections and goes on listening: what a node does with connections that were idle for long."""
        self._ask("POST", "/practice/refuse", json={"seconds": 0})

    # Looking

    def requests(self, path: str | None = None, bodies: bool = False, after: int = 0) -> list["SeenRequest"]:
        """What came, oldest first; `path` without query."""
        found = self._ask("GET", f"/practice/requests?after={after}&bodies={str(bodies).lower()}").json()["requests"]
        return [SeenRequest(one) for one in found if path is None or one["target"].split("?")[0] == path]

    @property
    def asked(self) -> list["SeenRequest"]:
        """What came for the models: not the probes of a gateway's health checks."""
        return [one for one in self.requests() if one.method == "POST"]

    @property
    def figures(self) -> dict:
        return self._ask("GET", "/practice/figures").json()

    def eventually(self, wanted, timeout: float = 10) -> None:
        """Until `wanted(self)` holds."""
        deadline = time.monotonic() + timeout
        while not wanted(self):
            assert time.monotonic() < deadline, f"{self.name} did not see it in {timeout} s: {self.figures}, {[vars(one) for one in self.requests()[-3:]]}"
            time.sleep(0.02)

    def _ask(self, method: str, path: str, **options) -> httpx.Response:
        answer = self._http.request(method, self.base + path, **options)
        assert answer.status_code == 200, answer.text
        return answer


class SeenRequest:
    """One request as the node saw it."""

    def __init__(self, record: dict):
        self.number: int = record["number"]
        self.connection: int = record["connection"]
        self.method: str = record["method"]
        self.target: str = record["target"]
        self.headers: list[tuple[str, str]] = [(name, value) for name, value in record["headers"]]
        self.at: int = record["at"]
        self.length: int = record["length"]
        self.sha256: str = record["sha256"]
        self.is_whole: bool = record["whole"]
        self.fault: str | None = record["fault"]
        self.status: int = record["status"]
        self.ended_after: int | None = record["endedAfter"]
        self.answer_length: int = record["answerLength"]
        self.answer_sha256: str = record["answerSHA256"]
        self.left_early: bool = record["leftEarly"]
        self.body: bytes | None = base64.b64decode(record["body"]) if record.get("body") is not None else None

    @property
    def path(self) -> str:
        return self.target.split("?")[0]

    def header(self, name: str) -> str | None:
        """All values of that name, as one list."""
        values = [value for found, value in self.headers if found.lower() == name.lower()]
        return ", ".join(values) if values else None

    @property
    def header_names(self) -> set[str]:
        return {name.lower() for name, _ in self.headers}


def make_certificate(folder: pathlib.Path, name: str = "127.0.0.1") -> tuple[pathlib.Path, pathlib.Path]:
    """A certificate that nobody has a reason to trust, and its key."""
    import datetime
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(name))]), critical=False).sign(key, hashes.SHA256()))
    files = folder / "node.pem", folder / "node.key"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return files
