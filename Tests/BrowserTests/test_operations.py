"""The console's page of past ends: what owners see when all was well, and when it was not."""
import json
import pathlib
import time

import pytest
from playwright.sync_api import expect

from support.browser import PHONE, StaffPage
from support.world import World
from test_accessibility import check
from test_weight import Scales

BOMB = '<img src=x onerror="window.exploded=1">'
DAY = 86_400_000


def certificate(world: World, at: int, cause: str, **more) -> str:
    """An end as the coroner wrote it."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime(at / 1000))
    name = f"{stamp}-{1000 + at % 977}"
    folder = world.server.data / "crashes" / name
    folder.mkdir(parents=True)
    body = {
        "schema": 1, "id": name, "cause": cause, "endedAt": at, "uptime": 11_532_000, "pid": 4711, "build": "0.1.0",
        "stage": {"number": 8, "name": "ready"}, "resources": {"memoryPeak": 91_000, "userTime": 4_000, "systemTime": 1_200}, "inFlight": [],
        "inFlightOmitted": 0, "poison": [], "log": [], "counters": {}, "missing": []}
    (folder / "certificate.json").write_text(json.dumps(body | more))
    return name


def trap(world: World, at: int, **more) -> str:
    frame = {"kind": "call", "isOwn": False}
    frames = [
        frame | {"kind": "inlined", "function": "Array.subscript.getter", "file": "swift/stdlib/public/core/Array.swift", "line": 412},
        frame | {"function": "FrameReader.read(_:)", "file": "Sources/WebServer/WebSocket/FrameReader.swift", "line": 88, "isOwn": True},
        frame | {"function": "SocketLine.channelRead(context:data:)", "file": "Sources/WebServer/WebSocket/SocketLine.swift", "line": 141, "isOwn": True},
        *[frame | {"function": f"ChannelPipeline.step{number}()", "file": "swift-nio/Sources/NIOCore/ChannelPipeline.swift", "line": 900 + number} for number in range(12)],
        frame | {"kind": "omitted", "count": 40}, frame | {"address": "0x7f0000001234", "image": "libc.so.6+0x1234"}]
    log = [{"at": at - 1000 + number * 20, "level": level, "text": f"{text} n={number}"} for number, (level, text) in enumerate(
        [("debug", "frame read"), ("info", "request method=GET path=/api/me status=200"), ("warning", "a reader is slow"), ("error", f"odd name {BOMB}")] * 6)]
    return certificate(
        world, at, "trap", signal=4, inRow=2, poison=["00000000000000ff"], log=log,
        crash={"description": "Illegal instruction", "failure": "Index out of range", "thread": "loop-1", "frames": frames, "signature": "00112233445566aa"},
        inFlight=[{"kind": "frame", "request": "01M7YW910M96NGYA1DQ91K5GQA", "bytes": 612, "age": 40, "fingerprint": "00000000000000ff"},
                  {"kind": "request", "bytes": 0}], **more)


@pytest.fixture
def troubled(world) -> World:
    now = int(time.time() * 1000)
    certificate(world, now - 20 * DAY, "killed", signal=9, missing=["sender"])
    certificate(world, now - 12 * DAY, "foreign_stop", signal=15, sender={"pid": 25155, "uid": 0, "command": f"python3 deploy.py {BOMB}"})
    certificate(world, now - 12 * DAY + 60_000, "asked")
    trap(world, now - 3 * DAY)
    world.newest = trap(world, now - 3 * DAY + 900_000)
    return world


def owner(gather, world: World, path: str = "/operations/ends", **options) -> StaffPage:
    people = gather(world.server)
    return StaffPage(people.signed_in(world.ada, **options), people.base).go(path)


def shows(page, text) -> None:
    expect(page.locator(".operations-body")).to_contain_text(text)


def test_a_server_that_never_ended_by_itself_says_so_kindly(world, gather, keep):
    ada = owner(gather, world)
    expect(ada.page.get_by_role("heading", level=2).first).to_contain_text("No unplanned end since")
    expect(ada.page.get_by_role("img", name="The last 30 days: no unplanned end")).to_be_visible()
    keep(ada.page, "ends-calm")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_list_and_one_end(troubled, gather, keep, scheme):
    ada = owner(gather, troubled, color_scheme=scheme)
    items = ada.page.get_by_role("list", name="Past ends").get_by_role("listitem")
    expect(items).to_have_count(5)
    expect(items.first).to_contain_text("“Index out of range”, in FrameReader.read(_:) (Sources/WebServer/WebSocket/FrameReader.swift:88)")
    expect(items.first).to_contain_text("2 of this kind")
    expect(ada.page.get_by_role("img", name="The last 30 days: 4 unplanned ends")).to_be_visible()
    check(ada.page)
    keep(ada.page, f"ends-{scheme}")
    items.first.get_by_role("link").click()
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text("Index out of range")
    shows(ada.page, "What to do")
    expect(ada.page.locator(".frames li")).to_have_count(3)
    ada.page.get_by_role("button", name="Show all 17").click()
    expect(ada.page.locator(".frames li")).to_have_count(17)
    check(ada.page)
    keep(ada.page, f"end-{scheme}")
    assert ada.page.evaluate("window.exploded") is None
    ada.page.get_by_role("link", name="Ends").click()
    expect(items).to_have_count(5)


def test_in_chinese(troubled, gather, keep):
    troubled.ada.http.patch("/api/me", json={"language": "zh"})
    ada = owner(gather, troubled, locale="zh-CN")
    expect(ada.page.get_by_role("heading", level=1)).to_have_text("意外结束")
    shows(ada.page, "工作进程因自身代码的错误“Index out of range”而停止")
    keep(ada.page, "ends-zh")
    ada.page.get_by_role("list", name="历次结束").get_by_role("link").first.click()
    shows(ada.page, "处理办法")
    keep(ada.page, "end-zh")


def test_on_a_phone(troubled, gather, keep):
    ada = owner(gather, troubled, viewport=PHONE, has_touch=True, is_mobile=True)
    shows(ada.page, "Calm for")
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert not ada.page.evaluate(wide)
    keep(ada.page, "ends-phone")
    small = [one.inner_text() for one in ada.page.get_by_role("navigation", name="Places").get_by_role("link").all() if one.bounding_box()["height"] < 44]
    assert small == []
    ada.page.get_by_role("list", name="Past ends").get_by_role("link").first.click()
    shows(ada.page, "What to do")
    assert not ada.page.evaluate(wide)
    keep(ada.page, "end-phone")
    ada.page.get_by_role("button", name="Back").click()
    shows(ada.page, "Calm for")


def test_agents_have_no_such_place(world, gather):
    bo = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    people = gather(world.server)
    page = StaffPage(people.signed_in(bo), people.base).go("/operations/ends").page
    expect(page.get_by_role("heading", name="For owners and admins")).to_be_visible()
    expect(page.get_by_role("navigation", name="Places").get_by_role("link", name="Server")).to_have_count(0)
    bo.close()


def test_an_end_that_is_gone_says_so(world, gather, watch):
    watch.allow(r"404")
    ada = owner(gather, world, "/operations/ends/20261121-180211-4711")
    expect(ada.page.get_by_role("button", name="Try again")).to_be_visible()


def test_it_weighs_little_and_only_on_those_who_look(troubled, gather):
    people = gather(troubled.server)
    page = people.signed_in(troubled.ada).new_page()
    scales = Scales(page)
    page.goto(people.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    ours = lambda: {path: size for path, size in scales.content.items() if "/js/operations/" in path or "/css/operations" in path}
    assert ours() == {}
    page.get_by_role("navigation", name="Places").get_by_role("link", name="Server").click()
    page.get_by_role("heading", level=1, name="Ends").wait_for()
    print(sum(ours().values()))
    assert 0 < sum(ours().values()) <= 16 * 1024
