"""`switchboard doctor`: each planted fault turns the right check and no other, in seconds, without a server; beside it; with broken settings."""
import datetime
import ipaddress
import json
import os
import pathlib
import re
import shutil
import socket
import sqlite3
import subprocess
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.server import PROGRAM, Server, clean_environment, command
from support.world import found

#: What is so on any machine that builds and tests: a debug build, the distribution's SQLite, a container's disk, root.
USUAL = {"SEC-004", "BUILD-002", "BUILD-005", "STORE-003", "STORE-005", "HOST-003", "PORT-003", "BACKUP-002"}


def doctor(data: pathlib.Path, *arguments: str, program: pathlib.Path = PROGRAM, within: float = 20, wrapper: tuple[str, ...] = (), **settings) -> dict:
    """The report's JSON; the exit code fits what was found."""
    began = time.monotonic()
    run = subprocess.run(
        [*wrapper, str(program), "doctor", "--json", *arguments], env=clean_environment(DATA_DIR=data, **({"HTTP_PORT": free_port()} | settings)),
        cwd=data.parent, capture_output=True, text=True, timeout=60)
    assert time.monotonic() - began < within
    report = json.loads(run.stdout)
    found = {check["status"] for check in report["checks"]}
    assert run.returncode == (4 if "fail" in found else 3 if "warn" in found else 5 if "unknown" in found else 0), run.stderr
    return report


def troubles(report: dict) -> dict[str, dict]:
    return {check["id"]: check for check in report["checks"] if check["status"] in ("warn", "fail", "unknown")}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def pair(folder: pathlib.Path, name: str = "desk.example", days: tuple[int, int] = (-1, 365), issuer: str | None = None) -> tuple[pathlib.Path, pathlib.Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.timezone.utc)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    signer = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, issuer or name)])
    made = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(signer).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now + datetime.timedelta(days=days[0])).not_valid_after(now + datetime.timedelta(days=days[1]))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256()))
    folder.mkdir(parents=True, exist_ok=True)
    certificate, secret = folder / "cert.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    secret.chmod(0o600)
    return certificate, secret


def tls(certificate: pathlib.Path, key: pathlib.Path) -> dict:
    return {"TLS_MODE": "files", "TLS_CERT": certificate, "TLS_KEY": key, "HTTPS_PORT": free_port()}


@pytest.fixture(scope="module")
def healthy(tmp_path_factory) -> pathlib.Path:
    """A house that is set up, has served, was backed up and is at rest."""
    data = tmp_path_factory.mktemp("healthy") / "data"
    found(data)
    with Server(data):
        pass
    assert command("backup", data=data).returncode == 0
    return data


@pytest.fixture()
def data(healthy, tmp_path) -> pathlib.Path:
    """One of its own to break."""
    copy = tmp_path / "data"
    shutil.copytree(healthy, copy, ignore=shutil.ignore_patterns("*.sock"))
    copy.chmod(0o700)
    return copy


def expect(report: dict, *wanted: str, also: set[str] = frozenset()) -> dict:
    """Exactly these are troubled; returns the first."""
    seen = troubles(report)
    assert set(wanted) <= set(seen), f"not found: {set(wanted) - set(seen)}; found {sorted(seen)}"
    assert set(seen) - set(wanted) - USUAL - also == set(), {id: seen[id]["cause"] for id in seen}
    first = seen[wanted[0]]
    assert first["cause"] and first["remedy"] and all(step["command"] for step in first["remedy"])
    return first


def test_a_healthy_house_has_no_trouble(data):
    report = doctor(data)
    assert set(troubles(report)) <= USUAL, troubles(report)
    assert len(report["checks"]) >= 40
    ids = [check["id"] for check in report["checks"]]
    assert len(set(ids)) == len(ids)


def test_a_house_that_runs_has_no_trouble_either(data):
    with Server(data) as server:
        report = doctor(data, HTTP_PORT=server.port)
        assert set(troubles(report)) <= USUAL, troubles(report)
        running = next(check for check in report["checks"] if check["id"] == "PROC-001")
        assert running["evidence"]["supervisor"] == str(server.supervisor)


# Ports

def test_a_port_that_another_program_has(data):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        seen = expect(doctor(data, HTTP_PORT=other.getsockname()[1]), "PORT-001")
    assert f"process {os.getpid()}" in seen["cause"]


def test_a_port_that_another_house_has(data, healthy, tmp_path):
    second = tmp_path / "second"
    shutil.copytree(healthy, second, ignore=shutil.ignore_patterns("*.sock"))
    with Server(second) as other:
        seen = expect(doctor(data, HTTP_PORT=other.port), "PORT-001")
    assert "another Switchboard" in seen["cause"]


def test_an_address_of_another_machine(data):
    expect(doctor(data, BIND="192.0.2.7"), "PORT-002")


# Certificates

def test_a_certificate_that_is_well(data, tmp_path):
    report = doctor(data, **tls(*pair(tmp_path / "tls")), PUBLIC_URL="https://desk.example", TRUSTED_PROXIES="127.0.0.1")
    assert set(troubles(report)) <= USUAL, troubles(report)


@pytest.mark.parametrize("days, words", [((-10, -1), "expired"), ((2, 20), "not valid before"), ((-30, 5), "expires in")])
def test_a_certificate_of_the_wrong_time(data, tmp_path, days, words):
    assert words in expect(doctor(data, **tls(*pair(tmp_path / "tls", days=days))), "TLS-003")["cause"]


def test_a_key_of_another_certificate(data, tmp_path):
    certificate, _ = pair(tmp_path / "one")
    _, key = pair(tmp_path / "other")
    expect(doctor(data, **tls(certificate, key)), "TLS-002")


def test_a_certificate_that_is_none(data, tmp_path):
    certificate, key = pair(tmp_path / "tls")
    certificate.write_text("hello")
    # Whoever can't read the certificate can't tell its dates either.
    expect(doctor(data, **tls(certificate, key)), "TLS-001", also={"TLS-003", "TLS-004", "TLS-005"})


def test_a_key_that_is_not_there(data, tmp_path):
    certificate, key = pair(tmp_path / "tls")
    key.unlink()
    assert "No such file" in expect(doctor(data, **tls(certificate, key)), "TLS-001")["cause"]


def test_a_certificate_for_another_name(data, tmp_path):
    settings = tls(*pair(tmp_path / "tls", name="other.example"))
    expect(doctor(data, **settings, PUBLIC_URL="https://desk.example", TRUSTED_PROXIES="127.0.0.1"), "TLS-004")


def test_a_chain_without_its_middle(data, tmp_path):
    expect(doctor(data, **tls(*pair(tmp_path / "tls", issuer="Some Authority R3"))), "TLS-005")


def test_a_key_that_everybody_reads(data, tmp_path):
    certificate, key = pair(tmp_path / "tls")
    key.chmod(0o644)
    expect(doctor(data, **tls(certificate, key)), "SEC-003")


# Settings

def test_settings_that_are_wrong(data):
    seen = expect(doctor(data, SWITCHBOARD_HTTP_PROT="8081", LOG_LEVEL="loud"), "CONF-001")
    assert "HTTP_PORT" in str(seen["evidence"]) and "LOG_LEVEL" in str(seen["evidence"])


@pytest.mark.parametrize("id, settings", [
    ("CONF-002", {"TEST_ECHO": "true"}),
    ("CONF-003", {"BIND": "0.0.0.0", "ALLOW_PLAIN_HTTP": "true"}),
    ("CONF-004", {"PUBLIC_URL": "https://desk.example"}),
    ("CONF-005", {"LOG_LEVEL": "debug"}),
    ("BACKUP-001", {"BACKUP_EVERY": "0s"}),
    ("HOST-004", {"TMPDIR": "/nowhere"}),
])
def test_settings_that_are_doubtful(data, id, settings):
    expect(doctor(data, **settings), id)


def test_an_environment_file_that_everybody_reads(data):
    file = data.parent / "desk.env"
    file.write_text("LOG_LEVEL=info\n")
    file.chmod(0o644)
    expect(doctor(data, ENV_FILE=file), "CONF-006")


# Data

def test_a_data_directory_that_is_a_file(tmp_path):
    (tmp_path / "data").write_text("")
    expect(doctor(tmp_path / "data"), "STORE-001", also={"SEC-001"})


def test_a_folder_that_is_open_to_others(data):
    data.chmod(0o755)
    expect(doctor(data), "SEC-001")


def test_a_house_key_that_others_read(data):
    (data / "house.key").chmod(0o640)
    expect(doctor(data), "SEC-002")


def test_data_that_is_read_only(data):
    (data / "switchboard.sqlite").chmod(0o400)
    expect(doctor(data), "STORE-002")


def test_a_database_that_somebody_else_holds(data):
    other = sqlite3.connect(data / "switchboard.sqlite", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    other.execute("CREATE TABLE visiting (x)")
    try:
        seen = expect(doctor(data), "STORE-011")
        assert f"process {os.getpid()}" in seen["cause"]
    finally:
        other.execute("ROLLBACK")
        other.close()


def test_a_damaged_page(data):
    at_rest(data)
    file = data / "switchboard.sqlite"
    size = file.stat().st_size
    with open(file, "r+b") as database:
        for page in range(3, size // 4096):
            database.seek(page * 4096)
            database.write(os.urandom(64))
    seen = troubles(doctor(data))
    assert "STORE-007" in seen and "damaged" in seen["STORE-007"]["cause"]
    assert any("restore" in step["command"] for step in seen["STORE-007"]["remedy"])


def at_rest(data: pathlib.Path) -> None:
    """Everything in the main file."""
    with sqlite3.connect(data / "switchboard.sqlite") as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.close()


def changed(data: pathlib.Path, *statements: str) -> None:
    with sqlite3.connect(data / "switchboard.sqlite") as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def test_a_column_that_somebody_made(data):
    changed(data, "ALTER TABLE node ADD COLUMN health_check_model TEXT")
    assert "health_check_model" in str(expect(doctor(data), "MIG-004")["evidence"])


def test_a_pending_migration(data):
    changed(data, "DELETE FROM schema_history WHERE rowid = (SELECT MAX(rowid) FROM schema_history)")
    expect(doctor(data), "MIG-002", also={"MIG-004", "MIG-001"})


def test_an_edited_migration(data):
    changed(data, "UPDATE schema_history SET checksum = '" + "0" * 64 + "' WHERE rowid = (SELECT MIN(rowid) FROM schema_history)")
    expect(doctor(data), "MIG-001", also={"MIG-004"})


def test_a_journal_mode_that_somebody_changed(data):
    changed(data, "PRAGMA journal_mode = DELETE")
    expect(doctor(data), "STORE-008")


def test_a_log_that_has_grown(data):
    with open(data / "switchboard.sqlite-wal", "wb") as log:
        log.truncate(300 << 20)
    expect(doctor(data), "STORE-009")


def test_a_full_disk(data, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=40m", "tmpfs", str(small)], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip("a file system can't be mounted here")
    try:
        shutil.copytree(data, small / "data")
        (small / "data").chmod(0o700)
        seen = expect(doctor(small / "data"), "STORE-003", "STORE-005")
        assert seen["status"] == "fail"
        subprocess.run(["mount", "-o", "remount,ro", str(small)], check=True)
        assert "read-only" in troubles(doctor(small / "data"))["STORE-002"]["cause"]
    finally:
        subprocess.run(["umount", "-l", str(small)], check=True)


def test_a_clock_that_went_back(data):
    later = int((time.time() + 86_400) * 1_000)
    changed(data, f"UPDATE schema_history SET applied_at = {later}")
    expect(doctor(data), "HOST-002")


# The program and its processes

def test_pages_that_are_missing(data, tmp_path):
    alone = tmp_path / "alone"
    alone.mkdir()
    os.link(PROGRAM, alone / "switchboard") if os.stat(PROGRAM).st_dev == os.stat(alone).st_dev else shutil.copy(PROGRAM, alone / "switchboard")
    expect(doctor(data, program=alone / "switchboard"), "BUILD-003", also={"BUILD-004"})


def test_a_low_limit_of_files(data):
    expect(doctor(data, wrapper=("prlimit", "--nofile=600:600")), "PROC-005")


def test_a_node_whose_name_is_not_found(data):
    made = command("node", "add", "--name", "north", "--url", "https://north.invalid", data=data)
    assert made.returncode == 0, made.stderr
    assert "north.invalid" in expect(doctor(data), "UP-001")["cause"]


def test_a_worker_that_was_killed(data):
    with Server(data) as server:
        server.kill_worker()
        deadline = time.monotonic() + 10
        while "PROC-008" not in (seen := troubles(doctor(data, HTTP_PORT=server.port))):
            assert time.monotonic() < deadline, seen
            time.sleep(0.1)
        assert "SIGKILL" in seen["PROC-008"]["cause"]


def test_a_start_that_was_refused(data):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert command("serve", data=data, HTTP_PORT=port).returncode == 69
        seen = troubles(doctor(data, HTTP_PORT=port))
    assert str(port) in seen["PROC-009"]["cause"] and "PORT-001" in seen


def test_a_secret_on_a_command_line(data):
    port = free_port()
    process = subprocess.Popen(
        [str(PROGRAM), "serve", "--metrics-token", "canary-canary-canary"], env=clean_environment(DATA_DIR=data, HTTP_PORT=port), cwd=data.parent,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 20
        while "SEC-005" not in troubles(doctor(data, HTTP_PORT=port)):
            assert time.monotonic() < deadline
            time.sleep(0.2)
    finally:
        process.terminate()
        process.wait(20)


# The command itself

def test_it_says_it_for_people(data):
    shown = command("doctor", "--log-level", "debug", data=data)
    assert shown.returncode == 3
    assert re.search(r"(?m)^WARN CONF-005 .*\n     seen: level=debug|^WARN CONF-005 ", shown.stdout)
    assert re.search(r"\d+ checks of .* in \d+ ms: ", shown.stdout.splitlines()[-1])


def test_some_checks_only(data):
    report = doctor(data, "--only", "TLS", "--only", "store-003")
    assert {check["id"][:3] for check in report["checks"]} == {"TLS", "STO"}
    assert [check["id"] for check in report["checks"] if check["id"].startswith("STO")] == ["STORE-003"]


def test_a_search_that_does_not_get_on(data):
    with Server(data) as running:
        database = sqlite3.connect(data / "switchboard.sqlite", isolation_level=None)
        database.execute("BEGIN IMMEDIATE")
        workspace = database.execute("SELECT id FROM workspace").fetchone()[0]
        # Each step of the indexer is refused.
        database.execute("CREATE TRIGGER stuck BEFORE INSERT ON search_position BEGIN SELECT RAISE(ABORT, 'stuck'); END")
        database.execute("INSERT INTO feed (workspace_id, seq, shop_id, at) VALUES (?, 1, '', 1763700000000)", (workspace,))
        database.execute("INSERT INTO feed_counter (workspace_id, last_seq, trimmed_seq) VALUES (?, 1, 0)", (workspace,))
        database.execute("COMMIT")
        database.close()
        report = doctor(data, HTTP_PORT=running.port)
        assert "2025-11-21" in expect(report, "DESK-001", also={"MIG-004"})["cause"]
        assert running.alive
