"""Searching what was said, over HTTP: the indexer of a real server brings it into the index by itself."""
import time

import pytest

from support import engine
from support.searching import search, until_found
from support.wire import Wire
from support.world import Visitor


def texts(hits: list[dict]) -> list[str]:
    return [hit["excerpt"]["text"] for hit in hits]


def marked(hit: dict) -> list[str]:
    units = hit["excerpt"]["text"].encode("utf-16-le")
    return [units[2 * start:2 * end].decode("utf-16-le") for start, end in hit["excerpt"]["marks"]]


def test_a_message_is_found_within_a_moment_in_english_and_chinese(world, kim):
    conversation = kim.send("My order Zebra-8812 isn’t here 🙂, I want a refund")["conversation"]
    kim.send("我想申请退款斑马,谢谢")
    [hit] = until_found(world.ada, "zebra 88 refun")
    assert hit["kind"] == "message" and hit["seq"] == 1 and hit["row"]["id"] == conversation and hit["by"]["type"] == "customer"
    assert marked(hit) == ["Zebra-8812", "refund"] or marked(hit) == ["Zebra", "8812", "refund"]
    [hit] = until_found(world.ada, "退款斑")
    assert hit["seq"] == 2 and marked(hit) == ["退款斑"]
    assert search(world.ada, "斑马退") == []


def test_notes_and_customers_are_found_by_staff(world):
    visitor = Visitor(world.server, world.key, name="Okapi Müller", email="okapi@example.com")
    conversation = visitor.send("hello")["conversation"]
    world.ada.send(conversation, "note", text="calls about giraffes")
    [note] = until_found(world.ada, "giraffe")
    assert note["kind"] == "note" and note["by"]["id"] == world.ada.id
    for words in ("okapi", "MULLER", "okapi@example.com"):
        [hit] = until_found(world.ada, words)
        assert hit["kind"] == "customer" and hit["seq"] == 0 and hit["row"]["id"] == conversation and hit["by"] is None
    visitor.http.patch(f"{visitor.base}/customer", json={"name": "Quagga"})
    until_found(world.ada, "quagga")
    # The address still is hers; the name isn't any more.
    assert search(world.ada, "muller") == []
    visitor.close()


HOSTILE = ['"', '" OR "', "a* OR b*", "NEAR(a b)", "words:a", "+a -b ~c >d <e (f)", "a AND NOT b", "'; DROP TABLE event; --", "%_%", "\\", "^a", "{a}", "\u0000x", "🙂"]


@pytest.mark.parametrize("words", HOSTILE)
def test_words_of_an_engine_s_query_language_are_only_words(world, kim, words):
    answer = world.ada.http.get("/api/inbox/search", params={"q": words})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert answer.json()["code"] == "desk.field_invalid" and answer.json()["errors"][0]["field"] == "q"


@pytest.mark.parametrize("words", ["", "?!", "x" * 201, " ".join(f"w{number}" for number in range(13))])
def test_nothing_and_too_much_is_refused_with_a_reason(world, words):
    answer = world.ada.http.get("/api/inbox/search", params={"q": words})
    assert answer.status_code == 422 and answer.json()["code"] == "desk.field_invalid", answer.text


def test_a_pasted_paragraph_finds_where_it_is_from(world, kim):
    text = "".join(chr(0x5000 + 7 * number) for number in range(200))
    kim.send(text)
    [hit] = until_found(world.ada, text)
    assert len(marked(hit)[0]) == 65


def test_what_is_said_while_the_index_is_begun_is_found_once(own_world):
    kim = own_world.visitor(name="Kim")
    for number in range(120):
        kim.send(f"plover {number}")
        found = search(own_world.ada, "plover")
        assert len({hit["seq"] for hit in found}) == len(found)
    assert [hit["seq"] for hit in until_found(own_world.ada, "plover", 120)] == list(range(120, 0, -1))


def test_wrong_cursors_and_limits_are_refused(world):
    for query in ("limit=0", "limit=201", "cursor=!", "shop=x"):
        assert world.ada.http.get(f"/api/inbox/search?q=a&{query}").status_code == 400, query


def test_an_agent_finds_only_what_is_said_in_its_shops(own_world):
    other = own_world.ada.make_shop("Anvil")
    agent = own_world.ada.invite("cy@lantern.example", "agent", "Cy", [other["id"]])
    own_world.visitor(name="Kim").send("ostrich of the first shop")
    Visitor(own_world.server, other["key"], name="Lee").send("ostrich of the second")
    assert texts(until_found(own_world.ada, "ostrich", 2)) == ["ostrich of the second", "ostrich of the first shop"]
    assert texts(search(agent, "ostrich")) == ["ostrich of the second"]
    assert texts(search(own_world.ada, "ostrich", shop=other["id"])) == ["ostrich of the second"]


def test_killed_in_the_middle_of_its_work_the_index_has_everything_once(own_world):
    kim = own_world.visitor(name="Kim")
    with Wire.open(kim) as wire:
        for number in range(200):
            wire.ack(text=f"heron {number}")
            if number in (60, 120):
                own_world.server.kill()
                own_world.server.restart()
                wire = Wire.open(kim)
    hits = until_found(own_world.ada, "heron", 200, seconds=30)
    assert [hit["seq"] for hit in hits] == list(range(200, 0, -1))
    # A later step of the indexer is done: what it would bring in once more is there by now.
    own_world.ada.send(kim.snapshot()["conversation"], text="no stork")
    until_found(own_world.ada, "stork")
    assert len(search(own_world.ada, "heron")) == 200


def test_a_house_from_before_the_index_is_searched_after_its_first_start(own_world):
    kim = own_world.visitor(name="Kim")
    for number in range(5):
        kim.send(f"ibis {number}")
    until_found(own_world.ada, "ibis", 5)
    assert own_world.server.stop() == 0
    # As before the migration: no position, no entries, and a feed that is forgotten.
    engine.change(
        own_world.server.data, "DELETE FROM search_entry", "DELETE FROM search_thread", "DELETE FROM search_position", "DELETE FROM feed",
        "UPDATE feed_counter SET trimmed_seq = last_seq")
    own_world.server.start()
    assert [hit["seq"] for hit in until_found(own_world.ada, "ibis", 5)] == [5, 4, 3, 2, 1]
    # The resolved ones come last, though there are none.
    deadline = time.monotonic() + 15
    while own_world.ada.get("/api/inbox/search", q="ibis")["building"] is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)
