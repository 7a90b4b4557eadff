"""The desk over HTTP: history, inbox, shops, visitors."""
import pytest

from support.ulid import ulid
from support.wire import Wire
from support.world import Visitor


def test_history_pages_backwards_and_forwards_without_gap_or_repeat(world, kim):
    wire = Wire.open(kim)
    for number in range(1, 121):
        wire.ack(text=f"{number}")
    wire.close()
    conversation = kim.snapshot()["conversation"]
    for path, get in [(f"/api/conversations/{conversation}", world.ada.get), (f"{kim.base}/conversation", kim.get)]:
        page = get(path)
        assert [event["seq"] for event in page["events"]] == list(range(71, 121)) and page["before"] == 71
        seen = page["events"]
        while page["before"] is not None:
            page = get(path + "/events", before=page["before"], limit=30)
            seen = page["events"] + seen
        assert [event["seq"] for event in seen] == list(range(1, 121))
        assert [event["body"]["text"] for event in seen] == [f"{number}" for number in range(1, 121)]
        after = get(path + "/events", after=100, limit=7)
        assert [event["seq"] for event in after["events"]] == list(range(101, 108))
        assert get(path + "/events", after=120)["events"] == []


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "before=-1", "after=x", "before=99999999999999999999"])
def test_wrong_pages_are_refused(world, kim, query):
    conversation = kim.send("one")["conversation"]
    answer = world.ada.http.get(f"/api/conversations/{conversation}/events?{query}")
    assert answer.status_code == 400 and answer.json()["code"] == "web.bad_query"


def test_a_visitor_without_messages_has_an_empty_conversation(world, kim):
    snapshot = kim.snapshot()
    assert snapshot["conversation"] is None and snapshot["events"] == [] and snapshot["before"] is None and snapshot["status"] == "open"
    assert kim.get(f"{kim.base}/conversation/events", before=10)["events"] == []


def test_the_views_of_the_inbox_hold_exactly_their_conversations(own_world):
    ada = own_world.ada
    bo = ada.invite("bo@lantern.example", "agent", "Bo", [own_world.shop_id])
    names = {}
    for name in ("mine", "unassigned", "theirs", "resolved"):
        names[own_world.visitor(name=name).send(name)["conversation"]] = name
    of = {name: conversation for conversation, name in names.items()}
    ada.send(of["mine"], "assign", member=ada.id)
    ada.send(of["theirs"], "assign", member=bo.id)
    ada.send(of["resolved"], "resolve")

    def view(name, **query):
        return [names[row["id"]] for row in ada.get("/api/inbox", view=name, **query)["items"]]

    assert view("mine") == ["mine"] and view("resolved") == ["resolved"]
    assert view("unassigned") == ["unassigned"]
    assert sorted(view("all")) == ["mine", "theirs", "unassigned"]
    counts = ada.get("/api/inbox/counts")
    assert {name: count["conversations"] for name, count in counts.items()} == {"mine": 1, "unassigned": 1, "all": 3, "resolved": 1}
    assert counts["all"]["unread"] == 3 and counts["mine"]["unread"] == 1
    ada.http.post(f"/api/conversations/{of['mine']}/receipts", json={"read": 2})
    counts = ada.get("/api/inbox/counts")
    assert counts["all"]["unread"] == 2 and counts["mine"]["unread"] == 0
    assert ada.get("/api/inbox", view="mine")["marks"] == {of["mine"]: {"read": 2, "customerMessages": 1}}
    assert ada.http.get("/api/inbox", params={"view": "nonsense"}).status_code == 400


def test_the_inbox_shows_the_newest_first_and_pages_by_cursor(own_world):
    made = [own_world.visitor(name=f"{number}").send(f"{number}")["conversation"] for number in range(25)]
    pages, cursor = [], None
    while True:
        page = own_world.ada.get("/api/inbox", view="all", limit=10, **({"cursor": cursor} if cursor else {}))
        pages.append([row["id"] for row in page["items"]])
        cursor = page["next"]
        if cursor is None:
            break
    assert [len(page) for page in pages] == [10, 10, 5]
    assert [name for page in pages for name in page] == list(reversed(made))
    times = [row["lastAt"] for row in own_world.ada.get("/api/inbox", limit=200)["items"]]
    assert times == sorted(times, reverse=True)


def test_an_inbox_of_one_shop_and_of_an_agent_hold_only_these(world, kim, bo, cy):
    here = kim.send("here")["conversation"]
    there = world.visitor(cy.shop["key"]).send("there")["conversation"]

    def ids(member, **query):
        return {row["id"] for row in member.get("/api/inbox", limit=200, **query)["items"]}

    assert {here, there} <= ids(world.ada)
    assert here in ids(bo) and there not in ids(bo)
    assert there in ids(cy) and here not in ids(cy)
    assert there in ids(world.ada, shop=cy.shop["id"]) and here not in ids(world.ada, shop=cy.shop["id"])
    assert ids(cy, shop=world.shop_id) == set()
    assert world.ada.http.get("/api/inbox", params={"shop": "x"}).status_code == 400


def test_the_conversation_shows_who_the_customer_is(world):
    kim = world.visitor(name="Kim 金", email="kim@example.com", page="https://lantern.example/lamps")
    conversation = kim.send("one")["conversation"]
    customer = world.ada.snapshot(conversation)["customer"]
    assert (customer["name"], customer["email"], customer["page"]) == ("Kim 金", "kim@example.com", "https://lantern.example/lamps")
    assert kim.http.patch(f"{kim.base}/customer", json={"name": "Kim L."}).json()["name"] == "Kim L."
    assert world.ada.snapshot(conversation)["row"]["customer"]["name"] == "Kim L."
    assert kim.get(f"{kim.base}/customer") == {"id": kim.id, "name": "Kim L.", "email": "kim@example.com"}


@pytest.mark.parametrize("details", [{"name": "x" * 101}, {"email": "nobody"}, {"name": 5}, {"name": []}])
def test_wrong_details_of_a_visitor_are_refused(world, details):
    answer = world.ada.http.post(f"/api/widget/{world.key}/customers", json=details)
    assert answer.status_code == 422, answer.text


def test_the_http_twin_takes_its_id_from_the_header_too(world, kim):
    name = ulid()
    first = kim.post(f"{kim.base}/conversation/events", {"kind": "text", "body": {"text": "one"}}, 201, **{"idempotency-key": name})
    assert first["clientID"] == name and "ref" not in first
    again = kim.post(f"{kim.base}/conversation/events", {"kind": "text", "body": {"text": "one"}}, 200, **{"idempotency-key": name})
    assert again["duplicate"] is True and again["seq"] == first["seq"]
    missing = kim.post(f"{kim.base}/conversation/events", {"kind": "text", "body": {"text": "one"}}, 422)
    assert missing["code"].endswith("client_id_invalid")


@pytest.mark.parametrize("body, status", [
    ("{", 400), ("[]", 400), ('"x"', 400), ("", 400), ('{"clientID":"01J00000000000000000000001","kind":"text","body":{"text":""}}', 422),
    ('{"clientID":"01J00000000000000000000001","kind":"dance","body":{}}', 422),
    ('{"clientID":"01J00000000000000000000001","kind":"text","body":"x"}', 422),
    ('{"a":' * 40 + "1" + "}" * 40, 422)])
def test_wrong_bodies_of_the_twin_are_problems(world, kim, body, status):
    answer = kim.http.post(f"{kim.base}/conversation/events", content=body, headers={"content-type": "application/json"})
    assert answer.status_code == status and answer.headers["content-type"] == "application/problem+json", answer.text
    assert answer.json()["code"].startswith("desk.")


def test_receipts_over_http_do_the_same_as_over_the_socket(world, kim):
    conversation = kim.send("one")["conversation"]
    wire = Wire.open(kim)
    assert world.ada.http.post(f"/api/conversations/{conversation}/receipts", json={"delivered": 1, "read": 1}).status_code == 204
    assert wire.expect("receipt")["read"] == 1
    world.ada.send(conversation, text="two")
    assert kim.http.post(f"{kim.base}/conversation/receipts", json={"read": 2}).status_code == 204
    assert {one["by"]["type"]: one["read"] for one in world.ada.snapshot(conversation)["receipts"]} == {"customer": 2, "member": 1}
    assert kim.http.post(f"{kim.base}/conversation/receipts", json={}).status_code == 422
    wire.close()


# Shops

def test_a_new_key_ends_the_old_one_and_its_sockets_at_once(world):
    shop = world.ada.make_shop("Rotating")
    kim = world.visitor(shop["key"])
    wire = Wire.open(kim)
    wire.ack(text="one")
    staff = Wire.open(world.ada)
    fresh = world.ada.post(f"/api/shops/{shop['id']}/key", status=200)
    assert fresh["key"] != shop["key"] and fresh["key"] in fresh["snippet"]
    assert wire.closed() == 4410
    for path in ("", "/conversation", "/customer"):
        gone = kim.http.get(kim.base + path)
        assert gone.status_code == 404 and gone.json()["code"] == "desk.shop_unknown"
    # Who it is stays known: the same credential under the new key.
    kim.key, kim.base = fresh["key"], f"/api/widget/{fresh['key']}"
    assert [event["body"]["text"] for event in kim.snapshot()["events"]] == ["one"]
    assert staff.settle() is not None
    staff.close()


def test_a_closed_shop_is_gone_for_visitors_until_it_is_opened_again(world):
    shop = world.ada.make_shop("Closing")
    kim = world.visitor(shop["key"])
    wire = Wire.open(kim)
    conversation = wire.ack(text="one")["conversation"]
    assert world.ada.http.patch(f"/api/shops/{shop['id']}", json={"active": False}).json()["active"] is False
    assert wire.closed() == 4410
    assert kim.http.get(kim.base).status_code == 404
    assert world.ada.snapshot(conversation)["row"]["id"] == conversation
    assert world.ada.http.patch(f"/api/shops/{shop['id']}", json={"active": True}).status_code == 200
    assert kim.snapshot()["conversation"] == conversation


def test_a_credential_is_worth_nothing_at_another_shop_or_origin(world, cy):
    kim = world.visitor()
    kim.send("one")
    there = kim.http.get(f"/api/widget/{cy.shop['key']}/conversation")
    assert there.status_code == 401 and there.json()["code"] == "desk.credential_unknown"
    elsewhere = kim.http.get(f"{kim.base}/conversation", headers={"origin": "https://evil.example"})
    assert elsewhere.status_code in (401, 403)
    assert kim.http.get(f"{kim.base}/conversation", headers={"authorization": "Visitor " + "x" * 43}).status_code == 401
    assert kim.http.get(f"{kim.base}/conversation", headers={"authorization": "Bearer " + kim.credential}).status_code == 401


def test_the_panel_may_be_framed_by_the_shops_origins_only(world):
    shop = world.ada.make_shop("Framed", origins=["https://lantern.example/some/page", "HTTP://Lantern.Example:8080"])
    assert shop["origins"] == ["https://lantern.example", "http://lantern.example:8080"]
    policy = world.ada.http.get(f"/widget/{shop['key']}").headers["content-security-policy"]
    ancestors = next(part for part in policy.split("; ") if part.startswith("frame-ancestors")).split()[1:]
    assert set(ancestors) == {"'self'", "https://lantern.example", "http://lantern.example:8080"}
    assert "x-frame-options" not in world.ada.http.get(f"/widget/{shop['key']}").headers


@pytest.mark.parametrize("change, field", [
    ({"name": ""}, "name"), ({"name": "x" * 101}, "name"), ({"colour": "red"}, "colour"), ({"colour": "#12345g"}, "colour"), ({"language": "fr"}, "language"),
    ({"greeting": "x" * 501}, "greeting"), ({"origins": ["javascript:alert(1)"]}, "origins"), ({"origins": ["https://a b"]}, "origins"),
    ({"origins": ["https://a;script-src *"]}, "origins"), ({"origins": ["https://x.example"] * 51}, "origins")])
def test_wrong_fields_of_a_shop_are_named(world, change, field):
    answer = world.ada.http.patch(f"/api/shops/{world.shop_id}", json=change)
    assert answer.status_code == 422, answer.text
    assert [error["field"] for error in answer.json()["errors"]] == [field]


def test_the_staff_of_a_shop_are_those_who_see_it_at_once(world):
    shop = world.ada.make_shop("Staffed")
    gus = world.ada.invite("gus2@lantern.example", "agent", "Gus")
    kim = world.visitor(shop["key"])
    conversation = kim.send("one")["conversation"]
    assert gus.get("/api/shops")["items"] == []
    assert gus.http.get(f"/api/conversations/{conversation}").status_code == 404
    wire = Wire.open(gus)
    answer = world.ada.http.put(f"/api/shops/{shop['id']}/staff", json={"members": [gus.id]})
    assert answer.status_code == 200 and answer.json()["members"] == [gus.id]
    assert (wire.expect("reset")["scope"], wire.settle() is not None) == ("all", True)
    assert gus.snapshot(conversation)["row"]["id"] == conversation
    wire.say({"type": "open", "conversation": conversation, "after": 0})
    wire.event(seq=1)
    assert world.ada.http.put(f"/api/shops/{shop['id']}/staff", json={"members": []}).status_code == 200
    assert wire.expect("reset")["reason"] == "access"
    kim.send("two, which Gus may not see")
    kim.send("three")
    world.ada.http.put(f"/api/shops/{shop['id']}/staff", json={"members": [gus.id]})
    wire.expect("reset")
    assert not [frame for frame in wire.frames if frame["type"] == "events"], "events of a conversation that is no longer theirs"
    assert gus.http.get(f"/api/conversations/{conversation}").status_code == 200
    wire.close()
    unknown = world.ada.http.put(f"/api/shops/{shop['id']}/staff", json={"members": [ulid()]})
    assert unknown.status_code == 422


def test_a_shops_own_page_shows_the_widget_by_exactly_the_snippet(world):
    page = world.ada.http.get("/demo").text
    first = world.ada.get("/api/shops")["items"][0]
    assert first["snippet"] in page
    assert world.ada.http.get("/demo", params={"shop": "shop_nobody"}).status_code == 404


def test_a_name_in_a_shop_cannot_break_out_of_the_snippet_or_page(world):
    shop = world.ada.make_shop('</script><script>alert(1)</script>"><img src=x onerror=alert(1)>')
    page = world.ada.http.get("/demo", params={"shop": shop["key"]}).text
    assert "alert(1)" not in page
    assert Visitor(world.server, shop["key"]).get(f"/api/widget/{shop['key']}")["name"].startswith("</script>")
