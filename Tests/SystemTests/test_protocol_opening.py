"""sync-protocol §2, §3: sockets, tickets, `init`, `ready`, what was missed, `resumed`, `reset`."""
import json
import time

import pytest
from websockets.exceptions import InvalidStatus

from support import engine
from support.ulid import ulid
from support.wire import Wire


def test_a_first_visit_gets_ready_and_resumed(world, kim, wires):
    wire = wires(kim)
    assert wire.ready["protocol"] == 1 and wire.ready["you"] == {"type": "customer", "id": kim.id, "name": "Kim"}
    assert wire.ready["conversation"] is None and wire.ready["available"] in (True, False)
    assert wire.ready["limits"] == {"frame": 65536, "text": 10000, "inFlight": 16} and wire.ready["pingMs"] == 25000
    assert wire.resumed["conversations"] == {}


def test_staff_get_ready_their_feed_and_who_is_online(world, wires):
    wire = wires(world.ada)
    assert wire.ready["you"] == {"type": "member", "id": world.ada.id, "name": world.ada.profile["name"]}
    assert "conversation" not in wire.ready and "available" not in wire.ready
    assert wire.resumed["feed"] == world.ada.get("/api/inbox")["feed"]
    online = wire.expect("presence")["online"]
    assert world.ada.id in online["members"]


def test_what_was_missed_comes_between_ready_and_resumed(world, kim, wires):
    first = wires(kim)
    for text in ("one", "two", "three"):
        first.ack(text=text)
    conversation = kim.snapshot()["conversation"]
    again = Wire.open(kim, epoch=first.ready["epoch"], conversations={conversation: 1})
    events = [event for frame in again.resuming if frame["type"] == "events" for event in frame["events"]]
    assert [(event["seq"], event["body"]["text"]) for event in events] == [(2, "two"), (3, "three")]
    assert again.resumed["conversations"] == {conversation: 3} and again.ready["conversation"] == conversation
    again.close()


def test_staff_resume_their_feed_and_the_conversations_that_they_name(world, kim, wires):
    before = world.ada.get("/api/inbox")
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    wire = Wire.open(world.ada, epoch=before["epoch"], feed=before["feed"], conversations={conversation: 0})
    feed = [item for frame in wire.resuming if frame["type"] == "feed" for item in frame["items"]]
    assert [item["seq"] for item in feed] == list(range(before["feed"] + 1, wire.resumed["feed"] + 1))
    events = [event for frame in wire.resuming if frame["type"] == "events" for event in frame["events"]]
    assert [event["seq"] for event in events] == [1, 2] and events[0]["pubSeq"] == 1
    assert wire.resumed["conversations"] == {conversation: 2}
    wire.close()


def test_a_long_log_is_resumed_in_frames_of_bounded_size(world, kim):
    wire = Wire.open(kim)
    for number in range(60):
        wire.ack(text=f"{number} " + "长" * 9_000)
    wire.close()
    conversation = kim.snapshot()["conversation"]
    again = Wire.open(kim, conversations={conversation: 0})
    frames = [frame for frame in again.resuming if frame["type"] == "events"]
    assert [event["seq"] for frame in frames for event in frame["events"]] == list(range(1, 61))
    assert len(frames) > 1 and max(len(json.dumps(frame, ensure_ascii=False).encode()) for frame in frames) <= 262_144 + 65_536
    again.close()


def test_a_cursor_of_another_epoch_resets_everything(world, kim, wires):
    kim.send("one")
    conversation = kim.snapshot()["conversation"]
    wire = wires(kim, epoch="0" * 32, conversations={conversation: 1})
    assert [(frame["scope"], frame["reason"]) for frame in wire.resuming if frame["type"] == "reset"] == [("all", "epoch")]
    staff = wires(world.ada, epoch="0" * 32, feed=1)
    assert [(frame["scope"], frame["reason"]) for frame in staff.resuming if frame["type"] == "reset"] == [("all", "epoch")]


def test_a_cursor_beyond_the_log_is_reset_as_ahead(world, kim, wires):
    kim.send("one")
    conversation = kim.snapshot()["conversation"]
    wire = wires(kim, conversations={conversation: 99})
    assert [(frame["scope"], frame["reason"], frame["conversation"]) for frame in wire.resuming if frame["type"] == "reset"] == [("conversation", "ahead", conversation)]
    staff = wires(world.ada, feed=10**12, conversations={conversation: 99})
    assert {(frame["scope"], frame["reason"]) for frame in staff.resuming if frame["type"] == "reset"} == {("feed", "ahead"), ("conversation", "ahead")}


def test_staff_asking_for_what_is_not_theirs_or_does_not_exist_hear_gone_alike(world, kim, cy, wires):
    theirs = kim.send("one")["conversation"]
    wire = wires(cy, conversations={theirs: 0, ulid(): 0})
    resets = [frame for frame in wire.resuming if frame["type"] == "reset"]
    assert [(frame["scope"], frame["reason"]) for frame in resets] == [("conversation", "gone")] * 2
    assert not any(frame["type"] == "events" for frame in wire.resuming)


def test_a_ticket_is_good_once(world, kim):
    ticket = kim.ticket()
    Wire.customer(kim).initialise(ticket).close()
    again = Wire.customer(kim)
    again.say({"type": "init", "protocol": 1, "ticket": ticket})
    assert again.closed() == 4401
    assert again.frames[-1]["code"] == "bad_ticket"


def test_a_ticket_is_worth_nothing_after_its_time(own_world):
    """Its time is moved instead of waited for."""
    kim = own_world.visitor()
    answer = kim.post(f"{kim.base}/tickets")
    assert answer["expiresInMs"] == 60_000
    change(own_world, "UPDATE ticket SET expires_at = expires_at - 60000")
    wire = Wire.customer(kim)
    wire.say({"type": "init", "protocol": 1, "ticket": answer["ticket"]})
    assert wire.closed() == 4401


def test_a_cursor_that_the_feed_no_longer_reaches_is_reset_as_trimmed(own_world):
    kim = own_world.visitor()
    for number in range(5):
        kim.send(f"{number}")
    change(own_world, "UPDATE feed_counter SET trimmed_seq = 3", "DELETE FROM feed WHERE seq <= 3")
    with Wire.open(own_world.ada, feed=1) as wire:
        assert [(frame["scope"], frame["reason"]) for frame in wire.resuming if frame["type"] == "reset"] == [("feed", "trimmed")]
        wire.say({"type": "sync", "feed": 2})
        assert (wire.expect("reset")["reason"], wire.expect("resumed")["feed"]) == ("trimmed", 5)
    with Wire.open(own_world.ada, feed=3) as wire:
        assert [item["seq"] for frame in wire.resuming if frame["type"] == "feed" for item in frame["items"]] == [4, 5]
        assert not [frame for frame in wire.resuming if frame["type"] == "reset"]


def test_a_restored_backup_has_another_epoch_and_everybody_starts_anew(own_world):
    kim = own_world.visitor()
    conversation = kim.send("one")["conversation"]
    before = kim.snapshot()["epoch"]
    own_world.server.stop()
    change(own_world, "UPDATE instance SET value = 'ffffffffffffffffffffffffffffffff' WHERE \"key\" = 'epoch'")
    own_world.server.restart()
    with Wire.open(kim, epoch=before, conversations={conversation: 1}) as wire:
        assert [(frame["scope"], frame["reason"]) for frame in wire.resuming if frame["type"] == "reset"] == [("all", "epoch")]
        assert wire.ready["epoch"] == kim.snapshot()["epoch"] == "f" * 32 != before
        assert wire.ack(text="two")["seq"] == 2


def change(world, *statements: str) -> None:
    """Straight in the database, beside the server: what otherwise takes a week."""
    engine.change(world.server.data, *statements)


def test_a_ticket_opens_only_the_socket_that_it_was_made_for(world, kim, cy):
    staff = Wire.staff(world.ada)
    staff.say({"type": "init", "protocol": 1, "ticket": kim.ticket()})
    assert staff.closed() == 4401
    customer = Wire.customer(kim)
    customer.say({"type": "init", "protocol": 1, "ticket": world.ada.ticket()})
    assert customer.closed() == 4401
    other_shop = Wire(world.server.socket_base + "/ws/customer/" + cy.shop["key"])
    other_shop.say({"type": "init", "protocol": 1, "ticket": kim.ticket()})
    assert other_shop.closed() == 4401


@pytest.mark.parametrize("ticket", ["", "x", "x" * 128, "\u0000", "💥"])
def test_an_invented_ticket_is_refused(world, ticket):
    wire = Wire.staff(world.ada)
    wire.say({"type": "init", "protocol": 1, "ticket": ticket})
    assert wire.closed() == 4401


def test_another_protocol_version_is_refused_by_its_own_code(world, kim):
    wire = Wire.customer(kim)
    wire.say({"type": "init", "protocol": 2, "ticket": kim.ticket()})
    assert wire.closed() == 4406 and wire.frames[-1]["code"] == "protocol_unsupported"


def test_another_first_frame_is_refused(world, kim):
    wire = Wire.customer(kim)
    wire.send(text="too early")
    assert wire.closed() == 4400 and wire.frames[-1]["code"] == "init_expected"
    assert kim.snapshot()["conversation"] is None


def test_no_first_frame_within_ten_seconds_is_refused(world, kim):
    began = time.monotonic()
    wire = Wire.customer(kim)
    assert wire.closed(15) == 4408 and wire.frames[-1]["code"] == "init_late"
    assert 9 <= time.monotonic() - began <= 12


def test_init_comes_once_and_the_socket_stays(world, kim, wires):
    wire = wires(kim)
    wire.say({"type": "init", "protocol": 1, "ticket": kim.ticket()})
    assert wire.expect("error")["code"] == "init_twice"
    wire.ack(text="still here")


def test_a_page_of_another_origin_gets_no_socket(world, kim, wires):
    for origin in ("https://evil.example", "null", world.server.base + ".evil.example", world.server.base.replace("http", "https")):
        with pytest.raises(InvalidStatus) as refused:
            Wire.staff(world.ada, origin=origin)
        assert refused.value.response.status_code == 403, origin
    wires.keep(Wire.staff(world.ada, origin=world.server.base)).initialise(world.ada.ticket())


def test_a_shop_with_allowed_origins_gives_sockets_to_these_alone(world):
    shop = world.ada.make_shop("Guarded", origins=["https://lantern.example"])
    visitor = world.visitor(shop["key"])
    with pytest.raises(InvalidStatus) as refused:
        Wire.customer(visitor, origin="https://evil.example")
    assert refused.value.response.status_code == 403
    for origin in (None, "https://lantern.example", world.server.base):
        Wire.customer(visitor, origin=origin).initialise(visitor.ticket()).close()


def test_an_unknown_shop_has_no_socket(world):
    with pytest.raises(InvalidStatus) as refused:
        Wire(world.server.socket_base + "/ws/customer/shop_nobody")
    assert refused.value.response.status_code == 404


def test_a_socket_address_asked_for_without_upgrade_says_what_it_is(world):
    answer = world.ada.http.get("/ws/staff")
    assert answer.status_code == 426 and answer.json()["code"] == "web.websocket_expected"


def test_staff_name_at_most_thirty_two_conversations(world, wires):
    wire = Wire.staff(world.ada)
    wire.say({"type": "init", "protocol": 1, "ticket": world.ada.ticket(), "conversations": {ulid(): 0 for _ in range(40)}})
    wire.expect("resumed")
    assert sum(frame["type"] == "reset" for frame in wire.frames) <= 32
    wire.close()
