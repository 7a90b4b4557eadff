"""Words of strangers and of members stay words, wherever they are shown."""
import re

import pytest
from playwright.sync_api import expect

from support import server as program
from support.browser import ShopPage, StaffPage
from support.server import Server
from support.world import Member, World, found

BOMB = '<img src=x onerror="window.exploded=1;alert(1)"><script>window.exploded=1</script>'
EVIL = '"><svg/onload=alert(1)>'


@pytest.fixture(scope="module")
def hostile(tmp_path_factory) -> World:
    """A world in which everything that somebody may name is named with markup."""
    data = tmp_path_factory.mktemp("hostile") / "data"
    key = found(data, workspace=f"Work {BOMB}"[:100], shop=f"Shop {EVIL}")
    made = World(Server(data, **program.ROOMY).start(), key)
    made.answer_name = f"Ada {BOMB}"[:100]
    made.ada.answer(made.ada.http.patch("/api/me", json={"name": made.answer_name}), 200)
    made.ada.answer(made.ada.http.patch(f"/api/shops/{made.shop_id}", json={"greeting": f"Hi {BOMB}"}), 200)
    made.bo = made.ada.invite("bo@lantern.example", "agent", f"Bo {EVIL}", [made.shop_id])
    yield made
    made.ada.close()
    made.end()


@pytest.fixture
def crowd(hostile, gather):
    return gather(hostile.server)


def unharmed(screen: StaffPage | ShopPage) -> None:
    """Nothing ran, and no element came of it, in any frame."""
    for frame in screen.page.frames:
        assert frame.evaluate("window.exploded") is None
        assert frame.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onerror]').length") == 0


def test_markup_in_messages_and_names_is_shown_as_text_on_both_sides(crowd, hostile, keep):
    kim = crowd.visitor().show()
    expect(kim.panel.get_by_role("heading", level=1, name=f"Shop {EVIL}")).to_be_visible()
    expect(kim.panel.get_by_text(f"Hi {BOMB}")).to_be_visible()
    kim.panel.get_by_role("button", name="Your details").click()
    kim.panel.get_by_role("textbox", name="Name").fill(f"Kim {EVIL}")
    kim.panel.get_by_role("button", name="Save").click()
    kim.say(BOMB)
    ada = crowd.staff(hostile.ada)
    ada.open(f"Kim {EVIL}")
    ada.shows([BOMB])
    ada.say(f"No: {BOMB}")
    ada.note(f"Note: {EVIL}")
    kim.shows([BOMB, f"No: {BOMB}"])
    ada.page.get_by_role("button", name="Assign").click()
    ada.page.get_by_role("menuitemradio", name=f"Bo {EVIL}").click()
    expect(ada.log.get_by_text(f"You assigned this to Bo {EVIL}")).to_be_visible()
    ada.page.keyboard.press("Control+k")
    expect(ada.page.get_by_role("dialog").get_by_text(f"Kim {EVIL}")).to_be_visible()
    keep(ada.page, "hostile-console")
    keep(kim.page, "hostile-widget")
    for screen in (ada, kim):
        unharmed(screen)


def test_markup_in_names_is_text_on_every_page_of_the_settings(crowd, hostile, keep):
    ada = crowd.staff(hostile.ada)
    for path, text in {
        "/settings/workspace": None, "/settings/members": f"Bo {EVIL}", "/settings/shops": f"Shop {EVIL}",
        f"/settings/shops/{hostile.shop_id}": f"Shop {EVIL}", "/settings/you": None,
    }.items():
        ada.go(path)
        expect(ada.page.get_by_role("heading", level=1).first).to_be_visible()
        if text:
            expect(ada.page.get_by_text(text).first).to_be_visible()
        unharmed(ada)
    link = hostile.ada.post("/api/invitations", {"email": "cy@lantern.example", "role": "agent", "shops": []})["link"]
    guest = StaffPage(crowd.context(), crowd.base)
    guest.page.goto(link)
    expect(guest.page.get_by_role("heading", level=1)).to_contain_text("Join Work <img src=x onerror=")
    keep(guest.page, "hostile-invitation")
    unharmed(guest)


def test_only_harmless_addresses_become_links(crowd, hostile):
    words = "javascript:alert(1) data:text/html,x https://lantern.example/a?b=1&c=%22 http://[::1"
    kim = hostile.visitor(name="Linking Kim", page="javascript:alert(1)")
    kim.send(words)
    ada = crowd.staff(hostile.ada).open("Linking Kim")
    ada.shows([words])
    links = ada.log.get_by_role("link")
    expect(links).to_have_count(1)
    expect(links).to_have_attribute("href", "https://lantern.example/a?b=1&c=%22")
    expect(links).to_have_attribute("rel", re.compile(r"\bnoopener\b.*\bnofollow\b"))
    expect(ada.page.get_by_role("complementary", name="Customer").get_by_role("link")).to_have_count(0)
    unharmed(ada)


def test_right_to_left_and_very_long_words_stay_in_their_bubble(crowd, hostile, keep):
    kim = hostile.visitor(name="\u202eKim\u202d " + "W" * 80)
    kim.send("\u202eevil\u202d " + "x" * 2000)
    kim.send("שלום, יש לכם פנס?")
    kim.send("👩‍👩‍👧‍👦" * 200)
    kim.send("a\n" * 60)
    ada = crowd.staff(hostile.ada)
    ada.rows.get_by_role("link").filter(has_text="WWW").click()
    expect(ada.bubbles).to_have_count(4)
    keep(ada.page, "hostile-long")
    wide = "document.documentElement.scrollWidth > innerWidth || [...document.querySelectorAll('.bubble')].some(b => b.scrollWidth > b.clientWidth + 1)"
    assert not ada.page.evaluate(wide)
    shop = ShopPage(crowd.context(viewport={"width": 390, "height": 844}), crowd.base)
    shop.go("/demo").show()
    shop.say("x" * 2000)
    expect(shop.bubbles).to_have_count(1)
    assert not shop.panel.evaluate(wide)
