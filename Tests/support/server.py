"""The real program, started as a user would start it: own data directory, free ports, ended by its process id."""
import json
import os
import pathlib
import re
import signal
import subprocess
import threading
import time

from support import engine

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = pathlib.Path(os.environ.get("SWITCHBOARD_PROGRAM", TOP / ".build/debug/switchboard"))
ADDRESS = re.compile(r"(https?)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+):(\d+)")
# What a test needs to get in each other's way as little as possible; a test of the limits sets its own.
ROOMY = {"CUSTOMER_SENDS": "1000000", "STAFF_SENDS": "1000000", "NEW_VISITORS": "1000000", "DRAIN_TIME": "1s"}


def clean_environment(**settings: object) -> dict[str, str]:
    """Only what the program needs, so that a developer's own settings change no test."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "LD_LIBRARY_PATH", "TMPDIR") if name in os.environ}
    return kept | {name: str(value) for name, value in settings.items()}


def command(*arguments: str, data: pathlib.Path, typed: str | None = None, timeout: float = 30, **settings: object) -> subprocess.CompletedProcess[str]:
    """Runs `switchboard …` to its end."""
    directory = data.parent / "elsewhere"
    directory.mkdir(exist_ok=True)
    return subprocess.run(
        [str(PROGRAM), *arguments], env=clean_environment(**({"DATA_DIR": data} | engine.settings(data) | settings)), cwd=directory, input=typed if typed is not None else "",
        capture_output=True, text=True, timeout=timeout)


def is_socket(path: str) -> bool:
    try:
        return os.readlink(path).startswith("socket:")
    except OSError:
        return False


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def words(pid: int) -> list[str]:
    """The command line of a process; empty when it is gone or a corpse."""
    try:
        return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
    except OSError:
        return []


def parent(pid: int) -> int:
    try:
        return int(pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])
    except (OSError, IndexError):
        return 0


def is_gone(pid: int) -> bool:
    """Nothing is left that could hold a lock, a port or a file."""
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z" and len(os.listdir(f"/proc/{pid}/task")) <= 1
    except OSError:
        return True


class Server:
    """`switchboard serve` with its log: a supervisor and its worker, or one process alone. Settings are environment variables."""

    #: The subcommand.
    verb = "serve"
    #: What is started: a test may put something in front of it.
    program = PROGRAM
    #: What a proxy in front is told, where there is one: by which instance to be answered.
    steering: dict[str, str] = {}

    def __init__(self, data: pathlib.Path, supervised: bool = True, **settings: object):
        self.data = data
        self.supervised = supervised
        self._sent: set[int] = set()
        self._last_worker = 0
        #: What `await_end` said last, after `stop` or `end`.
        self.ended: int | None = None
        self.settings = {"HTTP_PORT": 0, "BIND": "127.0.0.1", "LOG_FORMAT": "json"} | settings
        self.process: subprocess.Popen[str] | None = None
        self.lines: list[str] = []
        self.addresses: dict[str, tuple[str, int]] = {}
        self._news = threading.Condition()
        self._reader: threading.Thread | None = None
        self._started_at = 0

    def __enter__(self) -> "Server":
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.end()

    # Starting

    def start(self, timeout: float = 30) -> "Server":
        self.launch()
        self.await_ready(timeout)
        return self

    def launch(self) -> "Server":
        directory = self.data.parent / "elsewhere"
        directory.mkdir(parents=True, exist_ok=True)
        self._started_at = len(self.lines)
        self._sent = set()
        alone = [] if self.supervised else ["--unsupervised"]
        self.process = subprocess.Popen(
            [str(self.program), self.verb, *alone], env=clean_environment(**({"DATA_DIR": self.data} | engine.settings(self.data) | self.settings)), cwd=directory, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="backslashreplace", bufsize=1)
        self._reader = threading.Thread(target=self._read, args=(self.process,), daemon=True)
        self._reader.start()
        return self

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        for line in process.stdout:
            with self._news:
                self.lines.append(line.rstrip("\n"))
                self._news.notify_all()
        process.wait()
        with self._news:
            self._news.notify_all()

    def await_ready(self, timeout: float = 30) -> None:
        """Until `/ready` says so; the ports are those that the program printed."""
        wanted = "https" if self.settings.get("TLS_MODE", "disabled") != "disabled" else "http"
        # Under TLS the plain port is there too, and is named after the secure one.
        for scheme in {wanted, "http"}:
            self.await_line(lambda line: any(found == scheme for found, _, _ in ADDRESS.findall(line)), timeout, what=f"its {scheme} address")
        for line in self.lines[self._started_at:]:
            for scheme, host, port in ADDRESS.findall(line):
                self.addresses.setdefault(scheme, (host, int(port)))
        # The next start of this server keeps its address, as a restart on a real machine does.
        if "http" in self.addresses:
            self.settings["HTTP_PORT"] = self.addresses["http"][1]
        if "https" in self.addresses:
            self.settings["HTTPS_PORT"] = self.addresses["https"][1]
        import httpx

        deadline = time.monotonic() + timeout
        with httpx.Client(verify=False, timeout=2) as client:
            while True:
                try:
                    if client.get(self.base + "/ready").status_code == 200:
                        return
                except httpx.TransportError:
                    pass
                assert self.alive, f"the server ended: {self.tail()}"
                assert time.monotonic() < deadline, f"not ready within {timeout} s: {self.tail()}"
                time.sleep(0.01)

    # Looking

    @property
    def base(self) -> str:
        scheme = "https" if "https" in self.addresses else "http"
        host, port = self.addresses[scheme]
        return f"{scheme}://{host}:{port}"

    @property
    def socket_base(self) -> str:
        return self.base.replace("http", "ws", 1)

    @property
    def port(self) -> int:
        return self.addresses["http"][1]

    @property
    def supervisor(self) -> int:
        """The process that was started; without supervision the only one."""
        assert self.process
        return self.process.pid

    @property
    def workers(self) -> list[int]:
        """Those that serve or are about to, the oldest first."""
        own = [pid for pid in processes() if words(pid)[1:2] == ["worker"] and words(pid)[2:3] == [self.verb] and parent(pid) == self.supervisor]
        return sorted(own, key=lambda pid: os.stat(f"/proc/{pid}").st_ctime)

    @property
    def pid(self) -> int:
        """The process that serves: while there is none, the last one."""
        if not self.supervised:
            return self.supervisor
        found = self.workers
        if found:
            self._last_worker = found[0]
        return self._last_worker

    def status(self) -> dict:
        """What `switchboard status` says."""
        shown = command("status", data=self.data)
        assert shown.returncode == 0, shown.stderr
        return json.loads(shown.stdout)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def resident(self) -> int:
        """Bytes of memory that the process holds now."""
        return self._status("VmRSS")

    def _status(self, name: str) -> int:
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(name + ":"):
                return int(line.split()[1]) * 1024
        raise AssertionError(name)

    @property
    def open_sockets(self) -> int:
        """Not files: the database's pool opens those as it needs them."""
        folder = f"/proc/{self.pid}/fd"
        return sum(is_socket(f"{folder}/{name}") for name in os.listdir(folder))

    def tail(self, count: int = 15) -> str:
        return "\n".join(self.lines[-count:])

    def records(self) -> list[dict]:
        """The log's JSON lines."""
        found = []
        for line in self.lines:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                found.append(record)
        return found

    def await_line(self, wanted, timeout: float = 10, since: int | None = None, what: str = "the line") -> str:
        """The first line for which `wanted` holds (a function, or a text to be found in it)."""
        check = wanted if callable(wanted) else lambda line: wanted in line
        deadline = time.monotonic() + timeout
        position = self._started_at if since is None else since
        with self._news:
            while True:
                while position < len(self.lines):
                    if check(self.lines[position]):
                        return self.lines[position]
                    position += 1
                assert self.alive or position < len(self.lines), f"the server ended before {what}: {self.tail()}"
                rest = deadline - time.monotonic()
                assert rest > 0, f"{what} did not appear in {timeout} s: {self.tail()}"
                self._news.wait(min(rest, 0.2))

    # Ending

    def kill(self) -> None:
        """What a power cut does: everything ends, and nobody is there to notice."""
        workers: list[int] = []
        if self.supervised and self.alive:
            # Stopped, it neither starts another worker nor lets the line go, by which the worker would learn that it is alone.
            self._signal(signal.SIGSTOP)
            workers = [pid for pid in processes() if words(pid)[1:2] == ["worker"] and parent(pid) == self.supervisor]
            for worker in workers:
                self._strike(worker)
        self._signal(signal.SIGKILL)
        self.await_end()
        for worker in workers:
            await_gone(worker)

    def kill_worker(self) -> int:
        """`kill -9` of the process that serves; the supervisor lives. Returns which it was."""
        worker = self.pid
        self._strike(worker)
        return worker

    @staticmethod
    def _strike(pid: int) -> None:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass

    def terminate(self) -> None:
        self._signal(signal.SIGTERM)

    def interrupt(self) -> None:
        """Ctrl-C."""
        self._signal(signal.SIGINT)

    def await_end(self, timeout: float = 20) -> int:
        """The exit code; 0 also when it ended, as it should, by the signal that we told it to end with."""
        assert self.process
        code = self.process.wait(timeout)
        if self._reader:
            self._reader.join(5)
        return 0 if -code in self._sent - {signal.SIGKILL} else code

    def stop(self, timeout: float = 20) -> int:
        self.terminate()
        self.ended = self.await_end(timeout)
        return self.ended

    def restart(self) -> "Server":
        return self.start()

    def end(self) -> None:
        """For the end of a test: whatever state it is in."""
        if self.alive:
            self.terminate()
            try:
                self.ended = self.await_end(15)
            except subprocess.TimeoutExpired:
                self.kill()
        if self.process and self.process.stdout:
            self.process.stdout.close()

    def _signal(self, number: int) -> None:
        assert self.process
        # Who serves at the end has to be known when nobody does any more.
        _ = self.pid
        self._sent.add(number)
        self.process.send_signal(number)


def await_gone(pid: int, timeout: float = 10) -> None:
    deadline = time.monotonic() + timeout
    while not is_gone(pid):
        assert time.monotonic() < deadline, f"process {pid} is still there"
        time.sleep(0.002)
