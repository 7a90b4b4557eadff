"""What an owner changes in a shop is what its visitors and its staff get."""
from playwright.sync_api import expect

from support.browser import LOST, StaffPage


def test_words_and_colour_of_a_shop_are_those_that_its_visitors_see(own, world, keep):
    ada = own.staff(world.ada, f"/settings/shops/{world.shop_id}")
    form = ada.page.get_by_role("form", name="Look and words")
    form.get_by_label("Name", exact=True).fill("Lantern & Sons")
    form.get_by_label("Greeting").fill("Good evening! Which lamp may it be?")
    form.get_by_role("radio", name="Purple", exact=True).check(force=True)
    expect(ada.page.get_by_text("Good evening! Which lamp may it be?").last).to_be_visible()
    form.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    keep(ada.page, "shop-look")
    colour = world.ada.get(f"/api/shops/{world.shop_id}")["colour"]
    assert colour != world.shop["colour"]
    kim = own.visitor().show()
    expect(kim.panel.get_by_role("heading", level=1, name="Lantern & Sons")).to_be_visible()
    expect(kim.panel.get_by_text("Good evening! Which lamp may it be?")).to_be_visible()
    shown = kim.panel.get_by_role("banner").evaluate("e => getComputedStyle(e).backgroundColor")
    assert shown == "rgb({}, {}, {})".format(*bytes.fromhex(colour[1:]))


def test_an_allowed_site_must_be_an_address_and_stays_over_a_reload(own, world):
    ada = own.staff(world.ada, f"/settings/shops/{world.shop_id}")
    form = ada.page.get_by_role("form", name="Allowed sites")
    field = form.get_by_role("textbox")
    field.fill("https://lantern.example\nnot-an-address")
    form.get_by_role("button", name="Save").click()
    expect(form.get_by_text("“not-an-address” is not an address like https://shop.example")).to_be_visible()
    assert world.ada.get(f"/api/shops/{world.shop_id}")["origins"] == []
    field.fill("https://lantern.example")
    form.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("status").get_by_text("Saved")).to_be_visible()
    ada.page.reload()
    expect(field).to_have_value("https://lantern.example")


def test_a_shop_that_closes_tells_its_visitors_and_can_be_opened_again(own, world, watch):
    watch.allow(LOST, r"status of (404|410|401|403)", "no shop has this key")
    kim = own.visitor().show()
    kim.say("Still open?")
    expect(kim.bubble("Still open?")).to_contain_text("Sent")
    ada = own.staff(world.ada, f"/settings/shops/{world.shop_id}")
    ada.page.get_by_role("button", name="Close shop").click()
    ada.page.get_by_role("dialog", name="Close Lantern?").get_by_role("button", name="Close Lantern").click()
    expect(kim.panel.get_by_text("This chat has been closed by the shop.")).to_be_visible()
    expect(kim.field).to_be_disabled()
    ada.page.get_by_role("button", name="Open shop again").click()
    expect(ada.page.get_by_role("button", name="Close shop")).to_be_visible()
    kim.page.reload()
    kim.show().shows(["Still open?"])
    kim.say("Open again!")
    kim.shows(["Still open?", "Open again!"])


def test_a_replaced_key_ends_the_old_snippet_and_the_new_one_works(own, world, watch):
    watch.allow(LOST, r"status of (404|410|401|403)", "no shop has this key")
    kim = own.visitor().show()
    kim.say("Before")
    expect(kim.bubble("Before")).to_contain_text("Sent")
    ada = own.staff(world.ada, f"/settings/shops/{world.shop_id}")
    old = ada.page.locator("pre").inner_text()
    ada.page.get_by_role("button", name="Replace key").click()
    ada.page.get_by_role("dialog", name="Replace the key of Lantern?").get_by_role("button", name="Replace the key of Lantern").click()
    expect(ada.page.get_by_text("New key. Paste the new snippet into Lantern.")).to_be_visible()
    new = ada.page.locator("pre").inner_text()
    assert new != old and new == world.ada.get(f"/api/shops/{world.shop_id}")["snippet"]
    expect(kim.panel.get_by_text("This chat has been closed by the shop.")).to_be_visible()
    later = own.visitor().show()
    later.say("With the new one")
    expect(later.bubble("With the new one")).to_contain_text("Sent")


def test_an_agent_who_is_taken_off_a_shop_loses_its_conversations_at_once(own, world, watch):
    watch.allow(r"status of (403|404)")
    bo = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    world.visitor(name="Kim").send("Hello Bo")
    bob = own.staff(bo).open("Kim")
    bob.shows(["Hello Bo"])
    ada = StaffPage(own.signed_in(world.ada), own.base).go(f"/settings/shops/{world.shop_id}")
    ada.page.get_by_role("checkbox", name="Bo").uncheck(force=True)
    ada.page.get_by_role("form", name="Staff").get_by_role("button", name="Save").click()
    expect(bob.row("Kim")).to_have_count(0)
    expect(bob.page.get_by_text("Hello Bo")).to_have_count(0)
    ada.page.get_by_role("checkbox", name="Bo").check(force=True)
    ada.page.get_by_role("form", name="Staff").get_by_role("button", name="Save").click()
    expect(bob.row("Kim")).to_be_visible()


def test_a_list_of_hundreds_keeps_only_what_is_in_view(people, shared):
    for number in range(230):
        visitor = shared.visitor(name=f"Visitor number {number}")
        visitor.send(f"Question {number}")
        visitor.close()
    ada = people.staff(shared.ada)
    expect(ada.row("Visitor number 229")).to_be_visible()
    rows = ada.rows.get_by_role("link")
    assert rows.count() < 60
    ada.rows.hover()
    for _ in range(60):
        ada.page.mouse.wheel(0, 3000)
        if ada.page.get_by_text("Visitor number 0", exact=True).count():
            break
        ada.page.evaluate("new Promise(requestAnimationFrame)")
    expect(ada.page.get_by_text("Visitor number 0", exact=True)).to_be_visible()
    assert rows.count() < 60
    ada.page.get_by_text("Visitor number 0", exact=True).click()
    ada.shows(["Question 0"])
    expect(ada.page.get_by_text("Visitor number 0", exact=True).first).to_be_in_viewport()
