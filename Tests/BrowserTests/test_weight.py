"""What the pages cost: every visitor pays for the loader, whoever talks for the panel."""
import gzip
import re

import httpx
import pytest

from support.browser import eventually

KIB = 1024


class Scales:
    """What a page loads, by path: bytes of content as they came over the wire (compressed), bytes with their heads, and whether from the cache."""

    def __init__(self, page, cached: bool = False):
        self.content: dict[str, int] = {}
        self.whole: dict[str, int] = {}
        self.from_cache: set[str] = set()
        self._paths: dict[str, str] = {}
        devtools = page.context.new_cdp_session(page)
        devtools.on("Network.requestWillBeSent", self._asked)
        devtools.on("Network.responseReceived", self._answered)
        devtools.on("Network.dataReceived", self._received)
        devtools.on("Network.loadingFinished", self._finished)
        devtools.send("Network.enable")
        devtools.send("Network.setCacheDisabled", {"cacheDisabled": not cached})

    def _asked(self, event) -> None:
        self._paths[event["requestId"]] = re.sub(r"^https?://[^/]+", "", event["request"]["url"])

    def _answered(self, event) -> None:
        if event["response"].get("fromDiskCache"):
            self.from_cache.add(self._paths.get(event["requestId"], "?"))

    def _received(self, event) -> None:
        path = self._paths.get(event["requestId"], "?")
        self.content[path] = self.content.get(path, 0) + event["encodedDataLength"]

    def _finished(self, event) -> None:
        self.whole[self._paths.get(event["requestId"], "?")] = int(event["encodedDataLength"])

    def report(self) -> str:
        lines = [f"{size:7} {self.whole.get(path, 0):7} {path}" for path, size in sorted(self.content.items(), key=lambda one: -one[1])]
        return "\n".join([*lines, f"{sum(self.content.values()):7} {sum(self.whole.values()):7} in {len(self.whole)} answers: content, with heads"])


def test_the_loader_is_at_most_5_kilobytes(shared):
    answer = httpx.get(shared.server.base + "/widget.js", headers={"accept-encoding": "gzip"})
    assert answer.headers["content-encoding"] == "gzip"
    with httpx.stream("GET", shared.server.base + "/widget.js", headers={"accept-encoding": "gzip"}) as stream:
        body = b"".join(stream.iter_raw())
    assert len(gzip.decompress(body)) == len(answer.content)
    print(f"loader: {len(body)} bytes gzip")
    assert len(body) <= 5 * KIB


def test_everything_that_a_talking_visitor_loads_is_at_most_45_kilobytes(people, shared):
    page = people.context().new_page()
    scales = Scales(page)
    page.goto(people.base + f"/widget/{shared.key}")
    page.get_by_role("textbox", name="Write a message…").fill("Hello")
    page.keyboard.press("Enter")
    page.get_by_text("Sent").wait_for()
    eventually(page, lambda: any("/tickets" in path for path in scales.whole), "the connection's ticket")
    print(scales.report())
    assert sum(scales.content.values()) <= 45 * KIB


def test_a_page_with_the_widget_pays_for_nothing_but_the_loader_until_somebody_talks(people, shared):
    kim = people.context().new_page()
    scales = Scales(kim)
    kim.goto(people.base + "/demo")
    kim.evaluate("new Promise(done => requestIdleCallback(() => requestIdleCallback(done)))")
    eventually(kim, lambda: any(path.startswith("/api/widget/") for path in scales.whole), "the look of the button")
    asked = {path for path in scales.whole if "widget" in path}
    assert asked == {"/widget.js", f"/api/widget/{shared.key}"}
    assert len(kim.frames) == 1


def test_the_console_opens_with_little(people, shared):
    context = people.signed_in(shared.ada)
    page = context.new_page()
    scales = Scales(page)
    page.goto(people.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    print(scales.report().splitlines()[-1])
    assert sum(scales.content.values()) <= 150 * KIB


def test_a_second_visit_asks_for_no_file_again(people, shared):
    context = people.signed_in(shared.ada)
    page = context.new_page()
    page.goto(people.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    scales = Scales(page, cached=True)
    page.goto(people.base + "/inbox/all")
    page.get_by_role("heading", level=1, name="Inbox").wait_for()
    again = {path for path, size in scales.content.items() if size and path.endswith((".js", ".css")) and path not in scales.from_cache}
    assert again == set()
