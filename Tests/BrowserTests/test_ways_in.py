"""Keys, input methods, languages, themes and sizes of screen."""
import re

import pytest
from playwright.sync_api import Locator, expect

from support.browser import PHONE, StaffPage


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Three conversations, the newest first: Three, Two, One."""
    from support.world import World
    made = World.make(tmp_path_factory.mktemp("ways") / "data")
    made.waiting = {name: made.visitor(name=f"Kim {name}").send(f"Question {name}")["conversation"] for name in ("One", "Two", "Three")}
    yield made
    made.ada.close()
    made.end()


# Input methods

@pytest.mark.parametrize("side", ["widget", "console"])
@pytest.mark.parametrize("enter", ["as key code 229", "as a plain key"])
def test_enter_that_ends_a_composition_does_not_send(people, shared, side, enter):
    screen = people.visitor().show() if side == "widget" else people.staff(shared.ada).open("Kim One")
    before = screen.texts()
    writing = screen.compose(screen.field, "你好")
    writing.begin()
    expect(screen.field).to_have_value("你好")
    writing.enter() if enter == "as key code 229" else writing.plain_enter()
    writing.commit()
    expect(screen.field).to_have_value(re.compile("你好"))
    assert screen.texts() == before
    # Safari tells of the end first and of its Enter after: the page lets a moment pass before Enter means "send" again.
    screen.page.evaluate("new Promise(done => setTimeout(done, 100))")
    screen.field.fill("你好")
    screen.field.press("Shift+Enter")
    screen.field.press_sequentially("吗")
    expect(screen.field).to_have_value("你好\n吗")
    screen.field.press("Enter")
    expect(screen.field).to_have_value("")
    expect(screen.bubbles.last).to_have_text("你好\n吗", use_inner_text=True)


# Languages

def test_the_console_speaks_the_browsers_language_before_anybody_has_signed_in(people, keep):
    for locale, heading, lang in [("zh-CN", "登录", "zh-CN"), ("en-US", "Sign in", "en"), ("fr-FR", "Sign in", "en")]:
        page = StaffPage(people.context(locale=locale), people.base).go("/signin").page
        people.watch.allow(r"status of 401")
        expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
        assert page.evaluate("document.documentElement.lang") == lang
    page = StaffPage(people.context(locale="zh-CN"), people.base).go("/signin").page
    page.get_by_role("textbox", name="电子邮箱").or_(page.get_by_label("电子邮箱")).fill("ada@lantern.example")
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("E-mail")).to_have_value("ada@lantern.example")
    expect(page.get_by_role("heading", level=1, name="Sign in")).to_be_visible()


def test_an_address_of_nothing_says_so_and_leads_home_in_either_language(people, shared):
    people.watch.allow(r"status of 40[14]")
    guest = StaffPage(people.context(), people.base).go("/settings/nowhere").page
    expect(guest.get_by_role("heading", level=1, name="Nothing lives at this address")).to_be_visible()
    guest.get_by_role("button", name="简体中文").click()
    expect(guest.get_by_role("heading", level=1, name="这个地址没有内容")).to_be_visible()
    guest.get_by_role("link", name="前往首页").click()
    expect(guest.get_by_role("heading", level=1, name="登录")).to_be_visible()
    ada = people.staff(shared.ada, "/settings/nowhere").page
    expect(ada.get_by_role("heading", name="Nothing lives at this address")).to_be_visible()
    expect(ada).to_have_title(re.compile("Nothing lives at this address"))
    ada.get_by_role("link", name="Go to the inbox").click()
    expect(ada.get_by_role("heading", level=1, name="Inbox")).to_be_visible()


def test_a_member_chooses_chinese_and_everything_follows(people, shared, keep):
    ada = people.staff(shared.ada, "/settings/you")
    try:
        ada.page.get_by_label("Language").select_option("zh")
        ada.page.get_by_role("button", name="Save").first.click()
        expect(ada.page.get_by_role("heading", level=1, name="我")).to_be_visible()
        ada.go("/inbox/all")
        expect(ada.page.get_by_role("heading", level=1, name="收件箱")).to_be_visible()
        ada.open("Kim Two")
        expect(ada.page.get_by_role("button", name="解决")).to_be_visible()
        keep(ada.page, "language-console-zh")
        texts = ada.page.locator("body").inner_text()
        said = {"Kim", "Two", "One", "Three", "Question", "Lantern", "Enter", "Shift", "ada"}
        latin = {word for word in re.findall(r"[A-Za-z]{3,}", texts) if not word.isupper()} - said
        assert latin == set(), "left untranslated"
    finally:
        shared.ada.answer(shared.ada.http.patch("/api/me", json={"language": "en"}), 200)


def test_the_widget_speaks_the_visitors_language(people, keep):
    kim = people.visitor(locale="zh-CN")
    kim.launcher.called("打开聊天")
    kim.launcher.click()
    kim.ready()
    expect(kim.panel.get_by_text("您好！有什么可以帮您？")).to_be_visible()
    expect(kim.panel.get_by_role("button", name="发送")).to_be_visible()
    kim.say("你们几点开门？")
    expect(kim.bubble("你们几点开门？")).to_contain_text(re.compile("已(发送|送达)"))
    keep(kim.page, "language-widget-zh")


# Light and dark

def luminance(field: Locator, of: str) -> float:
    """Of the ink, or of the ground that lies under an element."""
    ground = "e => { for (let at = e; at; at = at.parentElement) { const c = getComputedStyle(at).backgroundColor; if (!/, 0\\)$/.test(c)) return c } return '' }"
    value = field.evaluate(ground if of == "ground" else "e => getComputedStyle(e).color")
    assert value.startswith("rgb"), f"{of}: {value!r}"
    red, green, blue = [float(part) for part in re.findall(r"[\d.]+", value)[:3]]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_pages_follow_the_systems_colours(people, shared, keep, scheme):
    ada = people.staff(shared.ada, color_scheme=scheme).open("Kim Two")
    kim = people.visitor(color_scheme=scheme).show()
    kim.say("Is this readable?")
    expect(kim.bubble("Is this readable?")).to_contain_text("Delivered")
    for field in (ada.field, kim.field):
        ground, ink = luminance(field, "ground"), luminance(field, "ink")
        assert (ground > 200 > 100 > ink) if scheme == "light" else (ground < 60 < 150 < ink)
    keep(ada.page, f"theme-console-{scheme}")
    keep(kim.page, f"theme-widget-{scheme}")
    ada.go(f"/settings/shops/{shared.shop_id}")
    expect(ada.page.get_by_role("heading", level=1, name="Lantern")).to_be_visible()
    keep(ada.page, f"theme-settings-{scheme}")


# A phone

def test_on_a_phone_one_column_shows_and_back_goes_back(people, shared, keep):
    ada = people.staff(shared.ada, viewport=PHONE, has_touch=True, is_mobile=True)
    expect(ada.row("Kim Two")).to_be_visible()
    assert ada.page.evaluate("document.documentElement.scrollWidth") == 390
    keep(ada.page, "phone-list")
    ada.row("Kim Two").tap()
    expect(ada.field).to_be_visible()
    expect(ada.row("Kim Two")).to_be_hidden()
    assert ada.page.evaluate("document.documentElement.scrollWidth") == 390
    keep(ada.page, "phone-conversation")
    ada.page.get_by_role("button", name="Back").tap()
    expect(ada.row("Kim Two")).to_be_visible()
    expect(ada.log).to_be_hidden()
    ada.row("Kim One").tap()
    expect(ada.field).to_be_visible()
    ada.page.go_back()
    expect(ada.row("Kim One")).to_be_visible()
    expect(ada.log).to_be_hidden()
    for path in ("/settings", "/settings/members", f"/settings/shops/{shared.shop_id}", "/settings/you"):
        ada.go(path)
        expect(ada.page.get_by_role("heading", level=1).first).to_be_visible()
        assert ada.page.evaluate("document.documentElement.scrollWidth") == 390, path
        keep(ada.page, "phone" + path.replace("/", "-").replace(shared.shop_id, "one"))
    for path, title in (("/settings/members", "Members"), (f"/settings/shops/{shared.shop_id}", "Lantern")):
        ada.go(path)
        expect(ada.page.get_by_role("heading", name=title, exact=True).and_(ada.page.locator(":visible"))).to_have_count(1)


def test_on_a_phone_the_widget_covers_the_screen(people, keep):
    kim = people.visitor(viewport=PHONE, has_touch=True, is_mobile=True)
    kim.launcher.called("Open chat")
    keep(kim.page, "phone-shop")
    kim.launcher.tap()
    kim.ready()
    assert kim.panel.evaluate("[innerWidth, innerHeight]") == [390, 844]
    kim.say("From my phone")
    expect(kim.bubble("From my phone")).to_contain_text("Sent")
    keep(kim.page, "phone-widget")
    for button in kim.panel.get_by_role("button").all():
        if button.is_visible():
            box = button.bounding_box()
            assert min(box["width"], box["height"]) >= 44, f"{button.get_attribute('aria-label')}: {box}"
    kim.panel.get_by_role("button", name="Close chat").tap()
    kim.launcher.called("Open chat")


# Keys only

def test_a_member_works_without_a_mouse(people, shared, keep):
    ada = people.staff(shared.ada)
    press = ada.page.keyboard.press
    expect(ada.row("Kim Three")).to_be_visible()
    names = [row.locator("b").inner_text() for row in ada.rows.get_by_role("link").all()]
    first, second = names[0], names[1]
    press("j")
    expect(ada.row(first)).to_be_focused()
    press("j")
    expect(ada.row(second)).to_be_focused()
    press("k")
    expect(ada.row(first)).to_be_focused()
    keep(ada.page, "keys-list")
    press("Enter")
    expect(ada.field).to_be_focused()
    ada.page.keyboard.type("Answered with keys")
    press("Enter")
    expect(ada.bubble("Answered with keys")).to_contain_text(re.compile("Sent|Delivered"))
    press("Escape")
    expect(ada.field).not_to_be_focused()
    press("n")
    expect(ada.page.get_by_role("textbox", name="Only members see notes")).to_be_focused()
    ada.page.keyboard.type("Noted by keys")
    press("Enter")
    expect(ada.bubble("Noted by keys")).to_contain_text("Your note")
    press("Escape")
    press("r")
    expect(ada.page.get_by_role("textbox", name=re.compile("^Write to"))).to_be_focused()
    press("Escape")
    press("a")
    menu = ada.page.get_by_role("menu", name="Who answers?")
    expect(menu).to_be_visible()
    press("Home")
    press("Enter")
    expect(ada.log.get_by_text("You took this")).to_be_visible()
    press("Escape") if ada.field.evaluate("e => e === document.activeElement") else None
    press("e")
    expect(ada.log.get_by_text("You resolved this")).to_be_visible()
    press("e")
    expect(ada.log.get_by_text("You reopened this")).to_be_visible()
    press("?")
    sheet = ada.page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    keep(ada.page, "keys-sheet")
    press("Escape")
    expect(sheet).to_be_hidden()
    press("Control+k")
    palette = ada.page.get_by_role("dialog", name="Go anywhere")
    expect(palette).to_be_visible()
    ada.page.keyboard.type("members")
    keep(ada.page, "keys-palette")
    press("Enter")
    expect(ada.page.get_by_role("heading", level=1, name="Members")).to_be_visible()
    press("Control+k")
    ada.page.keyboard.type(second)
    press("Enter")
    expect(ada.page.get_by_role("heading", level=1, name=second)).to_be_visible()
    press("Escape")
    press("Escape")
    expect(ada.page.get_by_role("heading", level=1, name=second)).to_be_hidden()


def test_letters_that_are_typed_in_a_field_are_letters(people, shared):
    ada = people.staff(shared.ada).open("Kim Two")
    expect(ada.field).to_be_focused()
    ada.page.keyboard.type("jeans? ok, reply then / no rush")
    expect(ada.field).to_have_value("jeans? ok, reply then / no rush")
    expect(ada.page.get_by_role("dialog")).to_have_count(0)
    expect(ada.log.get_by_text("You resolved this")).to_have_count(0)
    ada.field.fill("")


def test_a_visitor_talks_without_a_mouse(people):
    kim = people.visitor()
    kim.launcher.called("Open chat")
    for _ in range(12):
        kim.page.keyboard.press("Tab")
        if kim.launcher.is_focused:
            break
    assert kim.launcher.is_focused
    kim.page.keyboard.press("Enter")
    kim.ready()
    expect(kim.field).to_be_focused()
    kim.page.keyboard.type("By keys")
    kim.page.keyboard.press("Enter")
    expect(kim.bubble("By keys")).to_contain_text(re.compile("Sent|Delivered"))
    kim.page.keyboard.press("Escape")
    kim.launcher.called("Open chat")
    assert kim.launcher.is_focused
