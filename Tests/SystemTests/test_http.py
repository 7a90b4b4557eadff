"""The front gate: limits, time-outs, headers."""
import concurrent.futures
import gzip
import re
import socket
import time

import httpx
import pytest

from support.world import Member


def raw(world, payload: bytes, timeout: float = 15) -> bytes:
    """What the server answers to these bytes until it closes or falls silent."""
    with socket.create_connection(("127.0.0.1", world.server.port), timeout) as connection:
        connection.sendall(payload)
        return drained(connection)


def drained(connection: socket.socket) -> bytes:
    answer = b""
    try:
        while chunk := connection.recv(65536):
            answer += chunk
    except (ConnectionResetError, TimeoutError):
        pass
    return answer


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def test_health_and_ready_answer_without_a_session(world):
    assert httpx.get(world.server.base + "/health").json() == {"status": "alive"}
    assert httpx.get(world.server.base + "/ready").json() == {"status": "ready"}


def test_every_answer_names_its_request_and_a_callers_own_sound_id_is_kept(world):
    first = httpx.get(world.server.base + "/health").headers["x-request-id"]
    second = httpx.get(world.server.base + "/api/me").headers["x-request-id"]
    assert first != second and len(first) >= 8
    hostile = httpx.get(world.server.base + "/health", headers={"x-request-id": "a b\"c" + "x" * 300}).headers["x-request-id"]
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,128}", hostile)


def test_pages_and_answers_carry_the_security_headers(world):
    for path in ["/", "/api/me", "/nowhere", "/demo", f"/widget/{world.key}"]:
        headers = httpx.get(world.server.base + path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["referrer-policy"] in ("no-referrer", "same-origin", "strict-origin-when-cross-origin", "strict-origin"), path
    policy = httpx.get(world.server.base + "/").headers["content-security-policy"]
    assert "'unsafe-inline'" not in policy and "'unsafe-eval'" not in policy
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy


def test_text_is_compressed_for_those_who_ask_and_only_for_them(world):
    plain = httpx.get(world.server.base + "/", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    packed = httpx.get(world.server.base + "/", headers={"accept-encoding": "gzip"})
    assert packed.headers["content-encoding"] == "gzip" and "accept-encoding" in packed.headers["vary"].lower()
    assert packed.content == plain.content
    refused = httpx.get(world.server.base + "/", headers={"accept-encoding": "gzip;q=0, identity"})
    assert "content-encoding" not in refused.headers


def test_files_are_found_again_by_their_tag(world):
    first = httpx.get(world.server.base + "/widget.js", headers={"accept-encoding": "identity"})
    again = httpx.get(world.server.base + "/widget.js", headers={"if-none-match": first.headers["etag"]})
    assert first.status_code == 200 and again.status_code == 304 and again.content == b""


def test_no_path_leads_out_of_the_assets(world):
    for path in ["/assets/../../../etc/passwd", "/assets/%2e%2e/%2e%2e/etc/passwd", "/assets/..%2f..%2fetc%2fpasswd", "/assets//etc/passwd", "/assets/%00"]:
        answer = raw(world, f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
        assert status(answer) in (400, 404) and b"root:" not in answer, path


def test_unknown_addresses_and_methods_are_problems_with_codes(world):
    missing = httpx.get(world.server.base + "/api/nothing")
    assert missing.status_code == 404 and missing.headers["content-type"] == "application/problem+json"
    assert missing.json()["code"] == "web.not_found" and missing.json()["status"] == 404
    wrong = httpx.request("DELETE", world.server.base + "/api/me", headers={"origin": world.server.base})
    assert wrong.status_code in (404, 405)


def test_a_browser_gets_the_consoles_page_at_an_unknown_address_and_programs_the_problem(world):
    base, browser = world.server.base, {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    shell = httpx.get(base + "/", headers=browser)
    for path in ["/nowhere", "/no/where?x=1", "/apiary", "/index.html", "/.env"]:
        lost = httpx.get(base + path, headers=browser)
        assert lost.status_code == 404 and lost.content == shell.content, path
        assert lost.headers["content-type"] == shell.headers["content-type"] and lost.headers["cache-control"] == "no-store"
        assert lost.headers["content-security-policy"] == shell.headers["content-security-policy"]
        head = httpx.head(base + path, headers=browser)
        assert head.status_code == 404 and head.content == b"" and head.headers["content-type"] == shell.headers["content-type"]
        for accept in ["*/*", "application/json", "text/html;q=0, application/json"]:
            assert httpx.get(base + path, headers={"accept": accept}).json()["code"] == "web.not_found", (path, accept)
    for path in ["/api/nothing", "/assets/nothing.js", "/ws/nothing", "/widget/nothing", "/widget/a/b", "/api", "/v1"]:
        missing = httpx.get(base + path, headers=browser)
        assert missing.status_code == 404 and missing.headers["content-type"] == "application/problem+json", path
    # The gateway's clients are answered in their own envelope, and without a key told nothing else.
    assert httpx.get(base + "/v1/nothing", headers=browser).json()["error"]["code"] == "gateway.key_missing"
    assert httpx.post(base + "/nowhere", json={}, headers=browser).headers["content-type"] == "application/problem+json"
    for place in ["/inbox", "/settings/shops", "/signin", "/setup"]:
        assert httpx.get(base + place, headers=browser).status_code == 200, place


def test_a_head_request_answers_like_get_without_a_body(world):
    answer = httpx.head(world.server.base + "/health")
    assert answer.status_code == 200 and answer.content == b""


def test_too_large_heads_targets_and_bodies_are_refused_with_a_status(world):
    assert status(raw(world, b"GET /" + b"x" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")) == 414
    assert status(raw(world, b"GET / HTTP/1.1\r\nHost: x\r\nX-A: " + b"y" * 40_000 + b"\r\n\r\n")) == 431
    many = b"".join(b"X-%d: y\r\n" % number for number in range(150))
    assert status(raw(world, b"GET / HTTP/1.1\r\nHost: x\r\n" + many + b"\r\n")) == 431
    large = world.ada.http.post("/api/sessions", content=b'{"email":"' + b"x" * 70_000 + b'"}', headers={"content-type": "application/json"})
    assert large.status_code == 413 and large.json()["code"] == "web.body_too_large"
    said = b"POST /api/sessions HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nOrigin: %s\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n"
    assert status(raw(world, said % (world.server.port, world.server.base.encode()))) == 413


def test_two_opinions_on_where_a_body_ends_are_refused(world):
    head = b"POST /api/sessions HTTP/1.1\r\nHost: x\r\n"
    assert status(raw(world, head + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello")) == 400
    assert status(raw(world, head + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) == 400
    assert status(raw(world, head + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n")) in (400, 501)
    assert status(raw(world, b"GET / HTTP/1.1\r\n\r\n")) == 400
    assert status(raw(world, b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")) == 400


def test_pipelined_requests_are_answered_in_order(world):
    one = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    answer = raw(world, one * 9 + b"GET /ready HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert answer.count(b"HTTP/1.1 200") == 10 and answer.rstrip().endswith(b'{"status":"ready"}')


def test_a_form_from_another_site_is_refused_whatever_it_sends(world):
    signed_in = dict(world.ada.http.cookies)
    with httpx.Client(base_url=world.server.base, cookies=signed_in) as other:
        for headers in [{"origin": "https://evil.example"}, {"origin": "null"}, {}, {"sec-fetch-site": "cross-site"}]:
            answer = other.post("/api/tickets", headers=headers)
            assert answer.status_code == 403 and answer.json()["code"] == "web.cross_origin", headers
        answer = other.post("/api/sessions", content="email=a", headers={"origin": world.server.base, "content-type": "application/x-www-form-urlencoded"})
        assert answer.status_code == 415 and answer.json()["code"] == "web.media_type"
        answer = other.delete("/api/sessions/others", headers={"origin": "https://evil.example"})
        assert answer.status_code == 403
        assert other.get("/api/me").status_code == 200


@pytest.mark.timeout(60)
def test_many_slow_heads_are_dropped_in_eleven_seconds_while_others_are_served(world):
    def slow(number: int) -> float:
        began = time.monotonic()
        with socket.create_connection(("127.0.0.1", world.server.port), 20) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\n" + (b"Ho" if number % 2 else b""))
            connection.settimeout(20)
            assert drained(connection)[:12] in (b"", b"HTTP/1.1 408")
        return time.monotonic() - began

    with concurrent.futures.ThreadPoolExecutor(110) as pool:
        waiting = [pool.submit(slow, number) for number in range(100)]
        silent = pool.submit(lambda: drained(socket.create_connection(("127.0.0.1", world.server.port), 20)))
        served = 0
        while not all(one.done() for one in waiting):
            assert httpx.get(world.server.base + "/health").status_code == 200
            served += 1
            concurrent.futures.wait(waiting, timeout=0.5)
        times = [one.result() for one in waiting]
        silent.result()
    assert served > 5 and max(times) <= 13 and min(times) >= 8, (served, min(times), max(times))


def test_a_dripping_head_is_dropped_as_well(world):
    """Progress must not buy time: one byte a second is how a slow-loris lives."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", world.server.port), 20) as connection:
        connection.settimeout(1)
        connection.sendall(b"GET / HTTP/1.1\r\nX: ")
        while time.monotonic() - began < 20:
            try:
                connection.sendall(b"x")
                if connection.recv(4096):
                    break
                break
            except TimeoutError:
                continue
            except OSError:
                break
    assert 8 <= time.monotonic() - began <= 13


def test_a_get_with_a_cookie_of_nobody_is_signed_out(world):
    answer = httpx.get(world.server.base + "/api/me", cookies={"switchboard": "x" * 43})
    assert answer.status_code == 401 and answer.json()["code"] == "people.signed_out"


def test_the_loader_is_small_enough_for_every_visitor(world):
    answer = httpx.get(world.server.base + "/widget.js", headers={"accept-encoding": "identity"})
    assert len(gzip.compress(answer.content)) <= 5 * 1024


def test_pages_load_whole_for_a_client_without_cookies(world):
    for path in ["/", "/signin", "/setup", "/invite", "/inbox", "/settings", "/demo", f"/widget/{world.key}"]:
        answer = httpx.get(world.server.base + path)
        assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/html"), path


def test_signed_in_answers_are_never_cached(world):
    for path in ["/api/me", "/api/inbox", "/api/shops"]:
        assert "no-store" in world.ada.http.get(path).headers["cache-control"], path


def test_the_access_log_has_one_line_for_a_request_with_its_id(world):
    since = len(world.server.lines)
    name = httpx.get(world.server.base + "/ready?probe=access-log").headers["x-request-id"]
    member = Member(world.server)
    answer = member.http.get("/api/me")
    line = world.server.await_line(answer.headers["x-request-id"], since=since)
    assert "/api/me" in line and "401" in line
    assert name
