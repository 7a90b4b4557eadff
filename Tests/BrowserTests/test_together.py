"""Several people and several tabs at once: each sees everything once and in order."""
from playwright.sync_api import expect

from support.browser import Line, ShopPage, StaffPage, eventually


def test_two_tabs_of_a_visitor_and_two_members_see_everything_once_and_in_order(own, world):
    bo = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    first = own.visitor().show()
    second = ShopPage(first.context, own.base).go("/demo").show()
    ada, bob = own.staff(world.ada), own.staff(bo)

    first.say("One, from the first tab")
    said = ["One, from the first tab"]
    for screen in (ada, bob):
        screen.rows.get_by_role("link").click()
    for screen in (first, second, ada, bob):
        screen.shows(said)

    turns = [(second, "Two, from the second tab"), (ada, "Three, from Ada"), (first, "Four, from the first tab"), (bob, "Five, from Bo")]
    for screen, text in turns:
        # Who answers has seen what came before: else it would be held back as stale, which is another test's matter.
        screen.shows(said)
        screen.say(text)
        said.append(text)
    for screen in (first, second, ada, bob):
        screen.shows(said)

    # All at once: whatever the order is, it is the same for everybody, and nothing comes twice.
    together = [f"Burst {number} of {name}" for number in range(3) for name in ("one", "two")]
    for number in range(3):
        first.say(f"Burst {number} of one")
        second.say(f"Burst {number} of two")
    for screen in (first, second, ada, bob):
        expect(screen.bubbles).to_have_count(len(said) + len(together))
    order = ada.texts()
    assert order[:len(said)] == said and sorted(order[len(said):]) == sorted(together)
    assert [text for text in order if text.endswith("one") and text.startswith("Burst")] == [f"Burst {number} of one" for number in range(3)]
    for screen in (first, second, bob):
        screen.shows(order)


def test_each_member_has_unread_counts_of_their_own(own, world):
    bo = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    kim = world.visitor(name="Kim")
    kim.send("Is somebody there?")
    ada, bob = own.staff(world.ada), own.staff(bo)
    for screen in (ada, bob):
        expect(screen.row("Kim")).to_contain_text("1 unread message")
        expect(screen.page).to_have_title("(1) Inbox · Switchboard")
    ada.open("Kim")
    expect(ada.row("Kim")).not_to_contain_text("unread message")
    expect(ada.page).to_have_title("Kim · Switchboard")
    expect(bob.row("Kim")).to_contain_text("1 unread message")


def test_what_one_tab_of_a_member_reads_is_read_in_the_other(people, shared):
    kim = shared.visitor(name="Reader Kim")
    kim.send("A question")
    first = people.staff(shared.ada)
    second = StaffPage(first.context, people.base).go("/inbox/all")
    expect(second.row("Reader Kim")).to_contain_text("1 unread message")
    first.open("Reader Kim")
    expect(second.row("Reader Kim")).not_to_contain_text("unread message")


def test_an_answer_over_another_answer_is_held_back_and_can_be_sent_all_the_same(people, shared):
    bo = shared.ada.invite("bo-stale@lantern.example", "agent", "Bo", [shared.shop_id])
    kim = shared.visitor(name="Stale Kim")
    conversation = kim.send("Which one is brighter?")["conversation"]
    office = people.signed_in(shared.ada)
    line = Line(office)
    ada = StaffPage(office, people.base).go("/inbox/all")
    expect(ada.live).to_be_visible()
    ada.open("Stale Kim").shows(["Which one is brighter?"])

    # Bo's answer is on its way to Ada when she presses Enter: her page has not shown it yet.
    line.hold("events")
    bo.send(conversation, text="The brass one.")
    ada.say("The storm lantern.")
    expect(ada.bubble("The storm lantern.")).to_contain_text("Sending")
    line.release()
    notice = ada.page.get_by_role("alert").filter(has_text="answered while you wrote")
    expect(notice).to_contain_text("Bo answered while you wrote")
    expect(notice).to_contain_text("The brass one.")
    expect(notice).to_contain_text("Your message is not sent: “The storm lantern.”")
    assert "The storm lantern." not in [event["body"].get("text") for event in kim.snapshot()["events"]]
    notice.get_by_role("button", name="Send anyway").click()
    expect(notice).to_be_hidden()
    ada.shows(["Which one is brighter?", "The brass one.", "The storm lantern."])
    assert [event["body"]["text"] for event in kim.snapshot()["events"] if event["kind"] == "message"] == ada.texts()


def test_the_same_visitor_in_two_new_tabs_is_one_customer(own, world):
    first = own.visitor().show()
    second = ShopPage(first.context, own.base).go("/demo").show()
    first.field.fill("From one")
    second.field.fill("From two")
    first.field.press("Enter")
    second.field.press("Enter")
    for screen in (first, second):
        expect(screen.bubbles).to_have_count(2)
    # What is shown may still be on its way.
    inbox = lambda: world.ada.get("/api/inbox", view="all")["items"]
    [row] = eventually(first.page, lambda: [row for row in inbox() if row["customerMessages"] == 2], "one conversation with both")
    assert inbox() == [row]


def test_a_conversation_that_is_opened_while_the_page_still_connects_is_live(people, shared):
    kim = shared.visitor(name="Early Kim")
    kim.send("Am I early?")
    office = people.signed_in(shared.ada)
    line = Line(office)
    line.hold("ready")
    ada = StaffPage(office, people.base).go("/inbox/all").open("Early Kim")
    ada.shows(["Am I early?"])
    line.release()
    expect(ada.live).to_be_visible()
    kim.send("Or late?")
    ada.shows(["Am I early?", "Or late?"])
