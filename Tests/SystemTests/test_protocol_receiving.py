"""sync-protocol §5–§7, §9–§12: feed, receipts, opening, typing, presence, sync, pings, slow readers, long polls."""
import concurrent.futures
import threading
import time

import httpx
import pytest

from support.ulid import ulid
from support.wire import Wire


def rows(frames: list[dict]) -> list[dict]:
    return [item["row"] for frame in frames if frame["type"] == "feed" for item in frame["items"] if item["kind"] == "conversation"]


def item_of(wire: Wire, conversation: str) -> dict:
    def has(frame):
        return any(item.get("row", {}).get("id") == conversation for item in frame["items"])
    return next(item for item in wire.expect("feed", where=has)["items"] if item.get("row", {}).get("id") == conversation)


def test_the_feed_is_dense_and_hides_what_a_member_may_not_see(world, kim, cy, wires):
    other = wires(cy)
    start = other.resumed["feed"]
    kim.send("hidden from Cy")
    theirs = world.visitor(cy.shop["key"]).send("for Cy")["conversation"]
    items = []
    while not any(item.get("row", {}).get("id") == theirs for item in items):
        items += other.expect("feed")["items"]
    assert [item["seq"] for item in items] == list(range(start + 1, start + 1 + len(items)))
    kinds = [item["kind"] for item in items if item.get("row", {}).get("id") != theirs]
    assert set(kinds) == {"hidden"} and all(set(item) == {"seq", "kind"} for item in items if item["kind"] == "hidden")


def test_a_changed_shop_is_a_feed_item(world, wires):
    wire = wires(world.ada)
    assert world.ada.http.patch(f"/api/shops/{world.shop_id}", json={"greeting": "Welcome"}).status_code == 200
    frame = wire.expect("feed", where=lambda frame: frame["items"][0]["kind"] == "shop")
    assert frame["items"][0]["shop"] == world.shop_id


def test_unread_is_counted_in_messages_of_the_customer_per_member(world, kim, bo, wires):
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    ada, bos = wires(world.ada, conversations={conversation: 0}), wires(bo)
    assert world.ada.snapshot(conversation)["row"]["customerMessages"] == 2
    assert world.ada.snapshot(conversation)["mark"] == {"read": 0, "customerMessages": 0}
    ada.say({"type": "receipt", "conversation": conversation, "delivered": 2, "read": 1})
    mark = ada.expect("mark")
    assert (mark["conversation"], mark["read"], mark["customerMessages"]) == (conversation, 1, 1)
    world.ada.send(conversation, text="an answer")
    kim.send("three")
    ada.say({"type": "receipt", "conversation": conversation, "read": 4})
    assert ada.expect("mark")["customerMessages"] == 3
    assert world.ada.snapshot(conversation)["mark"] == {"read": 4, "customerMessages": 3}
    assert bo.snapshot(conversation)["mark"] == {"read": 0, "customerMessages": 0}
    assert not [frame for frame in bos.settle() if frame["type"] == "mark"]


def test_receipts_only_rise_and_are_cut_to_the_log(world, kim, wires):
    visitor = wires(kim)
    conversation = visitor.ack(text="one")["conversation"]
    visitor.ack(text="two")
    staff = wires(world.ada, conversations={conversation: 2})
    staff.say({"type": "receipt", "conversation": conversation, "delivered": 2, "read": 1})
    heard = visitor.expect("receipt")
    assert (heard["delivered"], heard["read"], heard["by"]["type"]) == (2, 1, "member")
    staff.say({"type": "receipt", "conversation": conversation, "delivered": 1, "read": 0})
    staff.say({"type": "receipt", "conversation": conversation, "read": 99})
    heard = visitor.expect("receipt")
    assert (heard["delivered"], heard["read"]) == (2, 2)
    visitor.say({"type": "receipt", "read": 2})
    heard = staff.expect("receipt", where=lambda frame: frame["by"]["type"] == "customer")
    assert heard["conversation"] == conversation and heard["by"]["id"] == kim.id and (heard["delivered"], heard["read"]) == (2, 2)
    assert {(one["by"]["type"], one["delivered"], one["read"]) for one in world.ada.snapshot(conversation)["receipts"]} == {("member", 2, 2), ("customer", 2, 2)}
    assert kim.snapshot()["mark"] == {"delivered": 2, "read": 2}


def test_a_customer_hears_receipts_in_its_own_numbers_with_staff_merged(world, kim, bo, wires):
    visitor = wires(kim)
    conversation = visitor.ack(text="one")["conversation"]
    world.ada.send(conversation, "note", text="hidden")
    world.ada.send(conversation, "note", text="hidden too")
    visitor.ack(text="two")
    ada, bos = wires(world.ada, conversations={conversation: 4}), wires(bo, conversations={conversation: 4})
    ada.say({"type": "receipt", "conversation": conversation, "delivered": 4, "read": 3})
    heard = visitor.expect("receipt")
    assert (heard["delivered"], heard["read"]) == (2, 1)
    bos.say({"type": "receipt", "conversation": conversation, "delivered": 4, "read": 4})
    heard = visitor.expect("receipt")
    assert (heard["delivered"], heard["read"]) == (2, 2)
    assert [(one["delivered"], one["read"]) for one in kim.snapshot()["receipts"]] == [(2, 2)]


def test_a_customers_mark_shows_in_its_other_tab(world, kim, wires):
    one, two = wires(kim), wires(kim)
    conversation = one.ack(text="one")["conversation"]
    world.ada.send(conversation, text="two")
    one.say({"type": "receipt", "delivered": 2, "read": 2})
    heard = two.expect("receipt", where=lambda frame: frame["by"]["type"] == "customer")
    assert heard["read"] == 2 and heard["by"]["id"] == kim.id


def test_receipts_for_what_is_not_theirs_are_refused(world, kim, cy, wires):
    conversation = kim.send("one")["conversation"]
    wire = wires(cy)
    wire.say({"type": "receipt", "conversation": conversation, "read": 1, "ref": 3})
    assert wire.expect("error")["code"] == "not_found"
    assert cy.http.post(f"/api/conversations/{conversation}/receipts", json={"read": 1}).status_code == 404


def test_an_opened_conversation_sends_what_is_missing_and_what_comes_until_it_is_left(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    staff = wires(world.ada)
    staff.say({"type": "open", "conversation": conversation, "after": 1})
    assert [event["seq"] for event in staff.events(2)] == [2]
    assert staff.expect("resumed")["conversations"][conversation] == 2
    kim.send("three")
    assert staff.event(seq=3)["body"] == {"text": "three"}
    staff.say({"type": "leave", "conversation": conversation})
    staff.settle()
    kim.send("four")
    while item_of(staff, conversation)["row"]["lastSeq"] < 4:
        pass
    assert not [frame for frame in staff.frames if frame["type"] == "events"]


def test_opening_what_is_not_theirs_is_answered_like_what_does_not_exist(world, kim, cy, wires):
    conversation = kim.send("one")["conversation"]
    wire = wires(cy)
    answers = []
    for name in (conversation, ulid()):
        wire.say({"type": "open", "conversation": name, "after": 0})
        frame = wire.next()
        while frame["type"] not in ("error", "reset"):
            frame = wire.next()
        answers.append({key: value for key, value in frame.items() if key != "conversation"})
    assert answers[0] == answers[1]


def test_at_most_thirty_two_conversations_are_open(world, wires):
    staff = wires(world.ada)
    conversations = [world.visitor().send("one")["conversation"] for _ in range(33)]
    for conversation in conversations[:32]:
        staff.say({"type": "open", "conversation": conversation, "after": 1})
    staff.settle()
    staff.say({"type": "open", "conversation": conversations[32], "after": 1})
    assert staff.expect("error")["code"] == "too_many_open"
    staff.say({"type": "leave", "conversation": conversations[0]})
    staff.say({"type": "open", "conversation": conversations[32], "after": 0})
    assert staff.expect("events")["conversation"] == conversations[32]


def test_typing_reaches_the_others_and_not_oneself(world, kim, bo, wires):
    conversation = kim.send("one")["conversation"]
    visitor, ada, bos = wires(kim), wires(world.ada, conversations={conversation: 1}), wires(bo, conversations={conversation: 1})
    ada.say({"type": "typing", "conversation": conversation, "on": True})
    for wire in (visitor, bos):
        heard = wire.expect("typing")
        assert heard["on"] is True and heard["ttlMs"] == 5000 and heard["by"]["id"] == world.ada.id and heard["conversation"] == conversation
    visitor.say({"type": "typing", "on": True})
    for wire in (ada, bos):
        assert wire.expect("typing")["by"]["id"] == kim.id
    assert not [frame for frame in visitor.settle() + ada.settle() if frame["type"] == "typing"]


def test_typing_is_slowed_down_silently(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    visitor, staff = wires(kim), wires(world.ada, conversations={conversation: 1})
    for _ in range(40):
        visitor.say({"type": "typing", "on": True})
    visitor.ack(text="two")
    staff.event(seq=2)
    assert 1 <= sum(frame["type"] == "typing" for frame in staff.frames) <= 6
    assert not [frame for frame in visitor.settle() if frame["type"] == "error"]


def test_presence_of_customers_reaches_staff_and_of_staff_customers(world, cy, wires):
    # Of a shop of its own, so that other tests' staff don't count.
    shop = world.ada.make_shop("Quiet")
    visitor = world.visitor(shop["key"], name="Kim")
    staff = wires(world.ada)
    visiting = wires(visitor)
    heard = staff.expect("presence", where=lambda frame: frame.get("customer") == visitor.id)
    assert heard["online"] is True and visiting.ready["available"] is True
    visiting.close()
    heard = staff.expect("presence", timeout=15, where=lambda frame: frame.get("customer") == visitor.id)
    assert heard["online"] is False


def test_availability_follows_the_staff_of_the_shop(own_world):
    visitor = own_world.visitor()
    visiting = Wire.open(visitor)
    assert visiting.ready["available"] is False
    assert visitor.get(f"/api/widget/{own_world.key}")["available"] is False
    staff = Wire.open(own_world.ada)
    assert visiting.expect("presence")["available"] is True
    assert visitor.get(f"/api/widget/{own_world.key}")["available"] is True
    staff.close()
    assert visiting.expect("presence", timeout=15)["available"] is False
    visiting.close()


def test_a_reload_is_no_departure(own_world):
    visitor = own_world.visitor()
    first = Wire.open(visitor)
    staff = Wire.open(own_world.ada)
    staff.settle()
    first.close()
    second = Wire.open(visitor)
    # Somebody else's real departure comes after the grace time of the first.
    other = own_world.visitor()
    Wire.open(other).close()
    staff.expect("presence", timeout=15, where=lambda frame: frame.get("customer") == other.id and not frame["online"])
    assert not [frame for frame in staff.frames if frame["type"] == "presence" and frame.get("customer") == visitor.id and not frame["online"]]
    second.close()
    staff.close()


def test_sync_fills_a_gap_in_conversation_and_feed(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    visitor = wires(kim)
    visitor.say({"type": "sync", "after": 0})
    assert [event["seq"] for event in visitor.events(2)] == [1, 2]
    assert visitor.expect("resumed")["conversations"][conversation] == 2
    staff = wires(world.ada)
    top = staff.resumed["feed"]
    staff.say({"type": "sync", "feed": top - 2})
    assert [item["seq"] for item in staff.expect("feed")["items"]] == [top - 1, top]
    assert staff.expect("resumed")["feed"] >= top


def test_a_tab_that_was_open_before_the_first_message_knows_the_conversation_too(world, kim, wires):
    early, other = wires(kim), wires(kim)
    conversation = other.ack(text="one")["conversation"]
    early.event(seq=1)
    early.say({"type": "probe"})
    assert early.expect("ping")["conversations"] == {conversation: 1}
    early.say({"type": "sync", "after": 0})
    assert early.expect("resumed")["conversations"] == {conversation: 1}
    world.ada.send(conversation, text="two")
    assert [event["seq"] for event in early.expect("stale", ref=early.send(text="x", based_on=1))["events"]] == [2]


def test_a_probe_is_answered_at_once_with_the_top_numbers(world, kim, wires):
    conversation = kim.send("one")["conversation"]
    visitor = wires(kim)
    visitor.say({"type": "probe"})
    ping = visitor.expect("ping", timeout=3)
    assert ping["conversations"] == {conversation: 1} and "feed" not in ping
    staff = wires(world.ada)
    staff.say({"type": "probe"})
    assert staff.expect("ping", timeout=3)["feed"] >= staff.resumed["feed"]


@pytest.mark.timeout(60)
def test_every_connection_is_pinged_within_twenty_five_seconds(world, kim, wires):
    visitor = wires(kim)
    assert "conversations" in visitor.expect("ping", timeout=28)


@pytest.mark.parametrize("payload, code", [(b"\x00\x01", 1003)])
def test_binary_frames_are_not_spoken(world, kim, wires, payload, code):
    wire = wires(kim)
    wire.socket.send(payload)
    assert wire.closed() == code and wire.frames[-1]["code"] == "binary_not_spoken"


def test_a_frame_over_sixty_four_kilobytes_closes_with_1009(world, kim, wires):
    wire = wires(kim)
    fitting = '{"type":"probe","pad":"' + "x" * (65_536 - 25) + '"}'
    assert len(fitting) == 65_536
    wire.socket.send(fitting)
    wire.expect("ping")
    wire.socket.send(fitting + " ")
    assert wire.closed() == 1009


def test_text_that_is_not_utf8_closes_with_1007(world, kim, wires):
    wire = wires(kim)
    wire.socket.send(b'{"type":"probe","x":"\xff\xfe"}', text=True)
    assert wire.closed() == 1007


def test_eight_errors_in_ten_seconds_close_with_1008(world, kim, wires):
    wire = wires(kim)
    for _ in range(7):
        wire.say({"type": "nonsense"})
    assert [frame["code"] for frame in wire.settle() if frame["type"] == "error"] == ["unknown_type"] * 7
    for _ in range(3):
        wire.say({"type": "nonsense"})
    assert wire.closed() == 1008


def test_sockets_beyond_eight_of_a_visitor_push_out_the_oldest(world, kim, wires):
    first = wires(kim)
    others = [wires(kim) for _ in range(8)]
    assert first.closed() == 1013
    assert others[-1].ack(text="one")["seq"] == 1


def test_a_slow_reader_is_told_to_resync_and_costs_bounded_memory(own_world):
    """It stops reading; others go on; when it reads again it is made whole."""
    kim, lee = own_world.visitor(), own_world.visitor()
    quick, slow = Wire.open(kim), Wire.open(kim)
    # The client's own queue takes 16 frames; then its socket is left unread.
    text = "长" * 9_000
    before = own_world.server.resident
    for _ in range(400):
        quick.ack(text=text)
        quick.frames.clear()
    healthy = Wire.open(lee)
    assert healthy.ack(text="not held up")["seq"] == 1
    grown = own_world.server.resident - before
    assert grown < 40 * 2**20, f"{grown / 2**20:.1f} MB for one slow reader of 11 MB"
    assert slow.expect("resync", timeout=20)["reason"] == "slow"
    cursor = 0

    def take(frames: list[dict]) -> bool:
        """By the rule of §5; says whether there is a gap."""
        nonlocal cursor
        for event in (event for frame in frames if frame["type"] == "events" for event in frame["events"]):
            if event["seq"] > cursor + 1:
                return True
            cursor = max(cursor, event["seq"])
        return False

    assert not take(slow.frames) and 0 < cursor < 400
    slow.frames.clear()
    slow.say({"type": "sync", "after": cursor})
    while cursor < 400:
        take([slow.expect("events")])
    for wire in (quick, slow, healthy):
        wire.close()


# Without a socket

def test_a_long_poll_answers_at_once_what_is_missing(world, kim):
    conversation = kim.send("one")["conversation"]
    kim.send("two")
    answer = kim.get(f"{kim.base}/sync", conversation=f"{conversation}:1", wait=25)
    kinds = [frame["type"] for frame in answer["frames"]]
    assert kinds[-1] == "resumed" and answer["frames"][-1]["conversations"] == {conversation: 2}
    assert [event["seq"] for frame in answer["frames"] if frame["type"] == "events" for event in frame["events"]] == [2]


def test_a_long_poll_waits_for_news_and_gets_it(world, kim):
    conversation = kim.send("one")["conversation"]
    epoch = kim.snapshot()["epoch"]
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(kim.get, f"{kim.base}/sync", epoch=epoch, conversation=f"{conversation}:1", wait=20)
        staff = pool.submit(world.ada.get, "/api/sync", epoch=epoch, feed=world.ada.get("/api/inbox")["feed"], conversation=f"{conversation}:1", wait=20)
        # Sent again and again under other ids would be wrong; one message, once both wait or not: either way it must arrive.
        world.ada.send(conversation, text="two")
        for answer in (waiting.result(20), staff.result(20)):
            events = [event for frame in answer["frames"] if frame["type"] == "events" for event in frame["events"]]
            assert [event["seq"] for event in events] == [2] or answer["frames"][-1]["conversations"][conversation] == 1, answer
            if not events:
                assert [frame["type"] for frame in answer["frames"]][-1] == "resumed"


def test_a_quiet_long_poll_ends_after_its_wait(world, kim):
    conversation = kim.send("one")["conversation"]
    began = time.monotonic()
    answer = kim.get(f"{kim.base}/sync", epoch=kim.snapshot()["epoch"], conversation=f"{conversation}:1", wait=1)
    assert 0.9 <= time.monotonic() - began <= 4
    assert answer["frames"][-1]["type"] == "resumed"


def test_wrong_cursors_of_a_long_poll_are_reset_or_refused(world, kim):
    conversation = kim.send("one")["conversation"]
    answer = kim.get(f"{kim.base}/sync", epoch="0" * 32, conversation=f"{conversation}:1", wait=0)
    assert [frame["reason"] for frame in answer["frames"] if frame["type"] == "reset"] == ["epoch"]
    for query in ({"conversation": "x"}, {"conversation": f"{conversation}:-1"}, {"wait": "soon"}, {"feed": "x"}):
        assert kim.http.get(f"{kim.base}/sync", params=query).status_code == 400, query
    answer = world.ada.get("/api/sync", feed=10**12, wait=0)
    assert [(frame["scope"], frame["reason"]) for frame in answer["frames"] if frame["type"] == "reset"] == [("feed", "ahead")]


def test_a_long_poll_ends_when_the_session_ends(world):
    from support.world import Member

    ada = Member(world.server).sign_in()
    cookies = dict(ada.http.cookies)
    feed = ada.get("/api/inbox")
    statuses = []

    def poll():
        while not statuses or statuses[-1] == 200:
            statuses.append(httpx.get(
                world.server.base + "/api/sync", params={"epoch": feed["epoch"], "feed": feed["feed"], "wait": 25}, cookies=cookies, timeout=30).status_code)

    thread = threading.Thread(target=poll)
    thread.start()
    assert ada.http.delete("/api/sessions/current").status_code == 204
    thread.join(15)
    assert not thread.is_alive() and statuses[-1] == 401
