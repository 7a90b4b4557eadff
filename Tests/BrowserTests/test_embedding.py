"""The widget on somebody else's page."""
import http.server
import threading

import pytest
from playwright.sync_api import expect

from support.browser import LOST, ShopPage, eventually

STRICT = "default-src 'none'; script-src {desk}; frame-src {desk}; connect-src {desk}; style-src 'none'; img-src 'none'"


class Site:
    """A shop's own web server, on another port than the desk."""

    def __init__(self, snippet: str, policy: str = "", host: str = "127.0.0.1"):
        page = f"<!doctype html><html lang=en><title>A shop</title><h1>A shop</h1><p>Buy lanterns.</p>{snippet}".encode()

        class Pages(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                found = self.path.split("?")[0] == "/"
                self.send_response(200 if found else 204)
                self.send_header("content-type", "text/html; charset=utf-8")
                if policy:
                    self.send_header("content-security-policy", policy)
                self.end_headers()
                self.wfile.write(page if found else b"")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.origin = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def site():
    made: list[Site] = []

    def make(*arguments, **named) -> Site:
        made.append(Site(*arguments, **named))
        return made[-1]

    yield make
    for one in made:
        one.close()


def allow(world, *origins: str) -> None:
    world.ada.answer(world.ada.http.patch(f"/api/shops/{world.shop_id}", json={"origins": list(origins)}), 200)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_the_widget_works_on_a_page_of_another_origin(own, world, site, keep, host):
    """Another port is another origin; `localhost` is another site as well, to which no cookie would go."""
    shop = site(world.shop["snippet"], host=host)
    allow(world, shop.origin)
    kim = ShopPage(own.context(), shop.origin).go("/")
    kim.launcher.called("Open chat")
    kim.launcher.click()
    kim.ready()
    kim.say("From somebody else's page")
    ada = own.staff(world.ada)
    ada.rows.get_by_role("link").click()
    ada.shows(["From somebody else's page"])
    expect(ada.page.get_by_role("complementary", name="Customer")).to_contain_text(shop.origin.removeprefix("http://"))
    ada.say("And back")
    kim.shows(["From somebody else's page", "And back"])
    expect(ada.bubble("And back")).to_contain_text("Read")
    keep(kim.page, f"embedded-{host}")
    kim.page.reload()
    kim.launcher.called("Open chat")
    kim.launcher.click()
    kim.shows(["From somebody else's page", "And back"])
    expect(kim.page.get_by_role("heading", level=1, name="A shop")).to_be_visible()


def test_a_page_that_the_shop_does_not_list_gets_no_panel(own, world, site, watch):
    shop, other = site(world.shop["snippet"]), site(world.shop["snippet"])
    allow(world, other.origin)
    kim = ShopPage(own.context(), shop.origin).go("/")
    kim.launcher.called("Open chat")
    watch.allow("frame-ancestors", "CORS policy", LOST)
    kim.launcher.click()
    eventually(kim.page, lambda: any("frame-ancestors" in fault for fault in watch.faults), "the browser's refusal")
    frames = [frame for frame in kim.page.frames if frame != kim.page.main_frame]
    assert all(frame.get_by_role("textbox").count() == 0 for frame in frames)
    other_kim = ShopPage(own.context(), other.origin).go("/")
    other_kim.launcher.click()
    other_kim.ready()


def test_the_widget_works_under_a_strict_policy_of_the_page(own, world, site, watch):
    shop = site(world.shop["snippet"], policy=STRICT.format(desk=own.base))
    allow(world, shop.origin)
    kim = ShopPage(own.context(), shop.origin).go("/")
    kim.launcher.click()
    kim.ready()
    kim.say("Strictly speaking")
    expect(kim.bubble("Strictly speaking")).to_contain_text("Sent")
    box = kim.launcher.box()
    assert (box["width"], box["height"]) == (56, 56), "the button has its looks"


def test_a_key_that_is_no_more_shows_no_button_and_breaks_nothing(own, world, site, watch):
    shop = site(world.shop["snippet"].replace(world.key, "shop_AAAAAAAAAAAAAAAAAAAAAA"))
    watch.allow("status of 404", "no shop has this key", "access control checks|CORS policy", LOST)
    kim = ShopPage(own.context(), shop.origin).go("/")
    eventually(kim.page, lambda: any("no shop has this key" in fault for fault in watch.faults), "a word to the page's maker")
    expect(kim.page.get_by_role("heading", level=1, name="A shop")).to_be_visible()
    assert kim.launcher.name == ""


def test_the_page_may_open_the_chat_and_name_its_customer(own, world, site):
    shop = site(world.shop["snippet"])
    kim = ShopPage(own.context(), shop.origin).go("/")
    kim.launcher.called("Open chat")
    kim.page.evaluate("Switchboard.identify({ name: 'Kim Lee', email: 'kim@example.net' }); Switchboard.open()")
    kim.ready()
    kim.say("You know me")
    ada = own.staff(world.ada)
    ada.open("Kim Lee")
    expect(ada.page.get_by_role("link", name="kim@example.net")).to_be_visible()


def test_the_widget_leaves_the_page_alone(own, world, site):
    """One element of its own, one name, and nothing of the page moves."""
    context = own.context()
    bare = context.new_page()
    plain = site("")
    bare.goto(plain.origin)
    before = set(bare.evaluate("Object.getOwnPropertyNames(window)"))
    where = "[...document.querySelectorAll('h1, p')].map(e => JSON.stringify(e.getBoundingClientRect())).join()"
    boxes = bare.evaluate(where)
    kim = ShopPage(context, site(world.shop["snippet"]).origin).go("/")
    kim.launcher.called("Open chat")
    kim.launcher.click()
    kim.ready()
    assert set(kim.page.evaluate("Object.getOwnPropertyNames(window)")) - before <= {"Switchboard", "0"}
    assert kim.page.evaluate(where) == boxes
    assert kim.page.evaluate("[...document.body.children].map(e => e.localName)") == ["h1", "p", "script", "switchboard-widget"]
    assert kim.page.evaluate("document.cookie") == ""
