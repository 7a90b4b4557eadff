"""Coming in, and being kept out."""
import re

from playwright.sync_api import expect

from support.browser import StaffPage
from support.world import ADA, PASSWORD, Member

REFUSED = r"status of (401|403|404|429)"


def sign_in(page, email: str, password: str = PASSWORD) -> None:
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_a_wrong_password_and_an_unknown_address_get_the_same_words(people, shared, watch, keep):
    watch.allow(REFUSED)
    page = StaffPage(people.context(), people.base).go("/").page
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    for email, password in ((ADA, "not the pass phrase"), ("nobody@lantern.example", PASSWORD)):
        sign_in(page, email, password)
        expect(page.get_by_role("alert").get_by_text("E-mail and password do not match an active account.")).to_be_visible()
        expect(page.get_by_label("E-mail")).to_have_value(email)
    keep(page, "members-refused")
    sign_in(page, ADA)
    expect(page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()


def test_a_second_member_comes_in_by_a_link(own, world, keep):
    ada = own.staff(world.ada, "/settings/members", permissions=["clipboard-read", "clipboard-write"])
    ada.page.get_by_label("E-mail").fill("bo@lantern.example")
    expect(ada.page.get_by_label("Role", exact=True)).to_have_value("agent")
    expect(ada.page.get_by_role("checkbox", name="Lantern")).to_be_checked()
    ada.page.get_by_role("button", name="Make a link").click()
    box = ada.page.get_by_text("Link for bo@lantern.example").locator("..")
    box.get_by_role("button", name="Copy").click()
    link = ada.page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(own.base) + r"/invite#[\w-]{20,}", link)
    keep(ada.page, "members-invited")

    bob = StaffPage(own.context(), own.base)
    bob.page.goto(link)
    expect(bob.page.get_by_role("heading", level=1, name="Join Lantern Ltd")).to_be_visible()
    expect(bob.page.get_by_text("You are invited as Agent with bo@lantern.example.")).to_be_visible()
    keep(bob.page, "members-joining")
    bob.page.get_by_label("Your name").fill("Bo")
    bob.page.get_by_label("Password", exact=True).fill("another long pass phrase")
    bob.page.get_by_role("button", name="Join").click()
    expect(bob.page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    assert link.split("#")[1] not in bob.page.url

    world.visitor(name="Kim").send("For both of you")
    bob.view("All").open("Kim").say("Bo is here")
    expect(bob.bubble("Bo is here")).to_contain_text("Sent")
    ada.page.reload()
    expect(ada.page.get_by_text("2 members")).to_be_visible()
    expect(ada.page.get_by_label("Role of Bo")).to_have_value("agent")

    # The link is used up.
    own.watch.allow(REFUSED)
    late = own.context().new_page()
    late.goto(link)
    expect(late.get_by_role("heading", level=1, name="This invitation is no longer good")).to_be_visible()


def test_an_agent_sees_no_administration(people, shared):
    bo = shared.ada.invite("agent@lantern.example", "agent", "Agent Bo", [shared.shop_id])
    page = people.staff(bo, f"/settings/shops/{shared.shop_id}").page
    expect(page.get_by_role("heading", level=2, name="Snippet")).to_be_visible()
    for name in ("Replace key", "Close shop", "Save"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)
    page.goto(people.base + "/settings/members")
    expect(page.get_by_text("Agent Bo")).to_be_visible()
    for name in ("Make a link", "Deactivate"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_ending_a_session_signs_the_other_browser_out_at_once_and_keeps_its_draft(own, world, watch, keep):
    watch.allow(REFUSED, r"WebSocket")
    world.visitor(name="Kim").send("Hello")
    laptop = own.staff(world.ada).open("Kim")
    laptop.field.fill("Half an answer")
    phone = own.staff(world.ada, "/settings/you")
    expect(laptop.live).to_be_visible()
    phone.page.get_by_role("button", name="End all others").click()
    expect(laptop.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    expect(laptop.page.get_by_text("Drafts and unsent messages are kept")).to_be_visible()
    keep(laptop.page, "members-signed-out")
    sign_in(laptop.page, ADA)
    expect(laptop.field).to_have_value("Half an answer")
    expect(phone.page.get_by_role("heading", level=1, name="You")).to_be_visible()


def test_signing_out_leaves_nothing_to_go_back_to(people, shared, watch):
    watch.allow(REFUSED, r"WebSocket")
    bo = shared.ada.invite("leaving@lantern.example", "agent", "Bo", [shared.shop_id])
    shared.visitor(name="Secret Kim").send("My address is Harbour Road 1")
    page = people.staff(bo).open("Secret Kim").page
    page.goto(people.base + "/settings/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    expect(page.get_by_text("Harbour Road")).to_have_count(0)
    kept = page.evaluate("Object.entries(localStorage).concat(Object.entries(sessionStorage)).map(String).join('\\n')")
    assert "Harbour Road" not in kept


def test_a_deactivated_member_is_out_at_once(people, shared, watch):
    watch.allow(REFUSED, r"WebSocket")
    bo = shared.ada.invite("going@lantern.example", "agent", "Going Bo", [shared.shop_id])
    bob = people.staff(bo)
    expect(bob.live).to_be_visible()
    ada = people.staff(shared.ada, "/settings/members")
    row = ada.page.get_by_role("listitem").filter(has_text="going@lantern.example")
    row.get_by_role("button", name="Deactivate").click()
    question = ada.page.get_by_role("dialog", name="Deactivate Going Bo?")
    expect(question.get_by_role("button", name="Cancel")).to_be_focused()
    question.get_by_role("button", name="Deactivate").click()
    expect(bob.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    sign_in(bob.page, bo.email)
    expect(bob.page.get_by_text("E-mail and password do not match an active account.")).to_be_visible()


def test_a_changed_password_ends_the_other_sessions(people, shared, watch):
    watch.allow(REFUSED, r"WebSocket")
    bo = shared.ada.invite("changing@lantern.example", "agent", "Bo", [shared.shop_id])
    other = people.staff(bo)
    expect(other.live).to_be_visible()
    page = people.staff(bo, "/settings/you").page
    page.get_by_label("Current password").fill("wrong wrong wrong")
    page.get_by_label("New password").fill("a brand new pass phrase")
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("The current password is not right.").first).to_be_visible()
    page.get_by_label("Current password").fill(PASSWORD)
    page.get_by_role("button", name="Change password").click()
    expect(page.get_by_text("Password changed; other sessions have ended")).to_be_visible()
    expect(other.page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    Member(shared.server, bo.email, "a brand new pass phrase").sign_in().close()
