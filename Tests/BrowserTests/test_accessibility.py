"""For those who listen to the page, or reach it by keys: names, landmarks, contrast, a visible focus."""
import pytest
from playwright.sync_api import expect

from support.browser import PHONE

# What a person can act on, without a name as a screen reader would say it; the browser's own tree decides.
CONTROLS = {"button", "link", "textbox", "searchbox", "combobox", "checkbox", "radio", "switch", "menuitem", "menuitemradio", "tab", "slider", "ColorWell", "listbox", "spinbutton"}

# The ratio of WCAG 2.2 between ink and what lies under it, of all text in view; large text needs 3, other text 4.5.
CONTRAST = """() => {
  const paper = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true }), known = new Map();
  const measured = (c) => { paper.clearRect(0, 0, 1, 1); paper.fillStyle = c; paper.fillRect(0, 0, 1, 1); const [r, g, b, a] = paper.getImageData(0, 0, 1, 1).data; return { r, g, b, a: a / 255 } };
  const parts = (c) => known.get(c) ?? known.set(c, measured(c)).get(c);
  const over = (top, under) => ({ r: top.r * top.a + under.r * (1 - top.a), g: top.g * top.a + under.g * (1 - top.a), b: top.b * top.a + under.b * (1 - top.a), a: 1 });
  const light = ({ r, g, b }) => { const [x, y, z] = [r, g, b].map((v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * x + 0.7152 * y + 0.0722 * z };
  const dark = matchMedia('(prefers-color-scheme: dark)').matches;
  const ground = (e) => { const layers = []; for (let at = e; at; at = at.parentElement) { const s = getComputedStyle(at); if (s.backgroundImage !== 'none') return null; layers.push(parts(s.backgroundColor)); if (layers.at(-1).a === 1) break }
    return layers.reverse().reduce((under, top) => over(top, under), dark ? { r: 18, g: 18, b: 18, a: 1 } : { r: 255, g: 255, b: 255, a: 1 }) };
  const bad = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode());) {
    const e = node.parentElement;
    if (!node.data.trim() || !e.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || e.closest('script,style,noscript,[disabled],[aria-disabled=true],svg')) continue;
    const range = document.createRange(); range.selectNodeContents(node); const box = range.getBoundingClientRect();
    if (box.width < 2 || box.height < 2 || box.bottom < 0 || box.top > innerHeight) continue;
    const s = getComputedStyle(e), under = ground(e);
    if (s.clip !== 'auto' || s.clipPath !== 'none' || !under) continue;
    const ink = over(parts(s.color), under), [high, low] = [light(ink), light(under)].sort((a, b) => b - a), ratio = (high + 0.05) / (low + 0.05);
    const size = parseFloat(s.fontSize), large = size >= 24 || (size >= 18.66 && Number(s.fontWeight) >= 700);
    if (ratio < (large ? 3 : 4.5)) bad.push(`${ratio.toFixed(2)} "${node.data.trim().slice(0, 40)}" ${s.color} on ${under.r | 0},${under.g | 0},${under.b | 0}`);
  }
  return bad;
}"""

# A control that has the focus by keys must look different from when it has not.
FOCUS = """(e) => { const look = () => { const s = getComputedStyle(e), p = getComputedStyle(e.parentElement), g = getComputedStyle(e.closest('.composer-box,.composer,label,.segments') ?? e);
    return [s, p, g].map((x) => [x.outlineStyle, x.outlineWidth, x.outlineColor, x.boxShadow, x.borderColor, x.backgroundColor, x.textDecorationLine].join()).join('|') };
  const on = look(); e.blur(); const off = look(); e.focus(); return on !== off }"""


def spoken(page, framed: bool) -> list[tuple[str, str]]:
    """Role and name of everything in the browser's accessibility tree, of the page or of the widget in it."""
    devtools = page.context.new_cdp_session(page)
    where = {}
    if framed:
        children = devtools.send("Page.getFrameTree")["frameTree"].get("childFrames", [])
        where = {"frameId": next(child["frame"]["id"] for child in children if "/widget/" in child["frame"]["url"])}
    nodes = devtools.send("Accessibility.getFullAXTree", where)["nodes"]
    return [(node["role"]["value"], node.get("name", {}).get("value", "").strip()) for node in nodes if not node.get("ignored")]


def check(page, frame=None, landmark: bool = True) -> None:
    words = spoken(page, frame is not None)
    assert any(role in CONTROLS for role, _ in words)
    nameless = [role for role, name in words if role in CONTROLS and not name]
    assert nameless == [], f"controls without a name, among {words}"
    surface = frame or page
    if landmark:
        assert surface.get_by_role("main").count() == 1
        assert [one for one in surface.get_by_role("heading", level=1).all() if one.is_visible()], "a heading of the first level"
    assert surface.evaluate("document.documentElement.lang") in ("en", "zh-CN")
    assert frame or page.title()
    ids = surface.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), f"twice: {sorted(one for one in set(ids) if ids.count(one) > 1)}"
    assert surface.evaluate(CONTRAST) == []


def focus_shows(page, steps: int) -> int:
    """Walks by Tab; every stop must show, and have a name."""
    seen = 0
    for _ in range(steps):
        page.keyboard.press("Tab")
        handle = page.evaluate_handle("document.activeElement")
        if handle.evaluate("e => e === document.body || e.localName === 'switchboard-widget' || e.localName === 'iframe'"):
            continue
        seen += 1
        what = handle.evaluate("e => e.outerHTML.slice(0, 120)")
        assert handle.evaluate(FOCUS), f"the focus does not show on {what}"
        assert handle.evaluate("e => { const b = e.getBoundingClientRect(); return b.width > 0 && b.height > 0 }"), f"the focus is on something unseen: {what}"
    return seen


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    from support.world import World
    made = World.make(tmp_path_factory.mktemp("accessibility") / "data")
    kim = made.visitor(name="Kim", email="kim@example.net", page="https://lantern.example/lamps")
    made.conversation = kim.send("Do you have the small lantern?")["conversation"]
    made.ada.send(made.conversation, text="Yes, three are left.")
    made.ada.send(made.conversation, kind="note", text="She asked last week too")
    made.ada.send(made.conversation, kind="assign", member=made.ada.id)
    made.ada.invite("bo@lantern.example", "agent", "Bo", [made.shop_id])
    made.visitor(name="Lee").send("And the large one?")
    yield made
    made.ada.close()
    made.end()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_place_of_the_console_has_names_landmarks_and_contrast(people, shared, scheme):
    ada = people.staff(shared.ada, color_scheme=scheme)
    for path in ("/inbox/all", f"/c/{shared.conversation}", "/inbox/resolved", "/settings/workspace", "/settings/members", "/settings/shops",
                 f"/settings/shops/{shared.shop_id}", "/settings/shops/new", "/settings/you"):
        ada.go(path)
        expect(ada.page.get_by_role("heading", level=1).first).to_be_visible()
        if path.startswith("/c/"):
            expect(ada.bubbles).to_have_count(3)
        if path == "/inbox/all":
            expect(ada.row("Kim")).to_be_visible()
        try:
            check(ada.page)
        except AssertionError as trouble:
            raise AssertionError(f"{path}: {trouble}") from None


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_doors_have_names_landmarks_and_contrast(people, shared, watch, scheme):
    watch.allow(r"status of (401|404|403)")
    link = shared.ada.post("/api/invitations", {"email": f"{scheme}@lantern.example", "role": "agent", "shops": []})["link"]
    page = people.context(color_scheme=scheme).new_page()
    for address in (people.base + "/signin", link, people.base + "/setup"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.get_by_role("button").last.wait_for() if "setup" not in address else expect(page.get_by_text("already set up")).to_be_visible()
        check(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_shop_and_the_widget_have_names_landmarks_and_contrast(people, scheme):
    kim = people.visitor(color_scheme=scheme).show()
    kim.say("Hello")
    expect(kim.bubble("Hello")).to_contain_text("Sent")
    check(kim.page)
    check(kim.page, kim.panel)
    kim.panel.get_by_role("button", name="Your details").click()
    expect(kim.panel.get_by_role("dialog", name="Your details")).to_be_visible()
    check(kim.page, kim.panel, landmark=False)


def test_the_focus_shows_wherever_it_goes_in_the_console(people, shared):
    ada = people.staff(shared.ada, f"/c/{shared.conversation}")
    expect(ada.bubbles).to_have_count(3)
    assert focus_shows(ada.page, 25) > 12
    ada.go("/settings/members")
    expect(ada.page.get_by_role("heading", level=1, name="Members")).to_be_visible()
    assert focus_shows(ada.page, 20) > 10


def test_the_first_stop_leads_past_the_navigation(people, shared):
    ada = people.staff(shared.ada)
    expect(ada.row("Kim")).to_be_visible()
    ada.page.keyboard.press("Tab")
    skip = ada.page.get_by_role("link", name="Skip to content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    ada.page.keyboard.press("Enter")
    expect(ada.page.get_by_role("main")).to_be_focused()


def test_new_words_are_announced_once(people, shared):
    kim = people.visitor().show()
    kim.say("Can you hear me?")
    ada = people.staff(shared.ada)
    ada.rows.get_by_role("link").filter(has_text="Can you hear me?").click()
    ada.shows(["Can you hear me?"])
    kim.say("And now?")
    said = ada.page.locator("[aria-live=polite]").filter(has_text="And now?")
    expect(said).to_have_count(1)
    ada.say("Yes!")
    heard = kim.panel.locator("[aria-live=polite]").filter(has_text="Yes!")
    expect(heard).to_have_count(1)


def test_nothing_moves_for_those_who_asked_for_that(people, shared):
    ada = people.staff(shared.ada, reduced_motion="reduce").open("Kim")
    kim = people.visitor(reduced_motion="reduce").show()
    moving = "document.getAnimations().filter(a => a.playState === 'running' && a.effect.getComputedTiming().duration > 20).map(a => a.animationName ?? a.transitionProperty)"
    for surface in (ada.page, kim.page, kim.panel):
        assert surface.evaluate(moving) == []


def test_text_twice_as_large_still_fits(people, shared, keep):
    """A narrow window is what a browser zoomed to 200 % and more is to a page."""
    ada = people.staff(shared.ada, viewport={"width": 640, "height": 450})
    for path in ("/inbox/all", f"/c/{shared.conversation}", f"/settings/shops/{shared.shop_id}"):
        ada.go(path)
        expect(ada.page.get_by_role("heading", level=1).first).to_be_visible()
        assert ada.page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        keep(ada.page, "zoomed" + path.replace("/", "-").replace(shared.conversation, "one").replace(shared.shop_id, "one"))


def test_what_a_thumb_presses_is_large_enough(people, shared):
    ada = people.staff(shared.ada, f"/c/{shared.conversation}", viewport=PHONE, has_touch=True, is_mobile=True)
    expect(ada.bubbles).to_have_count(3)
    small = [
        (one.get_attribute("aria-label") or one.inner_text(), box)
        for one in ada.page.get_by_role("button").all() if one.is_visible() and (box := one.bounding_box()) and min(box["width"], box["height"]) < 44]
    assert small == []
