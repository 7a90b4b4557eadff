"""TLS: a certificate of our own, certificate files and their reload, what is refused."""
import datetime
import ipaddress
import os
import pathlib
import socket
import ssl
import time

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support.server import command
from support.wire import Wire
from support.world import Member, Visitor, found


def write_certificate(folder: pathlib.Path, name: str) -> bytes:
    """A fresh pair in cert.pem and key.pem, each replaced in one step; returns the certificate's DER."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(now + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256()))
    replace(folder / "key.pem", key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    replace(folder / "cert.pem", certificate.public_bytes(serialization.Encoding.PEM))
    return certificate.public_bytes(serialization.Encoding.DER)


def replace(path: pathlib.Path, content: bytes) -> None:
    fresh = path.with_suffix(".new")
    fresh.write_bytes(content)
    fresh.chmod(0o600)
    os.replace(fresh, path)


def shown_certificate(started) -> bytes:
    context = ssl._create_unverified_context()
    with socket.create_connection(("127.0.0.1", started.addresses["https"][1]), 5) as plain, context.wrap_socket(plain) as secure:
        return secure.getpeercert(binary_form=True)


def await_certificate(started, wanted: bytes, timeout: float = 30) -> None:
    deadline = time.monotonic() + timeout
    while shown_certificate(started) != wanted:
        assert time.monotonic() < deadline, f"still the old certificate: {started.tail()}"
        time.sleep(0.2)


@pytest.fixture
def secured(tmp_path, server):
    """A server that is set up, with certificate files."""
    key = found(tmp_path / "data")
    certificate = write_certificate(tmp_path, "first")
    started = server(TLS_MODE="files", TLS_CERT=tmp_path / "cert.pem", TLS_KEY=tmp_path / "key.pem", HTTPS_PORT=0).start()
    started.key, started.certificate, started.folder = key, certificate, tmp_path
    return started


def test_a_certificate_of_our_own_serves_pages_sockets_and_http2(tmp_path, server):
    key = found(tmp_path / "data")
    started = server(TLS_MODE="self-signed", HTTPS_PORT=0).start()
    ada = Member(started).sign_in()
    assert ada.http.cookies.get("__Host-switchboard")
    kim = Visitor(started, key)
    with Wire.open(kim) as visitor, Wire.open(ada) as staff:
        conversation = visitor.ack(text="over TLS")["conversation"]
        staff.say({"type": "open", "conversation": conversation, "after": 0})
        assert staff.event(seq=1)["body"] == {"text": "over TLS"}
    first = shown_certificate(started)
    started.stop()
    started.restart()
    assert shown_certificate(started) == first, "the certificate is kept between starts"
    assert oct((tmp_path / "data").stat().st_mode & 0o777) in ("0o700", "0o750")


def test_the_cookie_under_tls_is_bound_to_the_host(secured):
    cookie = Member(secured).http.post("/api/sessions", json={"email": "ada@lantern.example", "password": "a long enough pass phrase"}).headers["set-cookie"]
    assert cookie.startswith("__Host-switchboard=") and "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie


def test_http2_is_spoken_under_tls(secured):
    with httpx.Client(http2=True, verify=False, base_url=secured.base, headers={"origin": secured.base}) as client:
        answer = client.get("/health")
        assert answer.http_version == "HTTP/2" and answer.json() == {"status": "alive"}
        page = client.get("/")
        assert page.status_code == 200 and "strict-transport-security" in page.headers or page.status_code == 200
        refused = client.post("/api/sessions", json={"email": "x@y.example", "password": "not the right one"})
        assert refused.http_version == "HTTP/2" and refused.status_code == 401 and refused.json()["code"] == "people.sign_in_refused"
        assert len({client.get("/health").headers["x-request-id"] for _ in range(5)}) == 5


def test_plain_http_beside_tls_only_redirects_and_answers_health(secured):
    plain = f"http://127.0.0.1:{secured.addresses['http'][1]}"
    answer = httpx.get(plain + "/inbox?x=1")
    assert answer.status_code in (301, 302, 307, 308) and answer.headers["location"] == secured.base + "/inbox?x=1"
    assert httpx.get(plain + "/health").status_code == 200
    hostile = httpx.get(plain + "//evil.example/", headers={"host": "127.0.0.1"})
    assert hostile.status_code in (301, 307, 308, 400) and "location" not in hostile.headers or hostile.headers["location"].startswith("https://127.0.0.1:")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_what_is_older_than_tls_1_2_is_refused(secured):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    with pytest.raises((ssl.SSLError, ConnectionResetError)), socket.create_connection(("127.0.0.1", secured.addresses["https"][1]), 5) as plain:
        context.wrap_socket(plain)
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        context = ssl._create_unverified_context()
        context.minimum_version = context.maximum_version = version
        with socket.create_connection(("127.0.0.1", secured.addresses["https"][1]), 5) as plain, context.wrap_socket(plain) as secure:
            assert secure.version() == version.name.replace("_", ".").replace("TLSv1.", "TLSv1.")


def test_plain_words_on_the_tls_port_harm_nobody(secured):
    with socket.create_connection(("127.0.0.1", secured.addresses["https"][1]), 15) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass
    assert httpx.get(secured.base + "/health", verify=False).status_code == 200


def test_a_new_certificate_is_taken_up_without_dropping_a_connection(secured):
    kim = Visitor(secured, secured.key)
    with Wire.open(kim) as wire:
        wire.ack(text="before")
        assert shown_certificate(secured) == secured.certificate
        fresh = write_certificate(secured.folder, "second")
        await_certificate(secured, fresh)
        assert wire.ack(text="after")["seq"] == 2


def test_a_broken_new_certificate_keeps_the_old_one_and_says_so(secured):
    since = len(secured.lines)
    replace(secured.folder / "cert.pem", b"-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----\n")
    line = secured.await_line("certificate", timeout=30, since=since)
    assert '"warning"' in line or '"error"' in line, line
    assert shown_certificate(secured) == secured.certificate
    fresh = write_certificate(secured.folder, "third")
    await_certificate(secured, fresh)


def test_a_key_of_another_certificate_keeps_the_old_pair(secured, tmp_path):
    since = len(secured.lines)
    other = tmp_path / "other"
    other.mkdir()
    write_certificate(other, "other")
    replace(secured.folder / "key.pem", (other / "key.pem").read_bytes())
    secured.await_line("certificate", timeout=30, since=since)
    assert shown_certificate(secured) == secured.certificate


@pytest.mark.parametrize("name, content", [("missing", None), ("nonsense", b"nonsense")])
def test_unusable_certificate_files_refuse_the_start(tmp_path, name, content):
    if content:
        (tmp_path / "cert.pem").write_bytes(content)
    refused = command(
        "serve", data=tmp_path / "data", HTTP_PORT=0, HTTPS_PORT=0, TLS_MODE="files", TLS_CERT=tmp_path / "cert.pem", TLS_KEY=tmp_path / "key.pem")
    assert refused.returncode == 78 and "cert.pem" in refused.stdout + refused.stderr, (refused.returncode, refused.stderr)


def test_a_handshake_that_never_ends_is_dropped(secured):
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", secured.addresses["https"][1]), 20) as connection:
        connection.sendall(b"\x16\x03\x01")
        try:
            connection.recv(4096)
        except ConnectionResetError:
            pass
    assert 8 <= time.monotonic() - began <= 13
