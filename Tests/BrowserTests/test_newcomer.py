"""The first minutes of somebody who has just started the program."""
import re

from playwright.sync_api import Page, expect

from support.browser import ShopPage, StaffPage
from support.server import Server

PASSWORD = "a long enough pass phrase"
REFUSED = r"status of (401|403|404|409)"


def setup_link(server: Server) -> str:
    """The address that the program printed."""
    return re.search(r"https?://\S+/setup#[^\s\"]+", server.await_line("/setup#", since=0))[0]


def set_up(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("Workspace").fill("Lantern Ltd")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("E-mail").fill("ada@lantern.example")
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("First shop").fill("Lantern")
    page.get_by_role("button", name="Create and open the console").click()


def test_from_the_printed_link_to_a_conversation_that_survives_a_reload(fresh, gather, keep):
    people = gather(fresh)
    office = people.context(permissions=["clipboard-read", "clipboard-write"])
    page = office.new_page()
    page.goto(setup_link(fresh))
    expect(page.get_by_role("heading", level=1, name="Set up your desk")).to_be_visible()
    keep(page, "newcomer-1-set-up")
    set_up(page)

    # The shop's page comes first, with the snippet; the token has left the address.
    expect(page.get_by_role("heading", level=1, name="Lantern")).to_be_visible()
    assert "/settings/shops/" in page.url and "setup" not in page.url
    keep(page, "newcomer-2-snippet")
    page.get_by_role("button", name="Copy snippet").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    snippet = page.evaluate("navigator.clipboard.readText()")
    link = page.get_by_role("link", name="Open the demo shop")
    demo = page.request.get(fresh.base + link.get_attribute("href")).text()
    assert re.search(r"<script async[^>]*></script>", demo)[0] == snippet

    ada = StaffPage(office, fresh.base, page)
    page.get_by_role("link", name="Inbox").click()
    ada.view("Unassigned")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    expect(page).to_have_title("Inbox · Switchboard")

    # Kim writes, and Ada sees it without doing anything.
    kim = people.visitor().show()
    kim.say("Do you have the small lantern in brass?")
    expect(ada.rows.get_by_role("link")).to_contain_text("Do you have the small lantern in brass?")
    expect(ada.rows.get_by_role("link")).to_contain_text("1 unread message")
    expect(page).to_have_title("(1) Inbox · Switchboard")
    expect(kim.bubble("Do you have the small lantern in brass?")).to_contain_text("Delivered")
    keep(page, "newcomer-3-unread")

    # She opens it: it is read on both sides.
    ada.rows.get_by_role("link").click()
    ada.shows(["Do you have the small lantern in brass?"])
    expect(kim.bubble("Do you have the small lantern in brass?")).to_contain_text("Read")
    expect(page).not_to_have_title(re.compile(r"^\("))

    ada.field.press_sequentially("Yes, ")
    expect(kim.panel.get_by_text("Ada is typing…")).to_be_visible()
    kim.field.press_sequentially("Great")
    expect(page.get_by_text(re.compile(r"^Visitor \w+ is typing"))).to_be_visible()
    keep(page, "newcomer-4-typing")
    ada.say("Yes, three are left.")
    kim.shows(["Do you have the small lantern in brass?", "Yes, three are left."])
    expect(kim.panel.get_by_text("Ada is typing…")).to_be_hidden()
    expect(ada.bubble("Yes, three are left.")).to_contain_text("Read")

    # A closed panel says it on its button; what is not seen is delivered, not read.
    kim.field.press("Escape")
    kim.launcher.called("Open chat")
    ada.say("Shall I keep one for you?")
    kim.launcher.called("Open chat (1 unread)")
    expect(ada.bubble("Shall I keep one for you?")).to_contain_text("Delivered")
    keep(kim.page, "newcomer-5-badge")
    kim.launcher.click()
    expect(ada.bubble("Shall I keep one for you?")).to_contain_text("Read")
    expect(kim.field).to_have_value("Great")
    kim.say("Great, please do!")

    history = ["Do you have the small lantern in brass?", "Yes, three are left.", "Shall I keep one for you?", "Great, please do!"]
    ada.shows(history)
    page.reload()
    ada.shows(history)
    kim.page.reload()
    kim.show().shows(history)
    expect(kim.bubble("Great, please do!")).to_contain_text("Read")
    keep(page, "newcomer-6-console")
    keep(kim.page, "newcomer-7-widget")


def test_the_panel_opens_by_its_own_button_and_says_so_to_a_screen_reader(people):
    kim = people.visitor()
    kim.launcher.called("Open chat")
    assert not kim.launcher.is_expanded
    kim.launcher.click()
    kim.ready()
    kim.launcher.called("Close chat")
    assert kim.launcher.is_expanded
    expect(kim.field).to_be_focused()
    kim.panel.get_by_role("button", name="Close chat").click()
    kim.launcher.called("Open chat")
    assert kim.launcher.is_focused, "the focus goes back to where it came from"


def test_a_used_set_up_link_says_that_the_server_is_set_up(fresh, gather, watch):
    people = gather(fresh)
    link = setup_link(fresh)
    page = people.context().new_page()
    page.goto(link)
    set_up(page)
    expect(page.get_by_role("heading", level=1, name="Lantern")).to_be_visible()
    other = people.context().new_page()
    other.goto(link)
    expect(other.get_by_text("This server is already set up. Sign in instead.")).to_be_visible()
    other.get_by_role("link", name="Sign in").click()
    expect(other.get_by_role("heading", level=1, name="Sign in")).to_be_visible()
    watch.allow(REFUSED)


def test_a_set_up_link_that_has_expired_says_what_to_do(fresh, gather, watch):
    watch.allow(REFUSED)
    link = setup_link(fresh)
    page = gather(fresh).context().new_page()
    page.goto(link[:-4] + "0000")
    set_up(page)
    expect(page.get_by_text("The set-up address is not valid any more. Restart the server to get a new one.")).to_be_visible()
    expect(page.get_by_label("First shop")).to_have_value("Lantern")


def test_a_set_up_link_without_its_end_asks_for_the_whole_line(fresh, gather):
    page = gather(fresh).context().new_page()
    page.goto(setup_link(fresh).split("#")[0])
    expect(page.get_by_text("Copy the whole line, with everything after #.")).to_be_visible()
    expect(page.get_by_role("button", name="Create and open the console")).to_be_hidden()


def test_a_weak_password_is_refused_in_words_and_nothing_typed_is_lost(fresh, gather, watch):
    watch.allow(r"status of 422")
    page = gather(fresh).context().new_page()
    page.goto(setup_link(fresh))
    set_up(page, password="password123")
    expect(page.get_by_role("heading", level=1, name="Set up your desk")).to_be_visible()
    expect(page.get_by_label("Password", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Workspace")).to_have_value("Lantern Ltd")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create and open the console").click()
    expect(page.get_by_role("heading", level=1, name="Lantern")).to_be_visible()
