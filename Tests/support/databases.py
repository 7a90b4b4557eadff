"""What several instances share: MariaDB, Redis and HAProxy, each on a private folder and a free port, gone with the tests.

The kernel ends them when the tests' process ends, however it ends (`setpriv --pdeathsig`).
"""
import concurrent.futures
import itertools
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

#: Where servers are started: the kernel's word of a parent's death is of the *thread* that started the child, and this one lives to the end.
NURSERY = concurrent.futures.ThreadPoolExecutor(1, "nursery")
ON_ROOT = ["--user=root"] if os.geteuid() == 0 else []


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def missing(*programs: str) -> str:
    """Which of the programs this machine lacks, for the reason of a skip."""
    return ", ".join(name for name in programs if not shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin"))


class Process:
    """A server of somebody else's, as a child of the tests."""

    def __init__(self, top: str | None = None) -> None:
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix=f"switchboard-{type(self).__name__.lower()}-", dir=top))
        self.port = free_port()
        self.process: subprocess.Popen | None = None

    def __enter__(self):
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()

    def words(self) -> list[str]:
        raise NotImplementedError

    def is_up(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 0.5).close()
            return True
        except OSError:
            return False

    def start(self, timeout: float = 30):
        log = (self.folder / "log").open("ab")
        self.process = NURSERY.submit(
            subprocess.Popen, ["setpriv", "--pdeathsig", "KILL", *self.words()], stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=self.folder,
            env=os.environ | {"PATH": os.environ.get("PATH", "") + ":/usr/sbin:/sbin"}).result()
        log.close()
        deadline = time.monotonic() + timeout
        while not self.is_up():
            assert self.process.poll() is None, f"{self.words()[0]} ended: {self.log()}"
            assert time.monotonic() < deadline, f"{self.words()[0]} is not up within {timeout} s: {self.log()}"
            time.sleep(0.01)
        return self

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """What a power cut does; `start` is a restart on the same data and port."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def pause(self) -> None:
        """It lives and answers nothing, as behind a broken network."""
        assert self.process
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        assert self.process
        self.process.send_signal(signal.SIGCONT)

    def _end(self, number: int) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
            self.process.wait(30)

    def end(self) -> None:
        self._end(signal.SIGKILL)
        shutil.rmtree(self.folder, ignore_errors=True)


class MariaDB(Process):
    """`fresh()` is an empty database with a user of its own."""

    #: Of every user that `fresh` makes; with what a URL has to escape.
    PASSWORD = "a/pass:word@näh"
    _PASSWORD_IN_URL = "a%2Fpass%3Aword%40n%C3%A4h"

    def __init__(self, *options: str, top: str | None = None) -> None:
        super().__init__(top)
        self.options = options
        self._numbers = itertools.count(1)
        made = subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={self.folder}/data", *ON_ROOT, "--auth-root-authentication-method=normal",
             "--skip-test-db", "--skip-name-resolve"], capture_output=True, text=True, env=os.environ | {"TMPDIR": str(self.folder)})
        assert made.returncode == 0, made.stderr + made.stdout

    @property
    def socket(self) -> str:
        return str(self.folder / "s")

    def words(self) -> list[str]:
        # Killed processes lose nothing at this setting; only a power cut of the whole machine does, which no test makes.
        return [
            "mariadbd", "--no-defaults", *ON_ROOT, f"--datadir={self.folder}/data", "--bind-address=127.0.0.1", f"--port={self.port}",
            f"--socket={self.socket}", f"--pid-file={self.folder}/pid", f"--tmpdir={self.folder}", "--innodb-buffer-pool-size=64M", "--skip-name-resolve",
            "--innodb-flush-log-at-trx-commit=2", "--innodb-flush-method=nosync", "--character-set-server=utf8mb4", "--max-connections=500",
            *self.options]

    def run(self, sql: str, database: str = "") -> list[list[str]]:
        """The rows of the answer, as text."""
        done = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", "--batch", "--skip-column-names", *([database] if database else [])],
            input=sql, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{sql}: {done.stderr}"
        return [line.split("\t") for line in done.stdout.splitlines()]

    def fresh(self, of: str | None = None, rights: str = "ALL PRIVILEGES") -> str:
        """A new database, empty or with what that of the URL `of` holds: its URL."""
        name = f"house_{next(self._numbers)}"
        self.run(f"""CREATE DATABASE {name}; CREATE USER {name}@'127.0.0.1' IDENTIFIED BY '{self.PASSWORD}';
                     GRANT {rights} ON {name}.* TO {name}@'127.0.0.1';""")
        if of:
            self.copy(self.name(of), name)
        return self.url(name)

    def url(self, name: str, **parameters: str) -> str:
        query = "&".join(f"{key}={value}" for key, value in parameters.items())
        return f"mysql://{name}:{self._PASSWORD_IN_URL}@127.0.0.1:{self.port}/{name}" + (f"?{query}" if query else "")

    @staticmethod
    def name(url: str) -> str:
        return url.rsplit("/", 1)[1].split("?")[0]

    def content(self, database: str) -> bytes:
        """Every row, bytes as they are."""
        dump = subprocess.run(
            ["mariadb-dump", "--no-defaults", f"--socket={self.socket}", "--user=root", "--single-transaction", "--default-character-set=binary",
             database], capture_output=True, timeout=60)
        assert dump.returncode == 0, dump.stderr
        return dump.stdout

    def copy(self, source: str, target: str) -> None:
        dump = subprocess.run(
            ["mariadb-dump", "--no-defaults", f"--socket={self.socket}", "--user=root", "--single-transaction", "--hex-blob", source], capture_output=True,
            timeout=60)
        assert dump.returncode == 0, dump.stderr
        loaded = subprocess.run(
            ["mariadb", "--no-defaults", f"--socket={self.socket}", "--user=root", target], input=dump.stdout, capture_output=True, timeout=60)
        assert loaded.returncode == 0, loaded.stderr


class Redis(Process):
    """Without persistence: what it forgets is in the database."""

    def words(self) -> list[str]:
        return ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--dir", str(self.folder), "--save", "", "--appendonly", "no"]

    def url(self, number: int = 0) -> str:
        return f"redis://127.0.0.1:{self.port}/{number}"


class HAProxy(Process):
    """In front of instances, by name: who says `x-instance: one` is answered by that one while it lives."""

    def __init__(self, **instances: int) -> None:
        super().__init__()
        self.instances = instances
        self.ports = {name: 0 for name in instances}

    def words(self) -> list[str]:
        servers = "\n".join(
            f"    server {name} 127.0.0.1:{port} check inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions"
            for name, port in self.instances.items())
        steered = "\n".join(f"    use-server {name} if {{ req.hdr(x-instance) -m str {name} }}" for name in self.instances)
        (self.folder / "haproxy.cfg").write_text(f"""
global
    maxconn 2000
defaults
    mode http
    option http-no-delay
    option redispatch 1
    retries 3
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout tunnel 1h
frontend door
    bind 127.0.0.1:{self.port}
    option forwardfor
    default_backend house
backend house
    balance roundrobin
    option httpchk GET /ready
{steered}
{servers}
""")
        return ["haproxy", "-db", "-f", str(self.folder / "haproxy.cfg")]

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"
