"""Long Chinese and emoji text through every log, preview, list row and cut. The predecessor died of a cut at byte 50."""
import json
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.server import command
from support.ulid import ulid
from support.wire import Wire
from support.world import PASSWORD, Member, World, found

UNITS = {
    "Chinese": "长", "emoji": "😀", "family": "👩‍👩‍👧‍👦", "flag": "🇨🇳", "accent": "e\u0301", "Zalgo": "a" + "\u0301\u0302\u0323" * 8, "rare": "\U00020000",
    "Arabic": "م", "Thai": "กำ", "Korean": "각", "ASCII": "x"}
# The bytes around which texts have been cut in the past, and the limits of our own fields.
BYTES = [50, 100, 120, 400, 2_000]


def around(unit: str, size: int) -> list[str]:
    """Texts that end a unit just before, at and just after `size` bytes, with every offset inside a unit."""
    width = len(unit.encode())
    return ["x" * offset + unit * max(1, (size - offset) // width + extra) for offset in range(min(width, 6)) for extra in (0, 1)]


@pytest.fixture(scope="module")
def loud(tmp_path_factory):
    """A server that logs everything that it can."""
    made = World.make(tmp_path_factory.mktemp("text") / "data", LOG_LEVEL="trace")
    yield made
    made.end()
    for line in made.server.lines:
        if line.startswith("{"):
            json.loads(line)


@pytest.mark.parametrize("name", UNITS)
def test_texts_of_every_length_around_a_cut_arrive_whole_with_a_sound_preview(loud, name):
    kim = loud.visitor()
    wire, staff = Wire.open(kim), Wire.open(loud.ada)
    texts = [text for size in BYTES for text in around(UNITS[name], size)]
    for number, text in enumerate(texts, 1):
        ack = wire.ack(text=text)
        assert wire.event(seq=number)["body"]["text"] == text
        item = staff.expect("feed", where=lambda frame: frame["items"][-1].get("row", {}).get("lastSeq") == number)["items"][-1]
        check_preview(item["row"]["last"]["text"], text)
        assert ack["seq"] == number
    row = loud.ada.get("/api/inbox", view="all")["items"][0]
    check_preview(row["last"]["text"], texts[-1])
    stored = kim.get(f"{kim.base}/conversation/events", after=0, limit=200)["events"]
    assert [event["body"]["text"] for event in stored] == texts
    assert loud.server.alive
    wire.close()
    staff.close()


def check_preview(preview: str, text: str) -> None:
    """The first 120 characters, never half a character."""
    preview.encode()
    assert text.startswith(preview.removesuffix("…")), (preview[:60], text[:60])
    cut = len(preview.removesuffix("…"))
    if cut < len(text):
        assert not unicodedata.combining(text[cut]) and text[cut] != "\u200d" and text[cut - 1] != "\u200d", "cut inside a character"


@pytest.mark.parametrize("name", UNITS)
def test_names_of_people_and_shops_of_every_script_go_everywhere(loud, name):
    for size in (50, 100, 400):
        for title in around(UNITS[name], size)[:3]:
            title = title.strip()
            answer = loud.ada.http.post("/api/shops", json={"name": title, "greeting": title})
            assert answer.status_code in (201, 422), answer.text
            if answer.status_code == 201:
                assert answer.json()["name"] == title
                assert loud.ada.http.get(f"/demo?shop={answer.json()['key']}").status_code == 200
                assert loud.ada.http.get(f"/widget/{answer.json()['key']}").status_code == 200
            visitor = loud.ada.http.post(f"/api/widget/{loud.key}/customers", json={"name": title, "page": "https://lantern.example/" + title * 20})
            assert visitor.status_code in (201, 422), visitor.text
            assert loud.ada.http.patch("/api/me", json={"name": title}).status_code in (200, 422)
    assert loud.ada.http.patch("/api/me", json={"name": "Ada 爱达"}).status_code == 200
    assert loud.server.alive


@pytest.mark.parametrize("name", UNITS)
def test_every_script_in_places_that_are_only_logged_or_refused_harms_nobody(loud, name):
    for text in around(UNITS[name], 50) + around(UNITS[name], 120) + around(UNITS[name], 2_000):
        raw = text.encode()
        for headers in ({"user-agent": raw}, {"x-request-id": raw}, {"referer": raw}, {"authorization": b"Visitor " + raw}, {"cookie": b"switchboard=" + raw}, {"origin": raw},
                        {"accept-language": raw}, {"idempotency-key": raw}):
            assert loud.ada.http.get("/api/setup", headers=headers).status_code in (200, 400, 401, 403)
    sign_in = Member(loud.server).http.post("/api/sessions", json={"email": f"{UNITS[name]}@x.example", "password": UNITS[name] * 12})
    assert sign_in.status_code in (401, 422, 429)
    for path in ("/" + UNITS[name] * 30, f"/api/shops/{UNITS[name] * 9}", f"/api/conversations/{UNITS[name] * 9}", f"/widget/{UNITS[name] * 9}", f"/api/widget/{UNITS[name] * 40}/conversation"):
        assert loud.ada.http.get(path).status_code == 404, path
    wire = Wire.open(loud.visitor())
    for frame in ({"type": UNITS[name] * 40}, {"type": "send", "ref": 1, "clientID": ulid(), "kind": UNITS[name] * 40, "body": {}}):
        wire.say(frame)
        assert wire.next()["type"] in ("error", "nack")
    wire.close()
    assert loud.server.alive


def test_lone_surrogates_and_escapes_become_text_or_a_coded_error(loud):
    wire = Wire.open(loud.visitor())
    for escaped in (r"\ud83d\ude00", r"\u957f", r"\u0041"):
        wire.socket.send('{"type":"send","ref":1,"clientID":"%s","kind":"text","body":{"text":"%s"}}' % (ulid(), escaped))
        assert wire.expect("ack")["seq"]
    for escaped in (r"\ud83d", r"\ude00", r"\ud83dx", r"\ud83d\ud83d"):
        wire.socket.send('{"type":"send","ref":2,"clientID":"%s","kind":"text","body":{"text":"%s"}}' % (ulid(), escaped))
        frame = wire.expect("error", where=lambda frame: True) if not wire.frames else wire.frames.pop()
        while frame["type"] == "events":
            frame = wire.next()
        assert frame["type"] in ("error", "ack", "nack"), frame
    wire.close()
    assert loud.server.alive


@pytest.fixture(scope="module")
def writer(loud):
    return loud.visitor()


# Blanks and control characters are trimmed or taken out; everything else of Unicode stays as it is.
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=300))
def test_any_text_is_stored_and_told_exactly_as_it_was_written(writer, text):
    ack = writer.send(text)
    event = writer.get(f"{writer.base}/conversation/events", after=ack["seq"] - 1)["events"][0]
    assert event["body"]["text"] == text


def test_the_longest_frame_with_everything_in_it_comes_back_whole(loud):
    kim = loud.visitor(name="长" * 100)
    wire = Wire.open(kim)
    text = ("长😀👩‍👩‍👧‍👦🇨🇳" * 900)[:8_000]
    while len(text.encode()) > 39_990:
        text = text[:-10]
    text = text.rstrip("\u200d")
    assert wire.ack(text=text)["seq"] == 1
    event = wire.event(seq=1)
    assert event["body"]["text"] == text and event["by"]["name"] == "长" * 100
    wire.close()


def test_set_up_by_command_takes_names_of_every_script(tmp_path, server):
    key = found(tmp_path / "data", workspace="灯笼公司 🏮" * 5, shop="灯笼 🏮")
    started = server().start()
    ada = Member(started).sign_in()
    assert ada.get("/api/me")["workspace"]["name"] == "灯笼公司 🏮" * 5 and ada.get("/api/shops")["items"][0]["name"] == "灯笼 🏮"
    assert key
    for data in ("one", "two"):
        refused = command("setup", "--workspace", "长" * 5_000, "--owner", "ada@lantern.example", "--shop", "😀" * 5_000, data=tmp_path / data, typed=PASSWORD + "\n")
        assert refused.returncode == 65, refused.stderr[:300]
    wrong = command("serve", "--" + "长" * 60, "😀" * 200, "--log-level", "长" * 300, data=tmp_path / "three")
    assert wrong.returncode == 78 and wrong.stderr.encode(), wrong.stderr[:300]
