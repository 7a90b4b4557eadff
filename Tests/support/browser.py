"""People at their browsers: Chromium contexts, each watched, and the two pages that they use. Parts are found by role and name, as a person would."""
import re
import time
from typing import Callable

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Frame, Locator, Page, expect

from support.world import Member

DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
# Chromium says so by itself whenever a request fails; a test that cuts the network, or is refused on purpose, allows it by name.
LOST = r"net::ERR_|WebSocket connection to .* failed|WebSocket is (already|closed)"


def eventually(page: Page, ask: Callable, what: str | Callable[[], str], timeout: float = 10):
    """The first true answer, for what no locator can see. The page goes on meanwhile: Playwright hears of it only while it is asked."""
    deadline = time.monotonic() + timeout
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"not within {timeout} s: {what() if callable(what) else what}"
        page.wait_for_timeout(20)
    return answer


class Watch:
    """What no page may ever do: throw, ask, warn of its policy, or speak to anybody else."""

    def __init__(self):
        self.faults: list[str] = []
        self.allowed: list[str] = []
        self.hosts: set[str] = {"127.0.0.1", "localhost"}

    def over(self, context: BrowserContext) -> None:
        context.on("console", self._said)
        context.on("weberror", lambda error: self.faults.append(f"page error: {error.error}"))
        context.on("dialog", self._asked)
        context.on("request", self._requested)

    def allow(self, *patterns: str) -> None:
        self.allowed += patterns

    def _said(self, message: ConsoleMessage) -> None:
        policy = re.search(r"content security policy|refused to|trusted type", message.text, re.IGNORECASE)
        if message.type in ("error", "warning", "assert") or policy:
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url', '')})")

    def _asked(self, dialog) -> None:
        self.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _requested(self, request) -> None:
        host = re.match(r"(?:https?|wss?)://([^/:]+)", request.url)
        if host and host[1] not in self.hosts:
            self.faults.append(f"asked another server: {request.url}")

    def verdict(self) -> list[str]:
        return [fault for fault in self.faults if not any(re.search(pattern, fault) for pattern in self.allowed)]


class People:
    """Gives each person a browser of their own (a context: own cookies, own storage)."""

    def __init__(self, browser: Browser, base: str, watch: Watch):
        self.browser, self.base, self.watch = browser, base, watch
        self.contexts: list[BrowserContext] = []

    def context(self, **options) -> BrowserContext:
        made = self.browser.new_context(**({"viewport": DESKTOP, "locale": "en-GB", "timezone_id": "Europe/Berlin"} | options))
        made.set_default_timeout(10_000)
        made.set_default_navigation_timeout(15_000)
        self.watch.over(made)
        self.contexts.append(made)
        return made

    def signed_in(self, member: Member, **options) -> BrowserContext:
        """A browser with a session of its own, as after signing in."""
        fresh = Member(member.server, member.email, member.password).sign_in()
        context = self.context(**options)
        for cookie in fresh.http.cookies.jar:
            context.add_cookies([{"name": cookie.name, "value": cookie.value, "url": self.base, "httpOnly": True, "sameSite": "Strict"}])
        fresh.close()
        return context

    def staff(self, member: Member, path: str = "/inbox/all", **options) -> "StaffPage":
        return StaffPage(self.signed_in(member, **options), self.base).go(path)

    def visitor(self, key: str = "", **options) -> "ShopPage":
        return ShopPage(self.context(**options), self.base).go(f"/demo?shop={key}" if key else "/demo")

    def close(self) -> None:
        for context in self.contexts:
            context.close()


class Line:
    """Stands in a browser's live connections, and can hold back what the server tells: the page is then behind, as on a slow network."""

    def __init__(self, context: BrowserContext):
        self._kinds: tuple[str, ...] = ()
        self._held: list[tuple] = []
        context.route_web_socket(re.compile("/ws/"), self._opened)

    def _opened(self, socket) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda frame: self._told(socket, frame))

    def _told(self, socket, frame: str) -> None:
        if self._held or any(f'"type":"{kind}"' in frame for kind in self._kinds):
            # What comes after waits too: a connection keeps its order.
            self._held.append((socket, frame))
        else:
            socket.send(frame)

    def hold(self, *kinds: str) -> None:
        """From the next frame of one of these types on."""
        self._kinds = kinds

    def drop(self) -> None:
        """What was held never comes: its page is gone."""
        self._kinds, self._held = (), []

    def release(self) -> None:
        self._kinds = ()
        held, self._held = self._held, []
        for socket, frame in held:
            socket.send(frame)


class Screen:
    """One tab."""

    def __init__(self, context: BrowserContext, base: str, page: Page | None = None):
        self.context, self.base = context, base
        self.page = page or context.new_page()

    def go(self, path: str):
        self.page.goto(self.base + path)
        return self

    @property
    def bubbles(self) -> Locator:
        raise NotImplementedError

    def texts(self) -> list[str]:
        """The words that the log shows, in its order."""
        return self.bubbles.all_inner_texts()

    def shows(self, texts: list[str], timeout: float = 10) -> None:
        """Exactly these, in this order."""
        expect(self.bubbles).to_have_text(texts, timeout=timeout * 1000)

    def cut(self) -> None:
        self.context.set_offline(True)

    def mend(self) -> None:
        self.context.set_offline(False)

    def compose(self, field: Locator, text: str) -> "Composition":
        """What an input method does while a word is being chosen."""
        field.focus()
        return Composition(self.context.new_cdp_session(self.page), self.page, text)


class Composition:
    """An input method at work over the browser's own protocol: real composition events, and Enter as key code 229."""

    def __init__(self, devtools, page: Page, text: str):
        self.devtools, self.page, self.text = devtools, page, text

    def begin(self) -> None:
        self.devtools.send("Input.imeSetComposition", {"text": self.text, "selectionStart": len(self.text), "selectionEnd": len(self.text)})

    def enter(self) -> None:
        key = {"key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
        self.devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown"} | key)
        self.devtools.send("Input.dispatchKeyEvent", {"type": "keyUp"} | key)

    def plain_enter(self) -> None:
        """As some systems send it: an ordinary Enter while the composition is open."""
        self.page.keyboard.press("Enter")

    def commit(self) -> None:
        self.devtools.send("Input.insertText", {"text": self.text})


class StaffPage(Screen):
    """The console."""

    @property
    def rows(self) -> Locator:
        return self.page.get_by_role("list", name=re.compile("^(Conversations:|会话：)"))

    def row(self, name: str) -> Locator:
        return self.rows.get_by_role("link").filter(has_text=name)

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("region", name=re.compile("^(Messages|消息)$"))

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name=re.compile("^(Write to |Only members see|回复 |备注仅)"))

    @property
    def live(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile("^(Connection: Live|连接：在线)$")).and_(self.page.locator(":visible")).first

    def view(self, name: str) -> "StaffPage":
        self.page.get_by_role("navigation", name="Lists").get_by_role("link", name=name).click()
        return self

    def open(self, name: str) -> "StaffPage":
        self.row(name).click()
        expect(self.page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()
        expect(self.field).to_be_visible()
        return self

    def say(self, text: str) -> "StaffPage":
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")
        return self

    def note(self, text: str) -> "StaffPage":
        self.page.get_by_role("radio", name="Note").check(force=True)
        self.say(text)
        self.page.get_by_role("radio", name="Reply").check(force=True)
        return self

    def bubble(self, text: str) -> Locator:
        return self.log.get_by_role("article").filter(has=self.page.get_by_text(text, exact=True))

    @property
    def bubbles(self) -> Locator:
        return self.log.locator(".bubble")


class ShopPage(Screen):
    """A shop's page with the widget."""

    def go(self, path: str) -> "ShopPage":
        super().go(path)
        return self

    def show(self) -> "ShopPage":
        """Opens the chat by the shop's own button."""
        self.page.get_by_role("button", name="Ask us anything").click()
        return self.ready()

    def ready(self) -> "ShopPage":
        expect(self.field).to_be_visible()
        return self

    @property
    def panel(self) -> Frame:
        return eventually(self.page, lambda: next((frame for frame in self.page.frames if "/widget/" in frame.url and not frame.is_detached()), None), "the widget's frame")

    @property
    def field(self) -> Locator:
        return self.panel.get_by_role("textbox", name=re.compile("^(Write a message|请输入消息)"))

    @property
    def log(self) -> Locator:
        return self.panel.get_by_role("main", name=re.compile("^(Messages|消息)$"))

    @property
    def launcher(self) -> "Launcher":
        return Launcher(self.context.new_cdp_session(self.page), self.page)

    def say(self, text: str) -> "ShopPage":
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.field).to_have_value("")
        return self

    def bubble(self, text: str) -> Locator:
        return self.log.get_by_role("listitem").filter(has=self.panel.get_by_text(text, exact=True))

    @property
    def bubbles(self) -> Locator:
        """All but the greeting."""
        return self.log.locator(".row:not(.greeting) .bubble")


class Launcher:
    """The widget's button. Its shadow root is closed to the page, and so it is asked of the accessibility tree, like a screen reader does."""

    def __init__(self, devtools, page: Page):
        self.devtools, self.page = devtools, page

    def _node(self) -> dict:
        nodes = self.devtools.send("Accessibility.getFullAXTree")["nodes"]
        return next((
            node for node in nodes
            if node.get("role", {}).get("value") == "button" and re.search("chat|聊天", node.get("name", {}).get("value", "")) and not node.get("ignored")), {})

    @property
    def name(self) -> str:
        return self._node().get("name", {}).get("value", "")

    @property
    def is_expanded(self) -> bool:
        return self._is("expanded")

    @property
    def is_focused(self) -> bool:
        return self._is("focused")

    def _is(self, state: str) -> bool:
        return any(item["name"] == state and item["value"].get("value") for item in self._node().get("properties", []))

    def called(self, name: str) -> None:
        seen: list[str] = []
        eventually(self.page, lambda: seen.append(self.name) or seen[-1] == name, lambda: f"the launcher is called {name!r}; it was {set(seen)}")

    def box(self) -> dict[str, float]:
        quad = self.devtools.send("DOM.getBoxModel", {"backendNodeId": self._node()["backendDOMNodeId"]})["model"]["border"]
        return {"x": quad[0], "y": quad[1], "width": quad[2] - quad[0], "height": quad[5] - quad[1]}

    def click(self) -> None:
        self.page.mouse.click(*self._middle())

    def tap(self) -> None:
        self.page.touchscreen.tap(*self._middle())

    def _middle(self) -> tuple[float, float]:
        eventually(self.page, lambda: self.name, "the launcher")
        box = self.box()
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
