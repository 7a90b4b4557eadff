"""Sign-in, sessions, members and invitations through the doors."""
import statistics
import time

import httpx
import pytest

from support.wire import Wire
from support.world import ADA, PASSWORD, Member


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(world):
    answer = Member(world.server).http.post("/api/sessions", json={"email": ADA, "password": PASSWORD})
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("switchboard=") and "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/" in cookie
    assert "Domain" not in cookie and "Secure" not in cookie


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer_in_the_same_time(own_world):
    page = Member(own_world.server)
    answers, times = [], {"known": [], "unknown": []}
    for number in range(4):
        for kind, email in (("known", ADA), ("unknown", f"nobody{number}@lantern.example")):
            began = time.monotonic()
            answer = page.http.post("/api/sessions", json={"email": email, "password": "not the right one"})
            times[kind].append(time.monotonic() - began)
            body = answer.json()
            answers.append((answer.status_code, body["code"], body["detail"]))
    assert set(answers) == {(401, "people.sign_in_refused", answers[0][2])}
    known, unknown = statistics.median(times["known"]), statistics.median(times["unknown"])
    assert unknown > known / 3 and known > unknown / 3, (known, unknown)


def test_guessing_is_slowed_down_and_the_member_at_its_known_place_is_not_locked_out(own_world):
    page = Member(own_world.server)
    codes = [page.http.post("/api/sessions", json={"email": "bo@lantern.example", "password": f"guess number {n}"}).status_code for n in range(14)]
    assert codes[:10] == [401] * 10 and 429 in codes
    refused = page.http.post("/api/sessions", json={"email": "bo@lantern.example", "password": "guess"})
    assert refused.status_code == 429 and refused.json()["code"] == "people.too_many_tries" and int(refused.headers["retry-after"]) >= 1
    assert Member(own_world.server).sign_in().profile["email"] == ADA


def test_signing_out_ends_the_session_and_its_live_sockets(world):
    ada = Member(world.server).sign_in()
    wire = Wire.open(ada)
    cookie = dict(ada.http.cookies)
    answer = ada.http.delete("/api/sessions/current")
    assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"]
    assert wire.closed() == 4403
    assert httpx.get(world.server.base + "/api/me", cookies=cookie).status_code == 401


def test_sessions_are_listed_and_can_be_ended_one_by_one_or_all_others(world):
    first, second, third = (Member(world.server).sign_in() for _ in range(3))
    sessions = first.get("/api/sessions", limit=200)["items"]
    assert sum(session["current"] for session in sessions) == 1
    assert all(set(session) >= {"id", "createdAt", "lastSeenAt", "userAgent", "address"} for session in sessions)
    wire_of_second, wire_of_third, own_wire = Wire.open(second), Wire.open(third), Wire.open(first)
    ended = second.get("/api/me")["session"]
    assert first.http.delete(f"/api/sessions/{ended}").status_code == 204
    assert wire_of_second.closed() == 4403
    assert second.http.get("/api/me").status_code == 401 and third.http.get("/api/me").status_code == 200
    assert first.http.delete("/api/sessions/others").status_code == 204
    assert wire_of_third.closed() == 4403
    assert own_wire.settle() is not None and first.http.get("/api/me").status_code == 200
    own_wire.close()
    world.ada.sign_in()


def test_a_session_of_somebody_else_cannot_be_ended(world, bo):
    session = world.ada.get("/api/me")["session"]
    answer = bo.http.delete(f"/api/sessions/{session}")
    assert answer.status_code == 404 and answer.json()["code"] == "people.session_unknown"
    assert world.ada.http.get("/api/me").status_code == 200


def test_a_new_password_ends_all_other_sessions_and_only_it_signs_in(world):
    email = "di@lantern.example"
    here = world.ada.invite(email, "agent", "Di", [world.shop_id])
    there = Member(world.server, email).sign_in()
    wire = Wire.open(there)
    wrong = here.http.put("/api/me/password", json={"current": "not this one", "new": "another pass phrase"})
    assert wrong.status_code == 403 and wrong.json()["code"] == "people.password_wrong"
    weak = here.http.put("/api/me/password", json={"current": PASSWORD, "new": "short"})
    assert weak.status_code == 422 and weak.json()["code"] == "people.password_weak"
    assert here.http.put("/api/me/password", json={"current": PASSWORD, "new": "another pass phrase"}).status_code == 204
    assert wire.closed() == 4403
    assert here.http.get("/api/me").status_code == 200 and there.http.get("/api/me").status_code == 401
    assert there.http.post("/api/sessions", json={"email": email, "password": PASSWORD}).status_code == 401
    assert Member(world.server, email, "another pass phrase").sign_in().profile["email"] == email


def test_an_invitation_works_once_and_gives_exactly_its_role_and_shops(world):
    made = world.ada.post("/api/invitations", {"email": "fay@lantern.example", "role": "agent", "shops": [world.shop_id]})
    token = made["link"].split("#")[1]
    assert made["link"].startswith(world.server.base + "/invite#")
    assert "link" not in next(item for item in world.ada.get("/api/invitations")["items"] if item["id"] == made["id"])
    guest = Member(world.server)
    assert guest.post("/api/invitations/look", {"token": token}, 200) == {"workspace": "Lantern Ltd", "email": "fay@lantern.example", "role": "agent"}
    joined = guest.post("/api/invitations/accept", {"token": token, "name": "Fay", "password": PASSWORD})
    assert joined["member"]["role"] == "agent" and guest.get("/api/me")["member"]["name"] == "Fay"
    assert [shop["id"] for shop in guest.get("/api/shops")["items"]] == [world.shop_id]
    again = Member(world.server).post("/api/invitations/accept", {"token": token, "name": "Eve", "password": PASSWORD}, 404)
    assert again["code"] == "people.invitation_unknown"


def test_a_withdrawn_invitation_is_worth_nothing(world):
    made = world.ada.post("/api/invitations", {"email": "gus@lantern.example", "role": "agent"})
    assert world.ada.http.delete(f"/api/invitations/{made['id']}").status_code == 204
    token = made["link"].split("#")[1]
    assert Member(world.server).post("/api/invitations/look", {"token": token}, 404)["code"] == "people.invitation_unknown"


def test_admins_make_no_owners_and_the_last_owner_stays(world):
    admin = world.ada.invite("hal@lantern.example", "admin", "Hal")
    assert admin.post("/api/invitations", {"email": "ike@lantern.example", "role": "owner"}, 403)["code"] == "people.forbidden"
    answer = admin.http.patch(f"/api/members/{admin.id}", json={"role": "owner"})
    assert answer.status_code == 403
    assert admin.http.patch(f"/api/members/{world.ada.id}", json={"active": False}).status_code == 403
    last = world.ada.http.patch(f"/api/members/{world.ada.id}", json={"role": "admin"})
    assert last.status_code == 409 and last.json()["code"] == "people.last_owner"


def test_a_deactivated_member_is_out_at_once_everywhere(world):
    joe = world.ada.invite("joe@lantern.example", "agent", "Joe", [world.shop_id])
    wire = Wire.open(joe)
    assert world.ada.http.patch(f"/api/members/{joe.id}", json={"active": False}).status_code == 200
    assert wire.closed() == 4403
    assert joe.http.get("/api/me").status_code == 401
    assert joe.http.post("/api/sessions", json={"email": joe.email, "password": PASSWORD}).status_code == 401


@pytest.mark.parametrize("change", [{"role": "admin"}])
def test_a_changed_role_reaches_live_sockets(world, change):
    kay = world.ada.invite("kay@lantern.example", "agent", "Kay", [world.shop_id])
    wire = Wire.open(kay)
    assert world.ada.http.patch(f"/api/members/{kay.id}", json=change).status_code == 200
    assert wire.closed() in (1012, 4403)


def test_a_changed_name_shows_in_what_is_written_next(world, kim):
    lea = world.ada.invite("lea@lantern.example", "agent", "Lea", [world.shop_id])
    conversation = kim.send("Hello")["conversation"]
    lea.send(conversation, text="before")
    assert lea.http.patch("/api/me", json={"name": "Lea 李"}).json()["name"] == "Lea 李"
    lea.send(conversation, text="after")
    names = [event["by"]["name"] for event in kim.snapshot()["events"] if event["by"]["type"] == "member"]
    assert names == ["Lea", "Lea 李"]


def test_a_socket_of_a_renamed_member_is_made_anew(world):
    max_ = world.ada.invite("max@lantern.example", "agent", "Max", [world.shop_id])
    wire = Wire.open(max_)
    assert max_.http.patch("/api/me", json={"name": "Maxine"}).status_code == 200
    assert wire.closed() == 1012
    with Wire.open(max_) as fresh:
        assert fresh.ready["you"]["name"] == "Maxine"
