"""Networks that go and come, and a server that dies: nobody has to do anything, nothing is lost, nothing comes twice."""
import re
import socket
import threading

import pytest
from playwright.sync_api import expect

from support.browser import LOST, Line, ShopPage, StaffPage


@pytest.fixture(autouse=True)
def lost_connections_are_expected(watch):
    watch.allow(LOST)


def stored(person) -> list[str]:
    """The messages as the server has them."""
    return [event["body"]["text"] for event in person["events"] if event["kind"] == "message"]


def conversation_of(world) -> dict:
    [row] = world.ada.get("/api/inbox", view="all")["items"]
    return world.ada.snapshot(row["id"])


def talking(own, world) -> tuple[StaffPage, ShopPage]:
    """Ada and Kim, with the conversation open on both sides."""
    kim = own.visitor().show()
    kim.say("Hello, is somebody there?")
    ada = own.staff(world.ada)
    ada.rows.get_by_role("link").click()
    ada.say("Yes, I am.")
    for screen in (ada, kim):
        screen.shows(["Hello, is somebody there?", "Yes, I am."])
    return ada, kim


def test_a_visitor_who_writes_without_a_network_is_told_so_and_it_arrives_once(own, world, keep):
    ada, kim = talking(own, world)
    kim.cut()
    kim.say("Written in the tunnel")
    expect(kim.bubble("Written in the tunnel")).to_contain_text("Kept here – sent when the connection is back")
    expect(kim.panel.get_by_text("No connection. What you write is kept and sent later.")).to_be_visible()
    keep(kim.page, "network-widget-offline")
    kim.say("And one more")
    ada.say("Are you still there?")
    kim.mend()
    history = ["Hello, is somebody there?", "Yes, I am.", "Are you still there?", "Written in the tunnel", "And one more"]
    ada.shows(history)
    kim.shows(history)
    expect(kim.bubble("And one more")).to_contain_text("Read")
    assert stored(conversation_of(world)) == history


def test_a_member_who_writes_without_a_network_is_told_so_and_it_arrives_once(own, world, keep):
    ada, kim = talking(own, world)
    ada.cut()
    ada.say("Written on the train")
    expect(ada.bubble("Written on the train")).to_contain_text("Waiting to be sent")
    expect(ada.page.get_by_text("Offline – your messages are kept and sent later")).to_be_visible()
    expect(ada.page.get_by_role("button", name="Connection: Offline").first).to_be_visible()
    keep(ada.page, "network-console-offline")
    kim.say("Hello?")
    ada.mend()
    kim.shows(["Hello, is somebody there?", "Yes, I am.", "Hello?", "Written on the train"])
    ada.shows(["Hello, is somebody there?", "Yes, I am.", "Hello?", "Written on the train"])
    expect(ada.live).to_be_visible()
    assert len(stored(conversation_of(world))) == 4


def test_a_server_that_is_killed_in_mid_conversation_is_found_again_without_anybody_doing_anything(own, world, keep):
    ada, kim = talking(own, world)
    port = world.server.port
    world.server.kill()
    kim.say("Before it is back")
    ada.say("While it is down")
    expect(kim.bubble("Before it is back")).to_contain_text("Kept here")
    expect(ada.bubble("While it is down")).to_contain_text("Waiting to be sent")
    keep(ada.page, "network-console-server-down")
    world.server.restart()
    assert world.server.port == port
    for screen in (ada, kim):
        expect(screen.bubbles).to_have_count(4, timeout=30_000)
    expect(kim.bubble("Before it is back")).to_contain_text("Read")
    expect(ada.bubble("While it is down")).to_contain_text("Read")
    ada.say("There we are")
    kim.shows([*kim.texts()[:4], "There we are"])
    order = stored(conversation_of(world))
    assert order[:2] == ["Hello, is somebody there?", "Yes, I am."] and sorted(order[2:4]) == ["Before it is back", "While it is down"]
    for screen in (ada, kim):
        screen.shows(order)


def test_a_server_that_is_killed_again_and_again_while_both_write_loses_and_doubles_nothing(own, world):
    ada, kim = talking(own, world)
    for round in range(3):
        kim.say(f"Kim {round}")
        ada.say(f"Ada {round}")
        world.server.kill()
        kim.say(f"Kim {round}, later")
        world.server.restart()
        for screen in (ada, kim):
            expect(screen.bubbles).to_have_count(2 + 3 * (round + 1), timeout=30_000)
    order = stored(conversation_of(world))
    assert len(order) == len(set(order)) == 11
    assert [text for text in order if text.startswith("Kim")] == [f"Kim {round}{later}" for round in range(3) for later in ("", ", later")]
    for screen in (ada, kim):
        screen.shows(order)


def test_a_message_written_without_a_network_survives_a_reload_and_arrives_once(own, world):
    ada, kim = talking(own, world)
    kim.cut()
    kim.say("Typed, then reloaded")
    expect(kim.bubble("Typed, then reloaded")).to_contain_text("Kept here")
    kim.mend()
    kim.page.reload()
    kim.show()
    history = ["Hello, is somebody there?", "Yes, I am.", "Typed, then reloaded"]
    kim.shows(history)
    ada.shows(history)
    ada.cut()
    ada.say("The same for me")
    expect(ada.bubble("The same for me")).to_contain_text("Waiting to be sent")
    ada.mend()
    ada.page.reload()
    history.append("The same for me")
    ada.shows(history)
    kim.shows(history)
    assert stored(conversation_of(world)) == history


def test_a_message_that_was_stored_but_not_acknowledged_when_the_page_was_reloaded_arrives_once(own, world):
    context = own.context()
    line = Line(context)
    kim = ShopPage(context, own.base).go("/demo").show()
    kim.say("First")
    expect(kim.bubble("First")).to_contain_text("Sent")
    line.hold("ack", "events")
    kim.say("Stored, but nobody told me")
    ada = own.staff(world.ada)
    ada.rows.get_by_role("link").click()
    ada.shows(["First", "Stored, but nobody told me"])
    expect(kim.bubble("Stored, but nobody told me")).to_contain_text("Sending")
    kim.page.reload()
    line.drop()
    kim.show()
    kim.shows(["First", "Stored, but nobody told me"])
    expect(kim.bubble("Stored, but nobody told me")).to_contain_text("Read")
    kim.say("Good")
    for screen in (kim, ada):
        screen.shows(["First", "Stored, but nobody told me", "Good"])
    assert stored(conversation_of(world)) == ["First", "Stored, but nobody told me", "Good"]


def test_a_first_message_is_being_sent_while_the_page_still_connects(own, world, keep):
    context = own.context()
    context.route("**/tickets", lambda route: None)
    kim = ShopPage(context, own.base).go("/demo").show()
    kim.say("Hello?")
    expect(kim.bubble("Hello?")).to_contain_text("Sending…")
    expect(kim.panel.get_by_text("Connecting…")).to_be_visible()
    expect(kim.bubble("Hello?")).not_to_contain_text("Kept here")
    keep(kim.page, "network-widget-first-message")
    context.unroute("**/tickets")
    expect(kim.bubble("Hello?")).to_contain_text("Sent")


def test_a_first_message_written_without_a_network_begins_the_conversation_when_it_is_back(own, world):
    kim = own.visitor().show()
    kim.cut()
    kim.say("My very first word")
    expect(kim.bubble("My very first word")).to_contain_text("Kept here")
    kim.mend()
    expect(kim.bubble("My very first word")).to_contain_text("Sent")
    ada = own.staff(world.ada)
    ada.rows.get_by_role("link").click()
    ada.shows(["My very first word"])


def test_a_draft_survives_a_reload_on_both_sides(own, world):
    ada, kim = talking(own, world)
    kim.field.fill("Half a thought")
    ada.field.fill("Half an answer")
    kim.page.reload()
    ada.page.reload()
    kim.show()
    expect(kim.field).to_have_value("Half a thought")
    expect(ada.field).to_have_value("Half an answer")


def test_where_no_live_connection_gets_through_both_sides_talk_all_the_same(own, world, watch):
    """A proxy that lets only plain requests pass."""
    screens = []
    for context in (own.context(), own.signed_in(world.ada)):
        context.route_web_socket(re.compile("/ws/"), lambda line: line.close())
        screens.append(context)
    kim = ShopPage(screens[0], own.base).go("/demo").show()
    kim.say("Can you hear me?")
    expect(kim.bubble("Can you hear me?")).to_contain_text("Sent", timeout=20_000)
    ada = StaffPage(screens[1], own.base).go("/inbox/all")
    ada.rows.get_by_role("link").click()
    expect(ada.page.get_by_role("button", name="Connection: Live, slower").first).to_be_visible(timeout=20_000)
    ada.say("Slowly, but yes.")
    for text in ("Good.", "Very good."):
        kim.say(text)
    for screen in (kim, ada):
        expect(screen.bubbles).to_have_count(4, timeout=20_000)
    order = stored(conversation_of(world))
    assert len(set(order)) == 4 and order[0] == "Can you hear me?" and order.index("Good.") < order.index("Very good.")
    for screen in (kim, ada):
        screen.shows(order)


class Cable:
    """A TCP line to the server, in which live connections can fall silent without being closed, as in a router that forgot them."""

    def __init__(self, port: int):
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._silent: set[socket.socket] = set()
        self._live: set[socket.socket] = set()
        self._open: set[socket.socket] = set()
        self.base = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open |= {near, far}
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    def _carry(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                if data.startswith(b"GET /ws/"):
                    self._live |= {source, sink}
                if source not in self._silent:
                    sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def fall_silent(self) -> None:
        self._silent |= self._live

    def forget(self) -> int:
        """Every connection that is open now, also those that a browser keeps for its next request. New ones work. Answers how many."""
        self._silent |= self._open
        return len(self._open) // 2

    def close(self) -> None:
        self._listener.close()
        for one in self._open:
            one.close()


def test_a_live_connection_that_falls_silent_is_noticed_by_whoever_writes_and_nothing_is_lost(own, world):
    cable = Cable(world.server.port)
    try:
        page = own.context().new_page()
        page.goto(f"{cable.base}/widget/{world.key}")
        field, log = page.get_by_role("textbox", name="Write a message…"), page.get_by_role("main", name="Messages")
        field.fill("Before the tunnel")
        field.press("Enter")
        expect(log.get_by_role("listitem").filter(has_text="Before the tunnel")).to_contain_text("Sent")
        cable.fall_silent()
        field.fill("In the tunnel")
        field.press("Enter")
        item = log.get_by_role("listitem").filter(has_text="In the tunnel")
        expect(item).to_contain_text("Sending")
        expect(item).to_contain_text("Sent", timeout=30_000)
        assert stored(conversation_of(world)) == ["Before the tunnel", "In the tunnel"]
    finally:
        cable.close()


def test_when_every_connection_died_silently_it_is_found_out_and_mended_within_seconds(own, world):
    """A router that restarts forgets them all; the browser would wait for answers on its kept connections, one after the other."""
    cable = Cable(world.server.port)
    try:
        page = own.context().new_page()
        page.goto(f"{cable.base}/widget/{world.key}")
        field, log = page.get_by_role("textbox", name="Write a message…"), page.get_by_role("main", name="Messages")
        field.fill("Before the restart")
        field.press("Enter")
        expect(log.get_by_role("listitem").filter(has_text="Before the restart")).to_contain_text("Sent")
        assert cable.forget() >= 2
        field.fill("After the restart")
        field.press("Enter")
        expect(page.get_by_text("Connecting…")).to_be_visible(timeout=12_000)
        expect(log.get_by_role("listitem").filter(has_text="After the restart")).to_contain_text("Sent", timeout=15_000)
        assert stored(conversation_of(world)) == ["Before the restart", "After the restart"]
    finally:
        cable.close()
