"""What a member does all day: assign, note, resolve; and that a resolved conversation comes back."""
from playwright.sync_api import expect

from support.browser import eventually


def test_a_note_is_for_members_only(people, shared, keep):
    kim = people.visitor().show()
    kim.say("Is the festival lantern fire-proof?")
    ada = people.staff(shared.ada)
    ada.rows.get_by_role("link").filter(has_text="fire-proof").click()
    ada.shows(["Is the festival lantern fire-proof?"])
    ada.note("Ask the supplier first")
    expect(ada.bubble("Ask the supplier first")).to_contain_text("Your note – only members see it")
    red, green, blue = ada.log.locator("[data-kind=note] .bubble").evaluate("e => getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert red > 200 and green > 180 and blue < green - 20, "notes stand on yellow"
    keep(ada.page, "work-note")
    ada.say("I ask and come back to you.")
    kim.shows(["Is the festival lantern fire-proof?", "I ask and come back to you."])
    kim.page.reload()
    kim.show().shows(["Is the festival lantern fire-proof?", "I ask and come back to you."])
    assert "supplier" not in kim.panel.content()


def test_a_member_is_assigned_and_finds_it_under_mine(people, shared):
    bo = shared.ada.invite("bo@lantern.example", "agent", "Bo", [shared.shop_id])
    kim = shared.visitor(name="Assigned Kim")
    kim.send("Who can help me?")
    ada, bob = people.staff(shared.ada), people.staff(bo, "/inbox/mine")
    expect(bob.page.get_by_text("You are all caught up")).to_be_visible()
    ada.open("Assigned Kim")
    ada.page.get_by_role("button", name="Assign").click()
    menu = ada.page.get_by_role("menu", name="Who answers?")
    expect(menu.get_by_role("menuitemradio", name="Nobody")).to_have_attribute("aria-checked", "true")
    menu.get_by_role("menuitemradio", name="Bo", exact=True).click()
    expect(ada.page.get_by_role("button", name="Answered by Bo. Change")).to_be_visible()
    expect(ada.log.get_by_text("You assigned this to Bo")).to_be_visible()
    expect(bob.row("Assigned Kim")).to_contain_text("answered by Bo")
    bob.open("Assigned Kim")
    expect(bob.log.get_by_text("assigned this to you")).to_be_visible()
    bob.page.get_by_role("button", name="Answered by Bo. Change").click()
    bob.page.get_by_role("menuitemradio", name="Nobody").click()
    expect(bob.log.get_by_text("You released this")).to_be_visible()
    expect(ada.page.get_by_role("button", name="Assign", exact=True)).to_be_visible()


def test_a_resolved_conversation_leaves_the_list_and_a_new_message_reopens_it(own, world, keep):
    kim = own.visitor().show()
    kim.say("Thank you!")
    ada = own.staff(world.ada)
    ada.rows.get_by_role("link").click()
    ada.page.get_by_role("button", name="Resolve").click()
    expect(ada.log.get_by_text("You resolved this")).to_be_visible()
    expect(kim.panel.get_by_text("Solved? If not, just write again.")).to_be_visible()
    ada.go("/inbox/all")
    expect(ada.page.get_by_text("No open conversations")).to_be_visible()
    ada.view("Resolved")
    expect(ada.row("Thank you!").or_(ada.row("Resolved"))).to_be_visible()
    keep(kim.page, "work-resolved-widget")
    ada.view("All")
    expect(ada.page.get_by_text("No open conversations")).to_be_visible()
    kim.say("One more thing")
    ada.row("One more thing").click()
    ada.shows(["Thank you!", "One more thing"])
    expect(ada.log.get_by_text("A new message reopened this")).to_be_visible()
    expect(kim.panel.get_by_text("The conversation is open again")).to_be_visible()
    keep(ada.page, "work-reopened")


def test_resolving_can_be_undone(people, shared):
    shared.visitor(name="Undone Kim").send("Hello")
    ada = people.staff(shared.ada).open("Undone Kim")
    ada.page.get_by_role("button", name="Resolve").click()
    notice = ada.page.get_by_role("status").filter(has_text="Resolved: Undone Kim")
    notice.get_by_role("button", name="Undo").click()
    expect(ada.log.get_by_text("You reopened this")).to_be_visible()
    expect(ada.page.get_by_role("button", name="Resolve")).to_be_visible()


def test_the_notice_of_a_resolution_goes_when_it_is_no_longer_true(people, shared):
    bo = shared.ada.invite("bo.again@lantern.example", "agent", "Bo", [shared.shop_id])
    kim = shared.visitor(name="Returning Kim")
    kim.send("Hello")
    ada = people.staff(shared.ada).open("Returning Kim")
    conversation = ada.page.url.rsplit("/", 1)[1]
    notice = ada.page.get_by_role("status").filter(has_text="Resolved: Returning Kim")
    for reopen in (
        lambda: kim.send("One more thing"),
        lambda: bo.send(conversation, "reopen"),
        lambda: ada.page.get_by_role("button", name="Reopen").click(),
    ):
        ada.page.get_by_role("button", name="Resolve", exact=True).click()
        expect(ada.page.get_by_role("button", name="Reopen")).to_be_visible()
        expect(notice).to_be_visible()
        reopen()
        expect(notice).to_be_hidden(timeout=3000)
        expect(ada.page.get_by_role("button", name="Resolve", exact=True)).to_be_visible()


# Opens what the argument finds, and leaves the page as soon as it was drawn: long before reading is told by itself.
READ_AND_LEAVE = """
(link) => {
    link.click();
    const leave = () => document.querySelector('sb-conversation .bubble') ? requestAnimationFrame(() => (location.href = 'about:blank')) : requestAnimationFrame(leave);
    leave();
}"""

LEAVE_WHEN_READ = """
(text) => new Promise((done) => {
    new MutationObserver((_, watching) => {
        if (!document.body.textContent.includes(text)) return;
        watching.disconnect();
        queueMicrotask(() => (window.top.location.href = 'about:blank'));
    }).observe(document.body, { childList: true, subtree: true });
    done();
})"""


def test_what_was_read_in_a_tabs_last_moment_counts_as_read(people, shared):
    kim = people.visitor().show()
    kim.say("Read me and go")
    ada = people.staff(shared.ada)
    row = ada.rows.get_by_role("link").filter(has_text="Read me and go")
    expect(row).to_contain_text("1 unread message")
    row.evaluate(READ_AND_LEAVE)
    ada.page.wait_for_url("about:blank")
    expect(kim.bubble("Read me and go")).to_contain_text("Read")
    back = people.staff(shared.ada)
    expect(back.rows.get_by_role("link").filter(has_text="Read me and go")).not_to_contain_text("unread")
    back.rows.get_by_role("link").filter(has_text="Read me and go").click()
    back.shows(["Read me and go"])
    kim.panel.evaluate(LEAVE_WHEN_READ, "You too")
    back.say("You too")
    kim.page.wait_for_url("about:blank")
    expect(back.bubble("You too")).to_contain_text("Read")


def test_a_visitor_tells_a_name_and_the_desk_calls_them_by_it(people, shared):
    kim = people.visitor().show()
    kim.say("It is me")
    ada = people.staff(shared.ada)
    ada.rows.get_by_role("link").filter(has_text="It is me").click()
    expect(ada.page.get_by_role("heading", level=1, name="Visitor")).to_be_visible()
    kim.panel.get_by_role("button", name="Your details").click()
    kim.panel.get_by_role("textbox", name="Name").fill("Kim of the harbour")
    kim.panel.get_by_role("textbox", name="E-mail").fill("kim@")
    kim.panel.get_by_role("button", name="Save").click()
    expect(kim.panel.get_by_role("alert")).to_have_text("This does not look like an e-mail address")
    kim.panel.get_by_role("textbox", name="E-mail").fill("kim@example.net")
    kim.panel.get_by_role("button", name="Save").click()
    expect(kim.panel.get_by_role("dialog")).to_be_hidden()
    expect(ada.page.get_by_role("heading", level=1, name="Kim of the harbour")).to_be_visible()
    ada.page.reload()
    expect(ada.page.get_by_role("link", name="kim@example.net")).to_be_visible()


def test_a_long_conversation_opens_at_its_end_and_older_words_come_by_scrolling(people, shared):
    kim = shared.visitor(name="Talkative Kim")
    conversation = ""
    for number in range(130):
        conversation = kim.send(f"Word {number}")["conversation"]
    shared.ada.post(f"/api/conversations/{conversation}/receipts", {"read": 130}, 204)
    ada = people.staff(shared.ada, f"/c/{conversation}")
    expect(ada.bubble("Word 129")).to_be_in_viewport()
    ada.log.hover()
    eventually(ada.page, lambda: ada.page.mouse.wheel(0, -4000) or ada.bubble("Word 0").count(), "the first word")
    kim.send("Word 130")
    latest = ada.page.get_by_role("button", name="1 new message")
    latest.click()
    expect(ada.bubble("Word 130")).to_be_in_viewport()
    expect(latest).to_be_hidden()
    texts = ada.texts()
    assert texts == [f"Word {number}" for number in range(131 - len(texts), 131)]


def test_a_conversation_with_news_opens_where_the_news_begin(people, shared):
    kim = shared.visitor(name="Patient Kim")
    conversation = kim.send("Old question")["conversation"]
    shared.ada.post(f"/api/conversations/{conversation}/receipts", {"read": 1}, 204)
    kim.send("New question")
    ada = people.staff(shared.ada).open("Patient Kim")
    rows = ada.log.locator("[role=separator], .bubble").all_inner_texts()
    assert rows[1:] == ["Old question", "New", "New question"]
    ada.say("An answer")
    expect(ada.log.get_by_role("separator", name="New")).to_have_count(0)


def test_a_long_history_comes_by_scrolling_in_the_widget_too(people, shared):
    kim = people.visitor().show()
    kim.say("Word 0")
    ada = shared.ada
    expect(kim.bubble("Word 0")).to_contain_text("Sent")
    [row] = [row for row in ada.get("/api/inbox", view="all")["items"] if row["last"]["text"] == "Word 0"]
    for number in range(1, 120):
        ada.send(row["id"], text=f"Word {number}")
    expect(kim.bubble("Word 119")).to_be_in_viewport()
    kim.page.reload()
    kim.show()
    expect(kim.bubble("Word 119")).to_be_in_viewport()
    kim.log.hover()
    eventually(kim.page, lambda: kim.page.mouse.wheel(0, -4000) or kim.bubble("Word 0").count(), "the first word")
    expect(kim.bubbles).to_have_text([f"Word {number}" for number in range(120)])
