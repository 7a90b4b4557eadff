"""What the README's commands do, on good days and bad ones."""
import json
import os
import re
import signal
import socket
import subprocess

import pytest

from support import engine
from support.server import TOP, Server, command
from support.world import ADA, PASSWORD, Member, Visitor, found


def test_set_up_by_command_prints_the_shops_key_and_the_owner_can_sign_in(tmp_path, server):
    key = found(tmp_path / "data")
    assert re.fullmatch(r"shop_[A-Za-z0-9_-]{20,}", key)
    started = server().start()
    ada = Member(started).sign_in()
    assert ada.profile["role"] == "owner"
    assert ada.get("/api/me")["workspace"]["name"] == "Lantern Ltd"
    assert [shop["key"] for shop in ada.get("/api/shops")["items"]] == [key]
    assert Visitor(started, key).get(f"/api/widget/{key}")["name"] == "Lantern"


def test_set_up_a_second_time_is_refused_and_changes_nothing(tmp_path, server):
    found(tmp_path / "data")
    again = command("setup", "--workspace", "Other", "--owner", "eve@other.example", "--shop", "Other", data=tmp_path / "data", typed=PASSWORD + "\n")
    assert again.returncode == 65 and again.stdout == ""
    assert "already set up" in again.stderr
    assert Member(server().start()).sign_in().get("/api/me")["workspace"]["name"] == "Lantern Ltd"


def test_set_up_refuses_weak_passwords_and_writes_nothing(tmp_path, server):
    for password in ["", "short", ADA, "password123"]:
        refused = command("setup", "--workspace", "W", "--owner", ADA, "--shop", "S", data=tmp_path / "data", typed=password + "\n")
        assert refused.returncode == 65, (password, refused.stdout, refused.stderr)
    assert server().start().alive
    assert found_nothing(tmp_path / "data")


def found_nothing(data) -> bool:
    return [engine.rows(data, f"SELECT COUNT(*) FROM {table}") for table in ("workspace", "member", "shop")] == [[("0",)]] * 3


def test_without_a_terminal_and_without_a_password_set_up_says_so(tmp_path):
    refused = command("setup", "--workspace", "W", "--owner", ADA, "--shop", "S", data=tmp_path / "data", typed="")
    assert refused.returncode == 65 and "password" in refused.stderr


def test_a_first_start_prints_one_address_with_a_token_and_no_default_account_exists(tmp_path, server):
    started = server().start()
    links = set(re.findall(r"http://[^\s\"]+/setup#[A-Za-z0-9_-]+", "\n".join(started.lines)))
    assert len(links) == 1, started.tail()
    stranger = Member(started)
    assert stranger.get("/api/setup") == {"needed": True}
    for email, password in [("admin", "admin"), ("admin@example.com", "admin"), ("root", "root"), (ADA, "password")]:
        assert stranger.http.post("/api/sessions", json={"email": email, "password": password}).status_code == 401


def test_each_start_prints_a_new_token_and_ends_the_earlier_one(server):
    started = server().start()
    first = setup_token(started)
    started.stop()
    started.restart()
    second = setup_token(started)
    assert first != second
    page = Member(started)
    refused = page.post("/api/setup", setup_body(first), 403)
    assert refused["code"] == "people.setup_token"
    page.post("/api/setup", setup_body(second), 201)


def setup_token(started: Server) -> str:
    return re.search(r"/setup#([A-Za-z0-9_-]+)", started.await_line("/setup#")).group(1)


def setup_body(token: str) -> dict:
    return {"token": token, "workspace": "Lantern Ltd", "owner": {"name": "Ada", "email": ADA, "password": PASSWORD}, "shop": {"name": "Lantern", "language": "zh"}}


def test_set_up_over_http_signs_in_once_and_only_with_the_token(server):
    started = server().start()
    page = Member(started)
    token = setup_token(started)
    assert page.post("/api/setup", setup_body("x" * len(token)), 403)["code"] == "people.setup_token"
    done = page.post("/api/setup", setup_body(token))
    assert done["member"]["role"] == "owner" and done["workspace"]["name"] == "Lantern Ltd"
    assert done["shop"]["language"] == "zh" and done["shop"]["key"] in done["shop"]["snippet"]
    assert done["shop"]["snippet"] == f'<script async src="{started.base}/widget.js" data-shop="{done["shop"]["key"]}"></script>'
    assert page.get("/api/me")["member"]["email"] == ADA
    assert page.get("/api/setup") == {"needed": False}
    assert page.post("/api/setup", setup_body(token), 409)["code"] == "people.already_set_up"


def test_set_up_over_http_names_every_wrong_field_at_once_and_keeps_the_token(server):
    started = server().start()
    page = Member(started)
    token = setup_token(started)
    wrong = setup_body(token) | {"workspace": "", "owner": {"name": "", "email": "nobody", "password": "short"}}
    problem = page.post("/api/setup", wrong, 422)
    assert {error["field"] for error in problem["errors"]} >= {"workspace", "owner.name", "owner.email", "owner.password"}
    page.post("/api/setup", setup_body(token))


def test_a_second_start_of_a_server_that_is_set_up_prints_no_token(tmp_path, server):
    found(tmp_path / "data")
    started = server().start()
    assert not any("/setup#" in line for line in started.lines)


def test_a_taken_port_ends_the_start_with_69_and_names_port_and_holder(tmp_path):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        port = holder.getsockname()[1]
        refused = command("serve", data=tmp_path / "data", HTTP_PORT=port)
    assert refused.returncode == 69, refused.stderr
    said = refused.stdout + refused.stderr
    assert str(port) in said and str(os.getpid()) in said


def test_a_second_process_on_the_same_data_ends_with_69_and_names_the_first(tmp_path, server):
    started = server().start()
    refused = command("serve", data=started.data, HTTP_PORT=0)
    assert refused.returncode == 69, refused.stderr
    assert str(started.pid) in refused.stdout + refused.stderr
    refused = command("setup", "--workspace", "W", "--owner", ADA, "--shop", "S", data=started.data, typed=PASSWORD + "\n")
    assert refused.returncode == 69 and str(started.pid) in refused.stderr
    assert started.alive


def test_wrong_settings_end_with_78_all_named_at_once_with_the_nearest_match(tmp_path):
    refused = command("serve", "--htp-port", "9000", "--tls-mode", "fils", "--drain-time", "soon", data=tmp_path / "data")
    assert refused.returncode == 78, refused.stderr
    for wanted in ["htp-port", "http-port", "fils", "files", "soon"]:
        assert wanted in refused.stderr.lower(), refused.stderr


def test_a_wrong_environment_value_ends_with_78_and_says_where_it_came_from(tmp_path):
    refused = command("serve", data=tmp_path / "data", HTTP_PORT="eighty")
    assert refused.returncode == 78 and "HTTP_PORT" in refused.stderr and "eighty" in refused.stderr


def test_the_example_file_names_every_setting_and_can_be_used_as_it_is(tmp_path):
    made = command("config", "--example", data=tmp_path / "data").stdout
    assert made == (TOP / ".env.example").read_text(), "run `switchboard config --example > .env.example`"
    used = tmp_path / "used.env"
    used.write_text(re.sub(r"(?m)^#([A-Z_]+=)", r"\1", made))
    plain, read = (json.loads(command("config", "--json", data=tmp_path / "data", **more).stdout) for more in ({}, {"ENV_FILE": used}))
    assert {key["key"]: key["value"] for key in read} | {"ENV_FILE": ".env"} == {key["key"]: key["value"] for key in plain}


def test_config_prints_every_setting_with_value_origin_and_meaning(tmp_path):
    shown = command("config", data=tmp_path / "data", HTTP_PORT="9123")
    assert shown.returncode == 0
    for wanted in ["DATA_DIR", "HTTP_PORT", "9123", "BIND", "TLS_MODE", "LOG_FORMAT", "default", "environment"]:
        assert wanted.lower() in shown.stdout.lower(), wanted
    chinese = command("config", "--language", "zh", data=tmp_path / "data")
    assert "数据库" in chinese.stdout


def test_plain_http_beyond_loopback_is_refused_unless_allowed(tmp_path, server):
    refused = command("serve", data=tmp_path / "data", BIND="0.0.0.0", HTTP_PORT=0)
    assert refused.returncode == 78 and "TLS" in refused.stderr, refused.stderr
    allowed = server(BIND="0.0.0.0", ALLOW_PLAIN_HTTP="true")
    allowed.launch()
    allowed.await_line(lambda line: "://" in line, what="an address")
    assert allowed.stop() == 0


def test_a_data_directory_that_cannot_be_made_ends_with_73(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    refused = command("serve", "--data-dir", str(blocked / "data"), data=tmp_path / "unused", HTTP_PORT=0)
    assert refused.returncode == 73 and str(blocked) in refused.stderr, (refused.returncode, refused.stderr)


def test_a_database_of_a_newer_program_is_refused_untouched(tmp_path):
    found(tmp_path / "data")
    engine.change(
        tmp_path / "data", "INSERT INTO schema_history (id, title, checksum, applied_at, app_version) VALUES ('desk.9999', 'later', 'x', 0, '99.0.0')")
    refused = command("serve", data=tmp_path / "data", HTTP_PORT=0)
    assert refused.returncode == 85 and "newer" in refused.stderr, refused.stderr


def test_help_and_version_answer_without_a_server(tmp_path):
    assert re.fullmatch(r"\d+\.\d+\.\d+", command("--version", data=tmp_path / "data").stdout.strip())
    for words in (["--help"], ["serve", "--help"], ["setup", "--help"]):
        shown = command(*words, data=tmp_path / "data")
        assert shown.returncode == 0 and "USAGE" in shown.stdout
    assert not (tmp_path / "data").exists()


def test_no_secret_is_printed_or_logged(tmp_path, server):
    key = found(tmp_path / "data")
    started = server(LOG_LEVEL="trace").start()
    ada = Member(started).sign_in()
    kim = Visitor(started, key)
    ticket = kim.ticket()
    kim.send("a private sentence")
    cookie = ada.http.cookies["switchboard"]
    ada.post("/api/invitations", {"email": "bo@lantern.example", "role": "agent"})
    assert started.stop() == 0
    log = "\n".join(started.lines)
    for secret in [PASSWORD, kim.credential, ticket, cookie, "a private sentence"]:
        assert secret not in log


def test_interrupting_from_the_keyboard_stops_the_server_cleanly(server):
    started = server().start()
    started.interrupt()
    assert started.await_end() == 0 and started.process.returncode == -signal.SIGINT


@pytest.mark.sqlite("nothing is set: the default settings have no DATABASE_URL")
def test_the_program_runs_by_its_default_settings_in_an_empty_directory(tmp_path):
    """`data/` under the working directory, as the README says; the port is the test's own."""
    from support.server import PROGRAM, clean_environment

    started = subprocess.Popen(
        [str(PROGRAM), "serve", "--http-port", "0"], cwd=tmp_path, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        for line in started.stdout:
            if "/setup#" in line:
                break
        assert (tmp_path / "data/switchboard.sqlite").exists()
        started.send_signal(signal.SIGTERM)
        assert started.wait(20) == -signal.SIGTERM
    finally:
        if started.poll() is None:
            started.kill()
        started.stdout.close()
