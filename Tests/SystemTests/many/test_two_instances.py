"""Two instances behind one HAProxy: the visitor on one, the member on the other."""
import json
import time

from support.searching import until_found
from support.wire import Wire


def row_of(wire: Wire, conversation: str, last: int = 1) -> dict:
    """The inbox's row of the conversation, once a feed has told of its event of that number."""
    while True:
        for item in wire.expect("feed")["items"]:
            if item["kind"] == "conversation" and item["row"]["id"] == conversation and item["row"]["lastSeq"] >= last:
                return item["row"]


def test_the_visitor_is_on_one_and_the_member_on_the_other(houses):
    house = houses("one", "two")
    ada, kim = house.ada("one"), house.visitor("two", name="Kim")
    with Wire.open(ada) as staff, Wire.open(kim) as customer:
        conversation = customer.ack(text="Is anybody there?")["conversation"]
        assert row_of(staff, conversation)["lastSeq"] == 1
        assert [event["body"]["text"] for event in ada.snapshot(conversation)["events"]] == ["Is anybody there?"]
        began = time.monotonic()
        staff.ack(text="Yes, Ada is.", conversation=conversation)
        while customer.expect("events")["events"][-1]["body"]["text"] != "Yes, Ada is.":
            pass
        # By a hint: without Redis it would be a second.
        assert time.monotonic() - began < 0.9
    assert [event["seq"] for event in kim.snapshot()["events"]] == [1, 2]


def test_an_instance_is_killed_and_its_visitor_goes_on_at_the_other(houses):
    house = houses("one", "two")
    ada, kim = house.ada("one"), house.visitor("two", name="Kim")
    with Wire.open(ada) as staff:
        first = kim.send("one")
        house.instances["two"].kill()
        deadline = time.monotonic() + 20
        while True:
            answer = kim.http.post(
                f"{kim.base}/conversation/events", json={"clientID": "01J00000000000000000000002", "kind": "text", "body": {"text": "two"}})
            if answer.status_code in (200, 201):
                break
            assert time.monotonic() < deadline, answer.text
            time.sleep(0.05)
        assert row_of(staff, first["conversation"], 2)["lastSeq"] == 2
    house.instances["two"].restart()
    assert [event["body"]["text"] for event in kim.snapshot()["events"]] == ["one", "two"]


def test_what_was_said_is_found_at_both_and_the_index_goes_on_when_its_instance_is_killed(houses):
    house = houses("one", "two")
    ada = {name: house.ada(name) for name in house.instances}
    kim = house.visitor("two", name="Kim")
    kim.send("我想申请退款")
    for member in ada.values():
        assert until_found(member, "退款")[0]["row"]["customer"]["name"] == "Kim"
    known = json.loads(house.command("status", name="one").stdout)["shared"]["instances"]
    [place] = [one["name"] for one in known if "desk.search" in one["leases"]]
    # People call an instance `host:port`.
    holder, other = sorted(house.instances, key=lambda name: not place.endswith(f":{house.instances[name].port}"))
    house.instances[holder].kill()
    house.visitor(other, name="Lee").send("the heron is broken")
    # A lease is 15 s.
    until_found(ada[other], "heron", seconds=30)
    assert len(until_found(ada[other], "退款")) == 1


def test_status_lists_both_and_the_doctor_too(houses):
    house = houses("one", "two")
    for name in house.instances:
        status = json.loads(house.command("status", name=name).stdout)
        assert len(status["shared"]["instances"]) == 2, status
    report = json.loads(house.command("doctor", "--json", "--only", "SHARE", name="one").stdout)
    assert {check["id"]: check for check in report["checks"]}["SHARE-011"]["evidence"]["instances"] == "2"


def test_an_instance_with_another_key_of_the_house_is_refused_while_others_run(houses):
    house = houses("one")
    refused = house.command("serve", "--unsupervised", name="stranger", HTTP_PORT=0, HOUSE_KEY="YW5vdGhlciBrZXkgb2YgdGhpcnR5LXR3byBieXRlcyE=")
    assert refused.returncode == 78 and "key" in refused.stderr + refused.stdout, (refused.returncode, refused.stderr)
