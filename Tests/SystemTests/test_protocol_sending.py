"""sync-protocol §4: `send` and its answers."""
import json
import random

import pytest

from support.line import Line
from support.ulid import ulid
from support.wire import Wire


def test_a_message_is_acknowledged_with_its_number_and_comes_back_as_event(world, kim, wires):
    wire = wires(kim)
    name = ulid()
    ack = wire.ack(text="Hello, is the lamp in stock?", client_id=name)
    assert ack["seq"] == 1 and ack["clientID"] == name and len(ack["id"]) == 26 and "duplicate" not in ack
    event = wire.event(seq=1)
    assert event["id"] == ack["id"] and event["at"] == ack["at"] and event["clientID"] == name
    assert event["kind"] == "message" and event["by"] == {"type": "customer", "id": kim.id, "name": "Kim"}
    assert event["body"] == {"text": "Hello, is the lamp in stock?"} and "pubSeq" not in event
    assert wire.ack(text="and the lantern?")["seq"] == 2


def test_the_other_side_hears_it_in_order_and_can_answer(world, kim, wires):
    visitor, staff = wires(kim), wires(world.ada)
    conversation = visitor.ack(text="one")["conversation"]
    item = staff.expect("feed", where=lambda frame: any(item.get("row", {}).get("id") == conversation for item in frame["items"]))["items"][-1]
    assert item["row"]["last"] == {"kind": "message", "by": "customer", "text": "one"} and item["row"]["version"] == item["seq"]
    staff.say({"type": "open", "conversation": conversation, "after": 0})
    assert [event["body"]["text"] for event in staff.events(1)] == ["one"]
    staff.expect("resumed")
    staff.ack(conversation=conversation, text="two")
    assert visitor.event(seq=2)["by"] == {"type": "member", "id": world.ada.id, "name": world.ada.profile["name"]}


def test_the_same_client_id_is_stored_once_and_acknowledged_alike(world, kim, wires):
    wire = wires(kim)
    name = ulid()
    first = wire.ack(text="once", client_id=name)
    for _ in range(3):
        again = wire.ack(text="once", client_id=name)
        assert again["duplicate"] is True
        assert {key: again[key] for key in ("id", "seq", "at", "clientID", "conversation")} == {key: first[key] for key in ("id", "seq", "at", "clientID", "conversation")}
    other_tab = wires(kim)
    assert other_tab.ack(text="once", client_id=name)["duplicate"] is True
    assert kim.send("once", 200, client_id=name)["duplicate"] is True
    assert [event["body"]["text"] for event in kim.snapshot()["events"]] == ["once"]


def test_the_same_client_id_with_other_content_is_refused_for_good(world, kim, wires):
    wire = wires(kim)
    name = ulid()
    wire.ack(text="one", client_id=name)
    nack = wire.expect("nack", ref=wire.send(text="two", client_id=name))
    assert nack["code"] == "client_id_reused" and nack["final"] is True and nack["clientID"] == name
    assert kim.send("two", 409, client_id=name)["code"].endswith("client_id_reused")


def test_two_senders_may_have_the_same_client_id(world, kim, wires):
    name = ulid()
    conversation = kim.send("mine", client_id=name)["conversation"]
    world.ada.send(conversation, text="mine too", client_id=name)
    assert len(kim.snapshot()["events"]) == 2


def test_an_answer_over_something_unseen_is_stale_and_stores_nothing(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    staff = wires(world.ada)
    stale = staff.expect("stale", ref=staff.send(conversation=conversation, text="answer", based_on=1))
    assert [event["seq"] for event in stale["events"]] == [2] and stale["events"][0]["body"] == {"text": "two"}
    assert len(kim.snapshot()["events"]) == 2
    assert staff.ack(conversation=conversation, text="answer", based_on=2)["seq"] == 3
    # Only what others wrote makes stale.
    assert staff.ack(conversation=conversation, text="more", based_on=2)["seq"] == 4
    visitor = wires(kim)
    assert [event["seq"] for event in visitor.expect("stale", ref=visitor.send(text="x", based_on=2))["events"]] == [3, 4]


def test_stale_over_http_is_a_conflict_with_the_events(world, kim):
    conversation = kim.send("one")["conversation"]
    problem = world.ada.post(f"/api/conversations/{conversation}/events", {"clientID": ulid(), "kind": "text", "basedOn": 0, "body": {"text": "x"}}, 409)
    assert problem["code"].endswith("stale") and [event["seq"] for event in problem["events"]] == [1]


@pytest.mark.parametrize("text, code", [
    ("", "text_empty"), ("   \n\t ", "text_empty"), ("\u0000\u0001", "text_empty"), ("x" * 10_001, "text_too_long"), ("😀" * 10_001, "text_too_long"),
    ("e" + "\u0301" * 20_000, "text_too_long")])
def test_empty_and_too_long_texts_are_refused_for_good(world, kim, wires, text, code):
    wire = wires(kim)
    nack = wire.expect("nack", ref=wire.send(text=text))
    assert nack["code"] == code and nack["final"] is True
    assert kim.snapshot()["conversation"] is None


@pytest.mark.parametrize("text", ["x" * 10_000, "长" * 10_000, "😀" * 10_000, "👩‍👩‍👧‍👦" * 1_500])
def test_the_longest_texts_arrive_whole(world, kim, wires, text):
    wire = wires(kim)
    wire.ack(text=text)
    assert wire.event(seq=1)["body"]["text"] == text
    assert kim.snapshot()["events"][0]["body"]["text"] == text


def test_wrong_sends_are_named_and_the_socket_stays(world, kim, wires):
    wire = wires(kim)
    for frame, code in [
        ({"kind": "text", "body": {"text": "x"}, "clientID": "short"}, "client_id_invalid"),
        ({"kind": "text", "body": {"text": "x"}}, "client_id_invalid"),
        ({"kind": "song", "body": {"text": "x"}, "clientID": ulid()}, "unknown_kind"),
        ({"kind": "text", "body": {"text": 5}, "clientID": ulid()}, "bad_frame"),
        ({"kind": "text", "body": {}, "clientID": ulid()}, "bad_frame"),
        ({"kind": "text", "body": [], "clientID": ulid()}, "bad_frame"),
    ]:
        wire.say({"type": "send", "ref": 7} | frame)
        answer = wire.next()
        assert (answer["type"] in ("nack", "error")) and answer["code"] == code and answer["ref"] == 7, (frame, answer)
    wire.ack(text="still here")


def test_customers_may_only_write_messages(world, kim, wires):
    wire = wires(kim)
    wire.ack(text="one")
    for kind, body in [("note", {"text": "x"}), ("assign", {"member": None}), ("resolve", {}), ("reopen", {})]:
        nack = wire.expect("nack", ref=wire.send(kind, **body))
        assert nack["code"] == "forbidden" and nack["final"] is True, kind
    assert len(kim.snapshot()["events"]) == 1


def test_a_customer_cannot_name_another_conversation(world, kim, wires):
    other = world.visitor(name="Lee").send("secret")["conversation"]
    wire = wires(kim)
    nack = wire.expect("nack", ref=wire.send(conversation=other, text="x"))
    assert nack["code"] == "not_found"
    nack = wire.expect("nack", ref=wire.send(conversation=ulid(), text="x"))
    assert nack["code"] == "not_found"


def test_staff_must_name_the_conversation_and_see_only_theirs(world, kim, cy, wires):
    conversation = kim.send("one")["conversation"]
    wire = wires(cy)
    hidden = wire.expect("nack", ref=wire.send(conversation=conversation, text="x"))
    absent = wire.expect("nack", ref=wire.send(conversation=ulid(), text="x"))
    assert hidden["code"] == absent["code"] == "not_found" and hidden["message"] == absent["message"]
    wire.send(text="x", ref=9)
    assert wire.next()["code"] in ("bad_frame", "not_found")


def test_resolve_reopen_and_assign_write_once_and_say_unchanged_then(world, kim, bo, wires):
    conversation = kim.send("one")["conversation"]
    staff = wires(world.ada, conversations={conversation: 1})
    assert staff.ack("assign", conversation, member=bo.id)["seq"] == 2
    assert staff.event(seq=2)["body"] == {"member": bo.id, "name": "Bo"}
    again = staff.ack("assign", conversation, member=bo.id)
    assert again["unchanged"] is True and again["seq"] == 2
    assert staff.ack("assign", conversation, member=None)["seq"] == 3
    assert staff.event(seq=3)["body"] == {"member": None, "name": None}
    assert staff.ack("resolve", conversation)["seq"] == 4
    assert staff.ack("resolve", conversation)["unchanged"] is True
    assert staff.ack("reopen", conversation)["seq"] == 5
    assert staff.ack("reopen", conversation)["unchanged"] is True
    assert world.ada.snapshot(conversation)["row"]["lastSeq"] == 5


def test_an_unchanged_act_over_http_is_200(world, kim):
    conversation = kim.send("one")["conversation"]
    assert world.ada.send(conversation, "reopen", 200)["unchanged"] is True
    world.ada.send(conversation, "resolve", 201)


def test_only_active_members_who_serve_the_shop_can_be_assigned(world, kim, cy, wires):
    conversation = kim.send("one")["conversation"]
    staff = wires(world.ada)
    for member in (ulid(), cy.id, kim.id):
        nack = staff.expect("nack", ref=staff.send("assign", conversation, member=member))
        assert nack["code"] == "member_unknown" and nack["final"] is True


def test_a_new_message_reopens_a_resolved_conversation_in_the_same_moment(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    staff = wires(world.ada, conversations={conversation: 1})
    staff.ack("resolve", conversation)
    visitor = wires(kim, conversations={conversation: 2})
    assert visitor.ack(text="one more thing")["seq"] == 4
    frame = visitor.expect("events")
    assert [(event["seq"], event["kind"], event["by"]["type"]) for event in frame["events"]] == [(3, "reopened", "system"), (4, "message", "customer")]
    assert "clientID" not in frame["events"][0] and set(frame["events"][0]["by"]) == {"type"}
    assert [event["seq"] for event in staff.events(4)][-2:] == [3, 4]
    assert world.ada.snapshot(conversation)["row"]["status"] == "open"


def test_notes_are_hidden_from_customers_and_leave_no_holes(world, kim, wires):
    visitor = wires(kim)
    conversation = visitor.ack(text="one")["conversation"]
    staff = wires(world.ada, conversations={conversation: 0})
    staff.ack("note", conversation, text="a difficult one")
    staff.ack("assign", conversation, member=world.ada.id)
    assert staff.ack(conversation=conversation, text="two")["seq"] == 4
    staff.ack("note", conversation, text="bad mood")
    assert visitor.ack(text="three")["seq"] == 3
    assert [(event["seq"], event["body"]["text"]) for event in visitor.events(3)] == [(1, "one"), (2, "two"), (3, "three")]
    assert [(event["seq"], event["body"]["text"]) for event in kim.snapshot()["events"]] == [(1, "one"), (2, "two"), (3, "three")]
    assert [(event["seq"], event["pubSeq"]) for event in world.ada.snapshot(conversation)["events"]] == [(1, 1), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3)]
    everything = json.dumps([visitor.frames, kim.snapshot(), kim.get(kim.base + "/conversation/events", after=0), kim.get(kim.base + "/sync", wait=0)])
    assert "difficult" not in everything and "mood" not in everything and "assigned" not in everything


def test_more_than_sixteen_unanswered_sends_are_pushed_back_and_nothing_is_lost(world, kim):
    """All in one write, far faster than anything can be committed."""
    line = Line(kim, random.Random(1)).initialise()
    names = [ulid() for _ in range(300)]
    frames = [{"type": "send", "ref": number, "clientID": name, "kind": "text", "body": {"text": f"{number}"}} for number, name in enumerate(names)]
    line.socket.sendall(b"".join(line.frame(json.dumps(frame).encode()) for frame in frames))
    answers: dict[int, dict] = {}
    while len(answers) < len(names):
        opcode, heard = line.hear()
        assert opcode == 1, heard
        frame = json.loads(heard)
        if frame["type"] in ("ack", "nack"):
            assert frame["ref"] not in answers
            answers[frame["ref"]] = frame
    refused = [ref for ref, frame in answers.items() if frame["type"] == "nack"]
    assert refused and len(refused) <= len(names) - 16
    assert all(answers[ref]["code"] == "too_many_in_flight" and answers[ref]["final"] is False and answers[ref]["retryAfterMs"] > 0 for ref in refused)
    # Pushing back is no error of the client: the socket stays, and the same ids are taken later.
    for ref in refused:
        line.say(json.dumps(frames[ref]).encode())
        while json.loads(line.hear()[1])["type"] != "ack":
            pass
    line.close()
    stored = []
    while page := kim.get(f"{kim.base}/conversation/events", after=len(stored), limit=200)["events"]:
        stored += [event["clientID"] for event in page]
    assert sorted(stored) == sorted(names)


def test_acknowledgements_come_in_the_order_of_the_sends(world, kim, wires):
    wire = wires(kim)
    refs = [wire.send(text=f"{number}") for number in range(12)]
    acks = [wire.expect("ack") for _ in refs]
    assert [ack["ref"] for ack in acks] == refs and [ack["seq"] for ack in acks] == list(range(1, 13))


def test_who_sends_too_fast_is_told_how_long_to_wait(worlds):
    small = worlds(CUSTOMER_SENDS=5)
    kim = small.visitor()
    wire = Wire.open(kim)
    answers = []
    for number in range(8):
        wire.send(text=f"{number}", ref=number)
        answers.append(wire.expect("ack" if number < 5 else "nack", ref=number))
    assert {answer["code"] for answer in answers[5:]} == {"rate_limited"}
    assert all(answer["final"] is False and 0 < answer["retryAfterMs"] <= 5_000 for answer in answers[5:])
    # Over all its connections, and over HTTP.
    refused = kim.http.post(kim.base + "/conversation/events", json={"clientID": ulid(), "kind": "text", "body": {"text": "x"}})
    assert refused.status_code == 429 and refused.json()["code"].endswith("rate_limited") and int(refused.headers["retry-after"]) >= 1
    small.ada.send(kim.snapshot()["conversation"], text="staff are not slowed down by it")
    wire.close()


def test_new_visitors_from_one_address_are_limited(worlds):
    small = worlds(NEW_VISITORS=3)
    for _ in range(3):
        small.visitor()
    answer = small.ada.http.post(f"/api/widget/{small.key}/customers", json={})
    assert answer.status_code == 429 and int(answer.headers["retry-after"]) >= 1
