"""Looking for what was said: words, notes, customers; and opening a conversation where it was said."""
import json
import re

import pytest
from playwright.sync_api import expect

from support.browser import LOST, PHONE, StaffPage, eventually
from support.searching import until_found
from support.world import World
from test_accessibility import check

OLD = "I would like a refund for order 8812: the glass came broken."
EVIL = "refundable <img src=x onerror=\"window.exploded=1\"><script>window.exploded=1</script>"


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> World:
    made = World.make(tmp_path_factory.mktemp("search") / "data")
    made.ada.answer(made.ada.http.patch("/api/me", json={"name": "Ada"}), 200)
    made.bo = made.ada.invite("bo@lantern.example", "agent", "Bo", [made.shop_id])
    made.harbour = made.ada.make_shop("Harbour lamps", colour="#b45309")
    kim = made.visitor(name="Kim", email="kim@example.net")
    for number in range(300):
        made.kim = kim.send(OLD if number == 20 else f"Word {number}")["conversation"]
    made.bo.send(made.kim, text="Of course, the refund is on its way.")
    made.ada.send(made.kim, kind="note", text="Refunded in full; she was very kind about it")
    made.lin = made.visitor(name="林月", key=made.harbour["key"]).send("请问可以退款吗？灯笼到的时候已经破了。")["conversation"]
    made.okafor = made.visitor(name="Refilwe Okafor", email="refilwe@example.net").send("Good morning!")["conversation"]
    made.evil = made.visitor(name="<b onmouseover=alert(1)>Mallory</b>").send(EVIL)["conversation"]
    made.ada.send(made.evil, kind="resolve")
    until_found(made.ada, "refundable")
    until_found(made.ada, "refunded")
    yield made
    made.ada.close()
    made.end()


class Search:
    """The search as one uses it."""

    def __init__(self, screen: StaffPage):
        self.screen, self.page = screen, screen.page

    @property
    def field(self):
        return self.page.get_by_role("searchbox", name=re.compile("^(Search messages|搜索消息)"))

    @property
    def hits(self):
        return self.page.get_by_role("list", name=re.compile("^(Found for|“.*”的搜索结果)")).get_by_role("link")

    def hit(self, text: str):
        return self.hits.filter(has_text=text)

    def look_for(self, words: str) -> "Search":
        self.field.fill(words)
        return self

    @property
    def marked(self) -> list[str]:
        return self.page.locator(".hit mark").all_inner_texts()

    def opens_at(self, text: str) -> None:
        """The message stands whole and marked in view, and has the focus."""
        bubble = self.screen.bubble(text)
        expect(bubble).to_have_attribute("data-found", "")
        expect(bubble).to_be_focused()
        expect(bubble).to_be_in_viewport(ratio=1)


@pytest.fixture
def searching(people, shared):
    def at(path: str = "/inbox/search", **options) -> Search:
        return Search(people.staff(shared.ada, path, **options))

    return at


def test_words_are_found_by_their_beginning_newest_first(searching, keep):
    search = searching()
    expect(search.field).to_be_focused()
    expect(search.page.get_by_role("heading", name="Find what was said")).to_be_visible()
    keep(search.page, "search-empty")
    search.page.keyboard.type("refu")
    expect(search.hits).to_have_count(4)
    expect(search.page.get_by_role("status").filter(has_text="4 results, newest first")).to_be_visible()
    expect(search.page).to_have_url(re.compile(r"/inbox/search\?q=refu$"))
    said = search.hits.all_inner_texts()
    assert [next(word for word in ("refundable", "Refunded", "on its way", "8812") if word in text) for text in said] == ["refundable", "Refunded", "on its way", "8812"]
    assert all(word.lower().startswith("refu") for word in search.marked) and len(search.marked) == 4
    expect(search.hit("Refunded in full")).to_contain_text("Your note")
    expect(search.hit("on its way")).to_contain_text("Bo")
    expect(search.hit("8812")).to_contain_text("Kim")
    expect(search.hit("refundable")).to_contain_text("Resolved")
    keep(search.page, "search-found")


def test_a_note_stands_on_yellow_as_in_the_conversation(searching):
    search = searching("/inbox/search?q=refunded")
    red, green, blue = search.hit("Refunded in full").locator(".hit-words > span").evaluate(
        "e => getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).slice(0, 3).map(Number)")
    assert red > 200 and green > 180 and blue < green - 20


def test_two_chinese_letters_find_a_message(searching):
    search = searching().look_for("退款")
    expect(search.hits).to_have_count(1)
    expect(search.hit("林月")).to_contain_text("请问可以退款吗")
    assert search.marked == ["退款"]
    search.hits.click()
    search.opens_at("请问可以退款吗？灯笼到的时候已经破了。")


@pytest.mark.parametrize("words", ["Okafor", "refilwe@example.net"])
def test_a_customer_is_found_by_name_and_by_address_and_opens_at_the_end(searching, shared, words):
    search = searching().look_for(words)
    expect(search.hits).to_have_count(1)
    expect(search.hits).to_contain_text("Name or e-mail address")
    search.hits.click()
    expect(search.page).to_have_url(re.compile(f"/c/{shared.okafor}$"))
    search.screen.shows(["Good morning!"])
    expect(search.screen.field).to_be_focused()


def test_a_hit_opens_far_back_in_the_conversation(searching, shared, keep):
    search = searching("/inbox/search?q=8812")
    search.hits.click()
    search.opens_at(OLD)
    expect(search.page).to_have_url(re.compile(rf"/c/{shared.kim}\?at=21$"))
    expect(search.page.locator(".finder")).to_be_empty()
    expect(search.page.locator("[aria-live=polite]").filter(has_text=f"Kim: {OLD}")).to_have_count(1)
    keep(search.page, "search-opened")
    box, log = search.screen.bubble(OLD).bounding_box(), search.screen.log.bounding_box()
    assert abs(box["y"] + box["height"] / 2 - log["y"] - log["height"] / 2) < 40, "in the middle"
    texts = search.screen.texts()
    assert texts[texts.index(OLD) - 1 : texts.index(OLD) + 2] == ["Word 19", OLD, "Word 21"]
    expect(search.screen.bubble(OLD)).not_to_have_attribute("data-found", "", timeout=8000)
    search.page.get_by_role("button", name="Jump to latest").click()
    expect(search.screen.bubble("Refunded in full; she was very kind about it")).to_be_in_viewport()


def test_what_is_only_passed_on_the_way_to_a_hit_is_not_read(searching, shared):
    rosa = shared.visitor(name="Rosa")
    for number in range(60):
        conversation = rosa.send("Is the quince lamp still there?" if number == 0 else f"Line {number}")["conversation"]
    shared.ada.post(f"/api/conversations/{conversation}/receipts", {"read": 60}, 204)
    rosa.send("Hello?")
    until_found(shared.ada, "quince")
    search = searching("/inbox/search?q=quince")
    expect(search.hits).to_contain_text("1 unread message")
    search.hits.click()
    search.opens_at("Is the quince lamp still there?")
    search.page.wait_for_timeout(500)
    expect(search.hits).to_contain_text("1 unread message")
    assert shared.ada.snapshot(conversation)["mark"]["read"] == 60
    search.page.get_by_role("button", name="Jump to latest").click()
    expect(search.hits).not_to_contain_text("unread")


def test_back_leads_to_the_same_results_at_the_same_place(searching):
    search = searching("/inbox/search?q=word", viewport={"width": 1440, "height": 500})
    expect(search.hits.first).to_be_visible()
    rows = search.page.locator(".search-rows")
    eventually(search.page, lambda: search.page.mouse.move(300, 400) or search.page.mouse.wheel(0, 2000) or search.hits.count() > 60, "further pages")
    before = search.hits.count()
    hit = search.hits.nth(40)
    hit.scroll_into_view_if_needed()
    words = hit.locator(".hit-words").text_content()
    at = rows.evaluate("e => e.scrollTop")
    hit.click()
    search.opens_at(words)
    expect(hit).to_have_attribute("aria-current", "true")
    assert rows.evaluate("e => e.scrollTop") == at, "results stay beside the conversation"
    search.page.keyboard.press("Escape")
    expect(search.page).to_have_url(re.compile(r"/inbox/search\?q=word$"))
    expect(hit).to_be_focused()
    assert search.hits.count() >= before and rows.evaluate("e => e.scrollTop") == at
    search.screen.view("All")
    expect(search.screen.row("Kim")).to_be_visible()
    search.page.go_back()
    expect(search.hits.first).to_be_visible()
    assert rows.evaluate("e => e.scrollTop") == at
    hit.click()
    search.opens_at(words)
    search.page.reload()
    search.opens_at(words)
    expect(search.field).to_have_value("word")
    expect(search.hits.first).to_be_visible()
    search.page.go_back()
    expect(search.page).to_have_url(re.compile(r"/inbox/search\?q=word$"))


def test_keys_open_it_move_in_it_and_leave_it(searching):
    search = searching("/inbox/all")
    expect(search.screen.row("Kim")).to_be_visible()
    search.page.keyboard.press("s")
    expect(search.field).to_be_focused()
    search.page.keyboard.type("refund order")
    search.page.keyboard.press("Enter")
    expect(search.hits).to_have_count(1)
    search.look_for("refu")
    expect(search.hits).to_have_count(4)
    search.page.keyboard.press("ArrowDown")
    expect(search.hits.nth(0)).to_be_focused()
    search.page.keyboard.press("j")
    search.page.keyboard.press("j")
    expect(search.hits.nth(2)).to_be_focused()
    search.page.keyboard.press("k")
    search.page.keyboard.press("Enter")
    search.opens_at("Refunded in full; she was very kind about it")
    search.page.keyboard.press("j")
    expect(search.hits.nth(2)).to_be_focused()
    search.page.keyboard.press("s")
    expect(search.field).to_be_focused()
    search.hits.nth(0).focus()
    search.page.get_by_role("link", name="Search", exact=True).click()
    expect(search.field).to_be_focused()
    expect(search.field).to_have_value("refu")
    search.page.keyboard.press("Escape")
    expect(search.field).to_have_value("")
    expect(search.page.get_by_role("heading", name="Find what was said")).to_be_visible()
    search.page.keyboard.press("Escape")
    expect(search.page).to_have_url(re.compile("/inbox/all$"))
    search.page.keyboard.press("?")
    expect(search.page.get_by_role("dialog", name="Keyboard shortcuts").get_by_text("Search messages")).to_be_visible()


def test_go_anywhere_goes_to_what_was_said_too(searching):
    search = searching("/settings/you")
    expect(search.page.get_by_role("heading", level=1).first).to_be_visible()
    search.page.keyboard.press("Control+k")
    search.page.keyboard.type("order 8812")
    search.page.get_by_role("option", name="Search messages for “order 8812”").click()
    expect(search.hits).to_have_count(1)
    expect(search.field).to_have_value("order 8812")
    search.page.keyboard.press("Control+k")
    search.page.get_by_role("dialog").get_by_role("combobox").fill("")
    search.page.get_by_role("option", name="Search messages", exact=False).first.click()
    expect(search.field).to_have_value("")


def test_one_shop_alone_is_searched_where_its_list_is_shown(searching, shared):
    search = searching("/inbox/all")
    search.page.get_by_role("combobox", name="Shop").select_option("Harbour lamps")
    search.page.get_by_role("link", name="Search").click()
    search.look_for("refu")
    expect(search.page.get_by_role("heading", name="Nothing found for “refu” in Harbour lamps")).to_be_visible()
    expect(search.page).to_have_url(re.compile(f"shop={shared.harbour['id']}"))
    search.page.get_by_role("button", name="Look in all shops").click()
    expect(search.hits).to_have_count(4)
    expect(search.page.get_by_role("combobox", name="Shop")).to_have_value("")


def test_markup_in_excerpts_and_names_is_text(searching, keep):
    search = searching("/inbox/search?q=refundable")
    expect(search.hits).to_contain_text('refundable <img src=x onerror="window.exploded=1">')
    expect(search.hits).to_contain_text("<b onmouseover=alert(1)>Mallory</b>")
    keep(search.page, "search-hostile")
    strange = '<img src=x onerror="window.exploded=1">'
    search.look_for(strange)
    search.page.wait_for_timeout(600)
    search.page.goto(search.screen.base + "/inbox/search?q=%3Csvg%2Fonload%3Dalert(1)%3E")
    expect(search.page.get_by_role("heading", name="Nothing found for “<svg/onload=alert(1)>”")).to_be_visible()
    assert search.page.evaluate("window.exploded") is None
    assert search.page.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onmouseover]').length") == 0


def test_what_holds_nothing_to_look_for_is_said(searching):
    search = searching().look_for("?!")
    expect(search.page.get_by_role("heading", name="There is nothing to look for in that")).to_be_visible()
    search.look_for("zzyzx")
    expect(search.page.get_by_role("heading", name="Nothing found for “zzyzx”")).to_be_visible()
    expect(search.page.get_by_text("“refu” finds “refund”")).to_be_visible()
    search.look_for("W" * 300)
    expect(search.page.get_by_role("heading", name="Nothing found for “" + "W" * 200)).to_be_visible()
    assert search.page.locator(".search-rows").evaluate("e => e.scrollWidth <= e.clientWidth")


def test_the_newest_words_win_over_a_slow_answer(searching):
    search = searching()
    held = []
    search.page.route("**/api/inbox/search?q=word&**", lambda route: held.append(route))
    search.look_for("word")
    eventually(search.page, lambda: held, "the first words are asked for")
    search.look_for("8812")
    expect(search.hits).to_have_count(1)
    try:
        held[0].continue_()
    except Exception:  # noqa: BLE001  # it was given up, as it should be
        pass
    search.page.wait_for_timeout(300)
    expect(search.hits).to_have_count(1)
    assert search.marked == ["8812"]


def test_a_failure_is_said_and_offline_heals_by_itself(searching, watch, keep):
    watch.allow(LOST, r"status of 500")
    search = searching()
    expect(search.screen.live).to_be_visible()
    search.page.route("**/api/inbox/search?q=broken&**", lambda route: route.fulfill(status=500, json={"code": "internal"}))
    search.look_for("broken")
    expect(search.page.get_by_role("heading", name="The search did not work")).to_be_visible()
    expect(search.page.get_by_role("button", name="Try again")).to_be_visible()
    search.screen.cut()
    with search.page.expect_event("requestfailed", lambda request: "q=refu" in request.url):
        search.look_for("refu")
    expect(search.page.get_by_role("heading", name="You are offline")).to_be_visible()
    keep(search.page, "search-offline")
    search.screen.mend()
    expect(search.hits).to_have_count(4, timeout=20_000)


def test_a_part_that_was_looked_through_for_nothing_is_told_honestly(searching, keep):
    """The server looks through so many at a time: its pages are made up here, as no small shop would ever see one."""
    search = searching()
    pages = iter([{"items": [], "next": "a", "building": {"done": 63, "of": 100}}, {"items": [], "next": "b", "building": None}, {"items": [], "next": None, "building": None}])
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(body=json.dumps({"epoch": "e", "feed": 1, "marks": {}} | next(pages)), content_type="application/json")

    search.page.route("**/api/inbox/search?**", answer)
    search.look_for("seldom")
    expect(search.page.get_by_role("heading", name="Nothing found for “seldom” so far")).to_be_visible()
    expect(search.page.get_by_text("Older messages are still being indexed (63 %)")).to_be_visible()
    keep(search.page, "search-further")
    search.page.get_by_role("button", name="Look further").click()
    expect(search.page.get_by_text("still being indexed")).to_be_hidden()
    search.page.get_by_role("button", name="Look further").click()
    expect(search.page.get_by_role("heading", name="Nothing found for “seldom”", exact=True)).to_be_visible()
    assert len(asked) == 3 and "cursor=b" in asked[2]


def test_older_messages_that_do_not_come_are_said_and_tried_again(searching, watch):
    watch.allow(LOST)
    search = searching("/inbox/search?q=8812")
    search.page.route("**/events?before=*", lambda route: route.abort())
    search.hits.click()
    failure = search.page.locator(".finder").get_by_text("Older messages could not be loaded.")
    expect(failure).to_be_visible()
    search.page.unroute("**/events?before=*")
    search.page.locator(".finder").get_by_role("button", name="Try again").click()
    search.opens_at(OLD)
    expect(failure).to_be_hidden()


def test_a_phone_shows_one_thing_at_a_time_and_goes_back_to_the_results(searching, keep):
    search = searching("/inbox/search?q=refu", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(search.hits).to_have_count(4)
    keep(search.page, "search-phone")
    assert search.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    small = [
        (one.get_attribute("aria-label") or one.inner_text(), box) for role in ("button", "searchbox") for one in search.page.get_by_role(role).all()
        if one.is_visible() and (box := one.bounding_box()) and min(box["width"], box["height"]) < 44]
    assert small == [] and all(one.bounding_box()["height"] >= 44 for one in search.hits.all())
    search.hit("8812").tap()
    search.opens_at(OLD)
    expect(search.field).to_be_hidden()
    keep(search.page, "search-phone-opened")
    search.page.get_by_role("button", name="Back").tap()
    expect(search.hits).to_have_count(4)
    expect(search.page).to_have_url(re.compile(r"/inbox/search\?q=refu$"))
    expect(search.hit("8812")).to_be_focused()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_has_names_and_contrast_light_and_dark(searching, keep, scheme):
    search = searching("/inbox/search?q=refu", color_scheme=scheme)
    expect(search.hits).to_have_count(4)
    check(search.page)
    search.hit("8812").click()
    search.opens_at(OLD)
    check(search.page)
    keep(search.page, f"search-{scheme}")


def test_it_speaks_chinese(people, shared, keep):
    lin = shared.ada.invite("lin@lantern.example", "admin", "Lin")
    lin.answer(lin.http.patch("/api/me", json={"language": "zh"}), 200)
    search = Search(people.staff(lin, "/inbox/search"))
    expect(search.page.get_by_role("heading", name="查找说过的话")).to_be_visible()
    search.look_for("退款")
    expect(search.hits).to_have_count(1)
    expect(search.page.get_by_text("1 条结果")).to_be_visible()
    keep(search.page, "search-chinese")
    search.look_for("没有的词")
    expect(search.page.get_by_role("heading", name="没有找到“没有的词”")).to_be_visible()
    keep(search.page, "search-chinese-nothing")


def test_an_input_methods_letters_are_not_looked_for_before_it_is_done(searching):
    search = searching()
    expect(search.field).to_be_focused()
    asked = []
    search.page.on("request", lambda request: asked.append(request.url) if "/api/inbox/search" in request.url else None)
    composition = search.screen.compose(search.field, "退款")
    composition.begin()
    search.page.wait_for_timeout(600)
    assert asked == []
    composition.commit()
    expect(search.hits).to_have_count(1)
    assert len(asked) == 1


def test_who_never_searches_does_not_pay_for_it(people, shared):
    page = people.signed_in(shared.ada).new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(people.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/search" in url and "search-door" not in url] == []
