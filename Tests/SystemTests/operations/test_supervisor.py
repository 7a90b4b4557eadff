"""The parent's own life: signals, refusals, orders, orphans, the service manager."""
import json
import os
import signal
import socket
import subprocess
import threading
import time

import pytest

from support import engine
from support.knocking import ask, await_serving
from support.server import PROGRAM, Server, await_gone, clean_environment, command, words
from support.wire import Wire


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_is_answered_by_draining_and_then_ends_the_program_by_itself(worlds, number):
    world = worlds()
    worker = world.server.pid
    world.server._signal(number)
    assert world.server.await_end() == 0
    assert world.server.process.returncode == -number
    await_gone(worker, 1)
    told = next(record for record in world.server.records() if record.get("message") == "told to stop")
    assert told["sender"] == str(os.getpid()) and told["user"] == str(os.getuid()) and "python" in told["command"]


def test_a_second_signal_ends_at_once_what_would_still_drain(worlds):
    world = worlds(DRAIN_TIME="60s")
    kim = world.visitor()
    conversation = kim.send("one")["conversation"]
    line = socket.create_connection(("127.0.0.1", world.server.port))
    line.sendall(b"POST /api/sessions HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n{")
    assert conversation
    time.sleep(0.2)
    world.server.terminate()
    world.server.await_line("draining")
    time.sleep(0.3)
    assert world.server.alive
    began = time.monotonic()
    world.server.terminate()
    assert world.server.await_end() == 0 and time.monotonic() - began < 2
    line.close()


def test_stop_ends_with_0(worlds):
    world = worlds()
    done = command("stop", data=world.server.data)
    assert done.returncode == 0 and world.server.process.wait(10) == 0


def test_status_is_one_json_object_about_workers_and_ports(worlds):
    world = worlds()
    shown = world.server.status()
    assert shown["mode"] == "serving" and shown["supervisor"] == world.server.supervisor
    assert shown["ports"] == [world.server.base] and shown["deaths"] == 0
    [worker] = shown["workers"]
    assert worker["process"] == world.server.pid and worker["role"] == "serve" and worker["phase"] == "ready"
    assert worker["heartbeats"] and all(beat["silentMs"] < 2_000 for beat in worker["heartbeats"])


def test_without_a_server_orders_say_so(tmp_path):
    (tmp_path / "data").mkdir()
    for order in (["status"], ["restart"], ["stop"], ["drain"], ["resume"], ["reload"], ["level", "debug"]):
        refused = command(*order, data=tmp_path / "data")
        assert refused.returncode == 69 and "no supervised server" in refused.stderr, (order, refused.stderr)


def test_the_supervisor_is_small_and_knows_only_its_ports(worlds):
    world = worlds()
    status = open(f"/proc/{world.server.supervisor}/status").read()
    assert "Threads:\t1\n" in status
    # Private memory: what is mapped from the program's file is shared with the worker.
    rollup = open(f"/proc/{world.server.supervisor}/smaps_rollup").read()
    private = sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_Dirty"))
    assert private < 12 * 1024, f"{private} KiB"
    for child in [world.server.pid]:
        handed = [os.readlink(f"/proc/{child}/fd/{number}") for number in (3, 4, 5)]
        assert handed[0].startswith("socket:") and "blackbox" in handed[1] and handed[2].startswith("socket:")


def test_the_control_socket_is_its_owners(worlds):
    world = worlds()
    door = world.server.data / "supervisor.sock"
    assert door.stat().st_mode & 0o777 == 0o600
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(door))
        line.sendall(b"\xff\xfe nonsense\n")
        assert json.loads(line.makefile().readline())["done"] is False
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(5)
        line.connect(str(door))
        line.sendall(b"x" * 5_000)
        try:
            assert line.recv(100) == b""
        except ConnectionResetError:
            pass
    assert world.server.status()["mode"] == "serving"


def test_a_foreign_sigterm_to_the_worker_is_survived_and_put_on_record(worlds):
    world = worlds(DRAIN_TIME="10s")
    wire = Wire.open(world.visitor())
    worker = world.server.pid
    os.kill(worker, signal.SIGTERM)
    assert wire.expect("move")
    await_gone(worker)
    await_serving(world.server.port)
    assert world.server.pid != worker and world.server.alive
    folder = await_evidence(world.server.data, worker)
    facts = dict(line.split(" ", 1) for line in (folder / "death").read_text().splitlines())
    assert facts["kind"] == "foreign-stop" and facts["sender_pid"] == str(os.getpid()), facts
    assert "python" in facts["sender_command"]


def await_evidence(data, process: int):
    deadline = time.monotonic() + 20
    while True:
        found = [folder for folder in (data / "crashes").glob(f"*-{process}") if (folder / "death").exists()]
        if found:
            return found[0]
        assert time.monotonic() < deadline, f"no evidence of {process}"
        time.sleep(0.02)


def test_a_wrong_setting_ends_the_first_start_with_78(tmp_path):
    refused = command("serve", "--htp-port", "9", data=tmp_path / "data")
    assert refused.returncode == 78 and "htp-port" in refused.stderr


def test_a_port_that_is_taken_by_another_server_of_ours_is_named_as_that(worlds, tmp_path):
    world = worlds()
    refused = command("serve", data=tmp_path / "other", HTTP_PORT=world.server.port)
    assert refused.returncode == 69 and str(world.server.supervisor) in refused.stderr and "our own" in refused.stderr, refused.stderr
    assert world.server.status()["mode"] == "serving"


def children(process: int) -> list[int]:
    from support.server import parent, processes

    return [pid for pid in processes() if parent(pid) == process]


def state(process: int) -> str:
    try:
        return open(f"/proc/{process}/stat").read().rsplit(")", 1)[1].split()[0]
    except OSError:
        return ""


def test_as_process_1_of_a_container_it_reaps_strangers_and_ends_with_143(tmp_path, founded):
    """A namespace of processes of its own: there the kernel gives every orphan to process 1, and spares it the default action of signals."""
    probe = subprocess.run(["unshare", "--pid", "--fork", "--mount-proc", "true"], capture_output=True)
    if probe.returncode != 0:
        pytest.skip("NOT TESTED: no namespaces of processes here")
    engine.copy(founded[0], tmp_path / "data")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    started = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", str(PROGRAM), "serve"],
        env=clean_environment(DATA_DIR=tmp_path / "data", HTTP_PORT=port, DRAIN_TIME="1s"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        cwd=tmp_path, text=True)
    try:
        await_serving(port)
        [first] = [pid for pid in children(started.pid) if words(pid)[1:2] == ["serve"]]
        # An orphan, made inside: its parent ends, it goes to process 1, and ends itself.
        script = "import os,time\nif os.fork()==0:\n time.sleep(0.2)\n os._exit(0)\n"
        subprocess.run(["nsenter", "--target", str(first), "--pid", "--mount", "python3", "-c", script], check=True, capture_output=True)
        time.sleep(0.6)
        assert [pid for pid in children(first) if state(pid) == "Z"] == []
        os.kill(first, signal.SIGTERM)
        assert started.wait(15) in (143, -signal.SIGTERM)
    finally:
        if started.poll() is None:
            started.kill()
            started.wait(5)
        started.stdout.close()


def test_systemd_is_told_when_it_is_ready_what_it_does_and_that_it_lives(tmp_path, founded):
    engine.copy(founded[0], tmp_path / "data")
    with Manager(tmp_path / "notify") as manager:
        server = Server(tmp_path / "data", NOTIFY_SOCKET=tmp_path / "notify", WATCHDOG_USEC=400_000, DRAIN_TIME="1s")
        server.start()
        assert f"MAINPID={server.supervisor}" in manager.hears("READY=1")
        assert manager.hears("WATCHDOG=1") and manager.hears("STATUS=serving")
        worker = open(f"/proc/{server.pid}/environ").read()
        assert "NOTIFY_SOCKET" not in worker and "WATCHDOG_USEC" not in worker
        manager.forget()
        assert command("restart", data=server.data).returncode == 0
        assert "MONOTONIC_USEC=" in manager.hears("RELOADING=1") and manager.hears("READY=1")
        server.terminate()
        assert manager.hears("STOPPING=1")
        assert server.await_end() == 0


class Manager:
    """A service manager that listens."""

    def __init__(self, path):
        self.line = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.line.bind(str(path))
        self.heard: list[str] = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        try:
            while True:
                text = self.line.recv(4_096).decode()
                self.heard.append(text)
        except OSError:
            pass

    def hears(self, word: str, timeout: float = 15) -> str:
        deadline = time.monotonic() + timeout
        while not (found := [text for text in list(self.heard) if text.startswith(word)]):
            assert time.monotonic() < deadline, (word, self.heard[-20:])
            time.sleep(0.01)
        return found[0]

    def forget(self) -> None:
        self.heard = []

    def __enter__(self) -> "Manager":
        return self

    def __exit__(self, *_: object) -> None:
        self.line.shutdown(socket.SHUT_RDWR)
        self.line.close()


def test_a_socket_of_systemd_is_used(tmp_path, founded):
    engine.copy(founded[0], tmp_path / "data")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(16)
        port = listening.getsockname()[1]
        script = (
            "import os,sys\nfd=int(sys.argv[1])\nif fd!=3: os.dup2(fd,3)\nos.set_inheritable(3,True)\n"
            "os.environ['LISTEN_PID']=str(os.getpid())\nos.environ['LISTEN_FDS']='1'\nos.execv(sys.argv[2],[sys.argv[2],'serve'])")
        started = subprocess.Popen(
            ["python3", "-c", script, str(listening.fileno()), str(PROGRAM)], pass_fds=[listening.fileno()], cwd=tmp_path,
            env=clean_environment(DATA_DIR=tmp_path / "data", HTTP_PORT=port, DRAIN_TIME="1s"), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            # Nobody else could have bound it: we hold it.
            await_serving(port)
            started.terminate()
            assert started.wait(15) == -signal.SIGTERM
        finally:
            if started.poll() is None:
                started.kill()
            started.stderr.close()


def test_unsupervised_is_one_process_that_ends_by_the_signal(tmp_path, founded):
    engine.copy(founded[0], tmp_path / "data")
    server = Server(tmp_path / "data", supervised=False, DRAIN_TIME="1s").start()
    assert server.pid == server.supervisor and children(server.supervisor) == [] and ask(server.port, "/ready") == 200
    assert server.stop() == 0 and server.process.returncode == -signal.SIGTERM
