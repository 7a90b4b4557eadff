"""The gateway's places in the console, against the real server and practice nodes."""
import json
import pathlib
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from support.browser import LOST, PHONE, StaffPage, eventually
from support.gateway import NODE_SECRET, Gateway, template
from support.practice import PracticeNode

BOMB = '<img src=x onerror="window.exploded=1;alert(1)"><script>window.exploded=1</script>'
EVIL = '"><svg/onload=alert(1)>'


@pytest.fixture(scope="module")
def set_up(tmp_path_factory) -> pathlib.Path:
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def gateway(tmp_path, set_up) -> Gateway:
    made = Gateway.make(tmp_path / "gateway", set_up)
    yield made
    made.end()


@pytest.fixture
def north():
    with PracticeNode("north") as node:
        yield node


@pytest.fixture
def south():
    with PracticeNode("south") as node:
        yield node


@pytest.fixture
def crowd(gateway, gather):
    return gather(gateway.server)


class GatewayPage(StaffPage):
    """The gateway's places as a person sees them."""

    def place(self, name: str) -> "GatewayPage":
        link = self.page.get_by_role("navigation", name=re.compile("^(Gateway|网关)$")).get_by_role("link", name=name, exact=True)
        link.click()
        expect(link).to_have_attribute("aria-current", "page")
        return self

    @property
    def nodes(self) -> Locator:
        return self.page.get_by_role("list", name=re.compile("^(Nodes|节点)$")).get_by_role("listitem")

    def node(self, name: str) -> Locator:
        return self.nodes.filter(has=self.page.get_by_role("link", name=name, exact=True))

    def names(self) -> list[str]:
        return self.nodes.get_by_role("heading").all_inner_texts()

    def act(self, name: str, act: str) -> None:
        self.page.get_by_role("button", name=f"Acts for {name}").click()
        self.page.get_by_role("menuitem", name=act, exact=True).click()

    def said(self, text: str | re.Pattern) -> None:
        expect(self.page.get_by_role("status").filter(has_text=text).first).to_be_visible()


def owner(crowd, gateway: Gateway, path: str = "/gateway/nodes", **options) -> GatewayPage:
    return GatewayPage(crowd.signed_in(gateway.ada, **options), crowd.base).go(path)


def untouched(page: Page) -> None:
    assert page.evaluate("window.exploded") is None
    assert page.evaluate("document.querySelectorAll('img[src=x], svg[onload], [onerror]').length") == 0


def fill_node(page: Page, name: str, url: str) -> None:
    form = page.get_by_role("form", name="Add a node")
    form.get_by_label("Name", exact=True).fill(name)
    form.get_by_label("Address", exact=True).fill(url)
    form.get_by_role("textbox", name="Credential").fill(NODE_SECRET)


def test_a_newcomer_adds_a_node_makes_a_key_and_sees_the_request_with_its_cost(crowd, gateway, north, watch, keep):
    watch.allow(r"status of 422")
    ada = owner(crowd, gateway)
    expect(ada.page.get_by_role("heading", level=1, name="No nodes yet")).to_be_visible()
    fill_node(ada.page, "north", north.base)
    ada.page.get_by_role("button", name="Add a node").click()
    # A practice node is on this machine: that has to be allowed, and the form says so at the field.
    expect(ada.page.get_by_label("Address", exact=True)).to_have_attribute("aria-invalid", "true")
    ada.page.get_by_text("More: signing in").click()
    ada.page.get_by_role("checkbox", name="May be on this machine").check()
    ada.page.get_by_role("button", name="Add a node").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    ada.page.get_by_role("button", name="Test now").click()
    ada.said(re.compile("north answered in"))

    ada.place("Keys")
    ada.page.get_by_role("link", name="Make a key").click()
    ada.page.get_by_label("Name", exact=True).fill("laptop")
    ada.page.get_by_label("Dollars a day").fill("10")
    ada.page.get_by_role("button", name="Make a key").click()
    expect(ada.page.get_by_role("heading", level=1, name="The key laptop is made")).to_be_focused()
    key = ada.page.locator("#new-key").inner_text()
    assert re.fullmatch(r"sb-[\w-]{43}", key)
    expect(ada.page.get_by_text(f"ANTHROPIC_BASE_URL={gateway.base} ANTHROPIC_API_KEY={key} claude")).to_be_visible()
    expect(ada.page.get_by_text(f"OPENAI_BASE_URL={gateway.base}/v1 OPENAI_API_KEY={key} python app.py")).to_be_visible()
    made = gateway.ada.get("/api/gateway/keys")["items"][0]
    assert made["budgetDay"] == "10000000000"

    ada.page.get_by_role("link", name="Watch live").click()
    expect(ada.page.get_by_role("button", name="Live figures: Live")).to_be_visible()
    ask(gateway, key)
    ended = ada.page.get_by_role("region", name="Ended").get_by_role("row").filter(has_text="laptop")
    expect(ended.first).to_contain_text("Completed")
    expect(ended.first).to_contain_text("north")
    keep(ada.page, "gateway-live")

    ended.first.get_by_role("link").click()
    expect(ada.page.get_by_role("heading", name="Cost, line by line")).to_be_visible()
    expect(ada.page.get_by_role("region", name="Tries").get_by_role("row")).to_have_count(2)
    ada.place("Usage & cost")
    ada.page.get_by_role("radio", name="Key", exact=True).check(force=True)
    line = ada.page.get_by_role("region", name="Usage & cost").get_by_role("row").filter(has_text="laptop")
    eventually(ada.page, lambda: gateway.ada.get("/api/gateway/usage", by="key")["items"], "the usage")
    ada.page.reload()
    expect(line).to_be_visible()
    assert "$0.00\n" not in line.inner_text() and "$" in line.inner_text()
    with ada.page.expect_download() as download:
        ada.page.get_by_role("button", name="Download CSV").click()
    assert "laptop" in pathlib.Path(download.value.path()).read_text()
    assert NODE_SECRET not in ada.page.content()


def ask(gateway: Gateway, key: str, count: int = 1) -> None:
    import httpx

    body = {"model": "claude-haiku-4-5-20251001", "max_tokens": 64, "messages": [{"role": "user", "content": "hi"}]}
    for _ in range(count):
        answer = httpx.post(gateway.base + "/v1/messages", json=body, headers={"x-api-key": key, "anthropic-version": "2023-06-01"}, timeout=30)
        assert answer.status_code == 200, answer.text


def test_the_order_of_nodes_is_changed_by_keys_by_mouse_and_by_the_menu(crowd, gateway, north, south, keep):
    for name in ("north", "south", "west"):
        gateway.add(north.base, name=name, priority={"north": 1, "south": 2, "west": 3}[name])
    ada = owner(crowd, gateway)
    expect(ada.nodes).to_have_count(3)
    grip = ada.page.get_by_role("button", name="Move west")
    grip.focus()
    ada.page.keyboard.press("ArrowUp")
    expect(grip).to_be_focused()
    ada.said("west is now in place 2 of 3")
    eventually(ada.page, lambda: order(gateway) == [["north"], ["west"], ["south"]], lambda: order(gateway))
    ada.act("south", "Share the load with west")
    eventually(ada.page, lambda: order(gateway) == [["north"], ["west", "south"]], lambda: order(gateway))

    keep(ada.page, "gateway-nodes")
    from_box = ada.page.get_by_role("button", name="Move south").bounding_box()
    to_box = ada.node("north").bounding_box()
    ada.page.mouse.move(from_box["x"] + 8, from_box["y"] + 8)
    ada.page.mouse.down()
    ada.page.mouse.move(to_box["x"] + 40, to_box["y"] + 4, steps=8)
    ada.page.mouse.up()
    eventually(ada.page, lambda: order(gateway) == [["south"], ["north"], ["west"]], lambda: order(gateway))
    assert ada.names() == ["south", "north", "west"]
    ada.page.reload()
    expect(ada.nodes.get_by_role("heading")).to_have_text(["south", "north", "west"])


def order(gateway: Gateway) -> list[list[str]]:
    groups: dict[int, list[str]] = {}
    for node in gateway.ada.get("/api/gateway/nodes")["items"]:
        groups.setdefault(node["priority"], []).append(node["name"])
    return [groups[priority] for priority in sorted(groups)]


def test_an_order_that_is_refused_is_taken_back(crowd, gateway, north, watch):
    watch.allow("status of 503")
    for name in ("north", "south"):
        gateway.add(north.base, name=name, priority=1 if name == "north" else 2)
    ada = owner(crowd, gateway)
    expect(ada.nodes).to_have_count(2)
    ada.page.route("**/api/gateway/nodes/order", lambda route: route.fulfill(status=503, json={"code": "web.busy", "detail": "busy"}, content_type="application/problem+json"))
    ada.page.get_by_role("button", name="Move south").press("ArrowUp")
    ada.said("The order stays as it was.")
    expect(ada.nodes.get_by_role("heading")).to_have_text(["north", "south"])


def test_a_node_that_fails_says_why_while_one_looks_and_is_put_back_by_hand(crowd, gateway, north, south):
    gateway.add_both(north, south)
    key = gateway.key("laptop")
    ada = owner(crowd, gateway)
    expect(ada.nodes).to_have_count(2)
    north.play("401", repeat=0)
    assert key.ask().status_code == 200
    expect(ada.node("north")).to_contain_text("Out")
    expect(ada.node("north")).to_contain_text(re.compile("credential was refused"))
    ada.node("north").get_by_role("link").click()
    expect(ada.page.get_by_role("region", name="History").get_by_role("row")).not_to_have_count(1)
    north.clear()
    ada.page.get_by_role("button", name="Enable", exact=True).click()
    ada.said("north gets requests again")
    expect(ada.page.get_by_role("button", name="Enable", exact=True)).to_have_count(0)
    assert gateway.state("north") != "dead"
    key.close()


def test_a_stored_credential_stays_when_something_else_changes_and_is_never_shown(crowd, gateway, north):
    made = gateway.add(north, maxConcurrency=20)
    ada = owner(crowd, gateway, f"/gateway/nodes/{made['id']}/edit")
    sent: list[str] = []
    ada.page.on("request", lambda request: sent.append(request.post_data or "") if request.method == "PATCH" else None)
    expect(ada.page.get_by_text("A credential is stored. It is never shown.")).to_be_visible()
    ada.page.get_by_label("Requests at once").fill("")
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    assert [json.loads(one) for one in sent] == [{"maxConcurrency": None}]
    now = gateway.node("north")
    assert now["hasCredential"] and now["maxConcurrency"] is None
    ada.go(f"/gateway/nodes/{made['id']}/edit")
    ada.page.get_by_role("button", name="Remove").click()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    assert not gateway.node("north")["hasCredential"]


def test_another_address_asks_for_the_credential_again(crowd, gateway, north, south, watch):
    made = gateway.add(north)
    ada = owner(crowd, gateway, f"/gateway/nodes/{made['id']}/edit")
    address, credential = ada.page.get_by_label("Address", exact=True), ada.page.get_by_role("textbox", name="Credential")
    expect(credential).to_be_hidden()
    address.fill(south.base)
    expect(ada.page.get_by_text(f"It goes only to {north.base}.")).to_be_visible()
    expect(credential).to_be_visible()
    # Without it nothing is sent at all.
    ada.page.get_by_role("button", name="Save").click()
    expect(credential).to_have_attribute("aria-invalid", "true")
    assert gateway.node("north")["url"] == north.base
    # The old address again: the stored one stays.
    address.fill(north.base + "/other")
    expect(credential).to_be_hidden()
    expect(ada.page.get_by_text("A credential is stored. It is never shown.")).to_be_visible()
    address.fill(south.base)
    credential.fill(NODE_SECRET)
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    moved = gateway.node("north")
    assert (moved["url"], moved["hasCredential"], moved["allowLoopback"]) == (south.base, True, True)
    # More networks need it, too, and the server says the same to whoever does not ask the form.
    ada.go(f"/gateway/nodes/{made['id']}/edit")
    ada.page.get_by_label("May be in a private network").check()
    expect(credential).to_be_visible()
    ada.page.get_by_role("button", name="Remove").click()
    expect(ada.page.get_by_text("The stored credential is removed when you save.")).to_be_visible()
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    now = gateway.node("north")
    assert (now["allowPrivate"], now["hasCredential"]) == (True, False)


def test_nodes_whose_credential_is_lost_say_so_and_take_a_new_one(crowd, gateway, north, south):
    gateway.add_both(north, south)
    gateway.key("laptop").close()
    gateway.server.stop()
    (gateway.server.data / "house.key").unlink()
    gateway.server.start()
    gateway.ada.sign_in()
    ada = owner(crowd, gateway)
    expect(ada.page.get_by_text("2 nodes need their credential again, because the house’s key was lost or changed: north, south.")).to_be_visible()
    expect(ada.node("north")).to_contain_text("Needs its credential")
    ada.node("north").get_by_role("link").click()
    ada.page.get_by_role("link", name="Enter it again").click()
    ada.page.get_by_role("textbox", name="Credential").fill(NODE_SECRET)
    ada.page.get_by_role("button", name="Save").click()
    expect(ada.page.get_by_role("heading", level=1, name="north", exact=True)).to_be_visible()
    expect(ada.page.get_by_text("Needs its credential")).to_have_count(0)
    ada.place("Nodes")
    expect(ada.node("north")).to_contain_text("Healthy")
    expect(ada.node("south")).to_contain_text("Needs its credential")
    ada.place("Keys")
    expect(ada.page.get_by_role("region", name="Keys")).to_contain_text("Not known any more")
    expect(ada.page.get_by_text("keys that were made before are not known any more")).to_be_visible()


def test_the_keys_page_says_where_programs_find_the_gateway(crowd, gateway):
    ada = owner(crowd, gateway, "/gateway/keys")
    expect(ada.page.get_by_text(f"ANTHROPIC_BASE_URL={gateway.base}", exact=True)).to_be_visible()
    expect(ada.page.get_by_text(f"OPENAI_BASE_URL={gateway.base}/v1", exact=True)).to_be_visible()


def test_a_deleted_node_and_a_revoked_key_are_named_before_they_go(crowd, gateway, north):
    gateway.add(north)
    key = gateway.key("laptop")
    ada = owner(crowd, gateway)
    ada.act("north", "Delete")
    ada.page.get_by_role("dialog", name="Delete north?").get_by_role("button", name="Cancel").click()
    expect(ada.node("north")).to_be_visible()
    assert key.ask().status_code == 200
    ada.place("Keys")
    ada.page.get_by_role("link", name="laptop").click()
    ada.page.get_by_role("button", name="Revoke laptop").click()
    ada.page.get_by_role("dialog", name="Revoke laptop?").get_by_role("button", name="Revoke laptop").click()
    ada.said("laptop is revoked")
    expect(ada.page.get_by_role("button", name="Revoke laptop")).to_have_count(0)
    assert key.ask().status_code == 401
    ada.place("Nodes")
    ada.act("north", "Delete")
    ada.page.get_by_role("dialog", name="Delete north?").get_by_role("button", name="Delete north").click()
    expect(ada.page.get_by_role("heading", level=1, name="No nodes yet")).to_be_visible()
    key.close()


def test_whoever_may_not_manage_sees_all_and_has_nothing_to_press(crowd, gateway, north):
    gateway.add(north)
    gateway.key("laptop").close()
    bo = GatewayPage(crowd.signed_in(gateway.ada.invite("bo@lantern.example", "agent", "Bo")), crowd.base).go("/gateway/nodes")
    expect(bo.node("north")).to_be_visible()
    expect(bo.node("north").get_by_role("button")).to_have_count(0)
    expect(bo.page.get_by_role("link", name="Add a node")).to_have_count(0)
    expect(bo.page.get_by_role("link", name="Audit")).to_have_count(0)
    bo.place("Keys")
    bo.page.get_by_role("link", name="laptop").click()
    expect(bo.page.get_by_role("heading", level=1, name="laptop")).to_be_visible()
    expect(bo.page.get_by_role("main").get_by_role("button", name=re.compile("Save|Revoke"))).to_have_count(0)
    bo.place("Prices")
    expect(bo.page.get_by_role("button", name="Add a price")).to_have_count(0)
    bo.place("Settings")
    expect(bo.page.get_by_role("main").get_by_role("button", name=re.compile("Save|Reset"))).to_have_count(0)


def test_prices_settings_and_audit_work_as_they_say(crowd, gateway, north, watch):
    watch.allow("status of 422")
    ada = owner(crowd, gateway, "/gateway/prices")
    ada.page.get_by_role("button", name="Add a price").click()
    dialog = ada.page.get_by_role("dialog", name="Add a price")
    dialog.get_by_label("Model").fill("lantern-1*")
    dialog.get_by_label("Input", exact=True).fill("0.25")
    dialog.get_by_label("Output", exact=True).fill("1.5")
    dialog.get_by_role("button", name="Add a price").click()
    ada.said("The price of lantern-1* counts from now on")
    own = next(price for price in gateway.ada.get("/api/gateway/prices")["items"] if price["own"])
    assert (own["input"], own["output"]) == ("250000000", "1500000000")
    ada.page.get_by_role("button", name="Rate a period again").click()
    ada.page.get_by_role("button", name="Look what would change").click()
    expect(ada.page.get_by_text("Nothing would change.")).to_be_visible()
    ada.page.keyboard.press("Escape")
    ada.page.get_by_role("button", name="Delete the price of lantern-1*").click()
    ada.page.get_by_role("dialog").get_by_role("button", name="Delete the price of lantern-1*").click()
    ada.said("The price of lantern-1* is deleted")

    ada.place("Settings")
    line = ada.page.locator(".tuning-line").filter(has_text="FIRST_BYTE_TIME")
    line.get_by_role("textbox").fill("never")
    line.get_by_role("button", name="Save").click()
    expect(line.get_by_role("textbox")).to_have_attribute("aria-invalid", "true")
    line.get_by_role("textbox").fill("60")
    line.get_by_role("button", name="Save").click()
    expect(line).to_contain_text("Set here")
    line.get_by_role("button", name="Reset").click()
    expect(line).not_to_contain_text("Set here")
    ada.place("Audit")
    audit = ada.page.get_by_role("region", name="Audit").get_by_role("row")
    expect(audit.filter(has_text="FIRST_BYTE_TIME").first).to_contain_text("60")
    expect(audit.filter(has_text="lantern-1*").first).to_be_visible()


def test_the_live_view_says_when_it_is_not_live_and_comes_back(crowd, gateway, north, watch):
    watch.allow(LOST)
    gateway.add(north)
    key = gateway.key("laptop")
    ada = owner(crowd, gateway, "/gateway/live")
    expect(ada.page.get_by_role("button", name="Live figures: Live")).to_be_visible()
    assert key.ask().status_code == 200
    expect(ada.page.get_by_role("region", name="Ended").get_by_role("row").filter(has_text="laptop")).to_have_count(1)
    expect(ada.page.get_by_role("table", name="Requests that ended, by the second").get_by_role("cell", name="1", exact=True)).not_to_have_count(0)
    gateway.server.kill()
    expect(ada.page.get_by_role("button", name=re.compile("Not live – next try in"))).to_be_visible()
    gateway.server.restart()
    expect(ada.page.get_by_role("button", name="Live figures: Live")).to_be_visible(timeout=30_000)
    assert key.ask().status_code == 200
    expect(ada.page.get_by_role("region", name="Ended").get_by_role("row").filter(has_text="laptop")).to_have_count(2)
    # What was not heard is drawn as such, not as a quiet time.
    assert ada.page.locator(".gap").get_attribute("d") != ""
    key.close()


def test_whoever_signs_out_elsewhere_is_led_to_the_door(crowd, gateway, north, watch):
    watch.allow(LOST, "status of 401")
    gateway.add(north)
    ada = owner(crowd, gateway, "/gateway/live")
    expect(ada.page.get_by_role("button", name="Live figures: Live")).to_be_visible()
    current = ada.page.evaluate("fetch('/api/me').then(answer => answer.json()).then(answer => answer.session)")
    assert gateway.ada.http.delete(f"/api/sessions/{current}").status_code == 204
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text("Sign in")


def test_both_languages_are_spoken_in_every_place(crowd, gateway, north):
    gateway.add(north)
    gateway.ada.answer(gateway.ada.http.patch("/api/me", json={"language": "zh"}), 200)
    ada = owner(crowd, gateway)
    for path, title in {"live": "实时", "nodes": "节点", "keys": "还没有密钥", "usage": "用量与费用", "requests": "请求", "prices": "价格", "settings": "设置", "audit": "审计"}.items():
        ada.go(f"/gateway/{path}")
        expect(ada.page.get_by_role("heading", level=1, name=title)).to_be_visible()
        assert not re.search(r"\b(Show|Requests|Nodes|Settings|Cost|The|Save)\b", ada.page.get_by_role("main").inner_text()), path
    gateway.ada.answer(gateway.ada.http.patch("/api/me", json={"language": "en"}), 200)


def test_hostile_names_are_shown_and_never_run(crowd, gateway, north):
    gateway.add(north, name=f"North {EVIL}", provider="anthropic")
    key = gateway.key(f"Key {BOMB}"[:100])
    key.ask(model=f"m{EVIL}".replace(" ", ""))
    key.ask()
    ada = owner(crowd, gateway)
    for path in ("live", "nodes", "keys", "usage#by=key", "usage#by=model", "requests", "prices", "settings", "audit"):
        ada.go("/gateway/nodes" if path == "nodes" else f"/gateway/{path}")
        expect(ada.page.get_by_role("heading", level=1).last).to_be_visible()
        untouched(ada.page)
    ada.go("/gateway/nodes")
    ada.page.get_by_role("button", name=f"Acts for North {EVIL}").click()
    untouched(ada.page)
    expect(ada.page.get_by_role("menuitem", name="Delete")).to_be_visible()
    ada.page.get_by_role("menuitem", name="Delete").click()
    expect(ada.page.get_by_role("dialog", name=f"Delete North {EVIL}?")).to_be_visible()
    untouched(ada.page)
    key.close()


def test_a_phone_and_a_tablet_have_room_for_every_place(crowd, gateway, north, keep):
    made = gateway.add(north, name="a-node-with-a-very-long-name-" + "x" * 60)
    key = gateway.key("k" * 90)
    key.ask()
    key.booked()
    for size in (PHONE, {"width": 820, "height": 1100}):
        ada = owner(crowd, gateway, viewport=size, has_touch=True)
        for path in ("live", "nodes", f"nodes/{made['id']}", f"nodes/{made['id']}/edit", "keys", f"keys/{key.id}", "usage", "requests", "prices", "settings", "audit"):
            ada.go(f"/gateway/{path}")
            expect(ada.page.get_by_role("heading", level=1).last).to_be_visible()
            wide = ada.page.evaluate("[...document.querySelectorAll('.gateway-body')].some(e => e.scrollWidth > e.clientWidth + 1) || document.documentElement.scrollWidth > innerWidth")
            assert not wide, f"{path} at {size}"
    key.close()
