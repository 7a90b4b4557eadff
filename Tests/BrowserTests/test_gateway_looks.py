"""The gateway's places for those who listen, who reach them by keys, and who never open them."""
import pathlib
import re

import pytest
from playwright.sync_api import expect

from support.browser import PHONE, StaffPage
from support.gateway import Gateway, template
from support.practice import PracticeNode
from test_accessibility import check, focus_shows
from test_weight import Scales


@pytest.fixture(scope="module")
def busy(tmp_path_factory) -> Gateway:
    """A gateway with nodes, a key, and requests that went well and badly."""
    folder = tmp_path_factory.mktemp("looks")
    made = Gateway.make(folder / "gateway", template(folder))
    with PracticeNode("north") as north, PracticeNode("south") as south:
        made.nodes = made.add_both(north, south)
        made.change(made.add(north, name="east", priority=2), "disable")
        made.laptop = made.key("laptop", budgetDay="10000000000", requestsPerMinute=600)
        north.play("529", "529")
        for number in range(6):
            made.laptop.ask(f"question {number}")
        made.requests = made.laptop.booked(6)
        yield made
    made.laptop.close()
    made.end()


@pytest.fixture
def crowd(busy, gather):
    return gather(busy.server)


def places(gateway: Gateway) -> list[str]:
    node, key, request = gateway.nodes[0]["id"], gateway.laptop.id, gateway.requests[0]["id"]
    return ["live", "nodes", "nodes/new", f"nodes/{node}", f"nodes/{node}/edit", "keys", "keys/new", f"keys/{key}", "usage", "usage#by=model", "requests",
            f"requests/{request}", "prices", "settings", "audit"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_place_of_the_gateway_has_names_landmarks_and_contrast(crowd, busy, scheme):
    ada = StaffPage(crowd.signed_in(busy.ada, color_scheme=scheme), crowd.base)
    for path in places(busy):
        ada.page.goto("about:blank")
        ada.go(f"/gateway/{path}")
        expect(ada.page.get_by_role("heading", level=1).last).to_be_visible()
        expect(ada.page.locator(".gateway-body:not([aria-hidden])")).to_be_visible()
        try:
            check(ada.page)
        except AssertionError as trouble:
            raise AssertionError(f"{path}: {trouble}") from None


def test_the_focus_shows_wherever_it_goes(crowd, busy):
    ada = StaffPage(crowd.signed_in(busy.ada), crowd.base)
    for path in ("nodes", "nodes/new", "usage", "live"):
        ada.go(f"/gateway/{path}")
        expect(ada.page.locator(".gateway-body:not([aria-hidden])")).to_be_visible()
        assert focus_shows(ada.page, 30) > 12, path


def test_what_a_thumb_presses_is_large_enough(crowd, busy):
    ada = StaffPage(crowd.signed_in(busy.ada, viewport=PHONE, has_touch=True, is_mobile=True), crowd.base)
    for path in ("live", "nodes", "keys", "usage", "prices"):
        ada.go(f"/gateway/{path}")
        expect(ada.page.locator(".gateway-body:not([aria-hidden])")).to_be_visible()
        small = [
            (one.get_attribute("aria-label") or one.inner_text(), box)
            for one in ada.page.get_by_role("button").all() if one.is_visible() and (box := one.bounding_box()) and min(box["width"], box["height"]) < 44]
        assert small == [], path


def test_a_chart_is_a_table_too(crowd, busy):
    ada = StaffPage(crowd.signed_in(busy.ada), crowd.base)
    ada.go("/gateway/usage")
    expect(ada.page.get_by_role("region", name="Usage & cost").get_by_role("row").last).to_contain_text("Total")
    ada.go("/gateway/live")
    table = ada.page.get_by_role("table", name="Requests that ended, by the second")
    expect(table.get_by_role("row")).to_have_count(13)
    ada.go("/gateway/nodes")
    expect(ada.page.get_by_role("img", name=re.compile("Last 24 hours: ")).first).to_be_attached()


@pytest.mark.parametrize("width", [1440, 1280, 820, 390])
def test_no_figure_of_a_list_is_broken_or_out_of_sight(crowd, busy, width):
    """Amounts stay on one line; what a list shows is all in view, names of any length included."""
    ada = StaffPage(crowd.signed_in(busy.ada, viewport={"width": width, "height": 900}), crowd.base)
    for path in ("nodes", "keys", "requests", "usage"):
        ada.go(f"/gateway/{path}")
        expect(ada.page.locator(".gateway-body:not([aria-hidden])")).to_be_visible()
        broken = ada.page.evaluate("""() => [...document.querySelectorAll('.node-figures dd, .node-figures dt, .money')]
            .filter(one => one.offsetParent && one.getClientRects().length > 1 || one.scrollWidth > one.clientWidth + 1 && /^D[DT]$/.test(one.tagName)).map(one => one.textContent)""")
        assert broken == [], path
        hidden = ada.page.evaluate("() => [...document.querySelectorAll('.table-box')].filter(box => box.scrollWidth > box.clientWidth + 1).length")
        assert hidden == 0, path
    ada.go("/gateway/nodes")
    exact = ada.page.locator(".node-figures dd[title^='$0.00']").first
    expect(exact).to_be_visible()
    assert len(exact.get_attribute("title")) >= len(exact.inner_text())


@pytest.mark.parametrize("width", [1280, 820, 768])
def test_the_price_table_need_not_be_pushed_sideways(crowd, busy, width, keep):
    ada = StaffPage(crowd.signed_in(busy.ada, viewport={"width": width, "height": 1024}), crowd.base)
    ada.go("/gateway/prices")
    expect(ada.page.locator(".table-prices")).to_be_visible()
    box = ada.page.evaluate("() => { const box = document.querySelector('.table-prices').parentElement; return [box.scrollWidth, box.clientWidth]; }")
    keep(ada.page, f"prices-{width}")
    assert box[0] <= box[1] + 1, box


def test_who_answers_customers_does_not_pay_for_the_gateway(crowd, busy):
    page = crowd.signed_in(busy.ada).new_page()
    scales = Scales(page)
    page.goto(crowd.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    at_first = {path for path in scales.whole if "/gateway/" in path or "gateway-" in path and path.endswith(".css")}
    assert at_first == set()
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Gateway").click()
    page.get_by_role("heading", level=1, name="Live").wait_for()
    gateway = sum(size for path, size in scales.content.items() if "/js/gateway/" in path or "/css/gateway" in path)
    print(f"the gateway's places: {gateway} bytes")
    assert 0 < gateway <= 80 * 1024


def test_pictures_of_a_working_gateway(crowd, busy, keep):
    ada = StaffPage(crowd.signed_in(busy.ada), crowd.base)
    for path, name in (("nodes", "gateway-pool"), ("usage", "gateway-usage")):
        ada.go(f"/gateway/{path}")
        expect(ada.page.locator(".gateway-body:not([aria-hidden])")).to_be_visible()
        assert pathlib.Path(keep(ada.page, name)).stat().st_size > 10_000
