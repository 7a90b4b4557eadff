"""A realistic afternoon at the shop, kept as pictures. With KEEP_PICTURES=1 they are those of the documentation (docs/images)."""
import os
import shutil

from playwright.sync_api import expect

from support import server as program
from support.browser import DESKTOP, StaffPage

IMAGES = program.TOP / "docs/images"


def publish(path, name: str) -> None:
    assert path.stat().st_size < 250_000, f"{name}: {path.stat().st_size} bytes"
    if os.environ.get("KEEP_PICTURES"):
        IMAGES.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, IMAGES / name)


def test_an_afternoon_at_the_lantern(own, world, keep):
    world.ada.answer(world.ada.http.patch("/api/me", json={"name": "Ada"}), 200)
    bo = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    others = {
        "Noor": ["Do you ship to Rotterdam?"], "林月": ["请问元宵灯笼还有货吗？", "需要两个。"], "Matteo": ["The switch of my Harbour lamp is loose."],
        "Sam Okafor": ["Can I bring my lamp in on Saturday?"],
    }
    made = {}
    for name, texts in others.items():
        visitor = world.visitor(name=name, page="https://lantern.example/lamps")
        for text in texts:
            made[name] = visitor.send(text)["conversation"]
    bo.send(made["Sam Okafor"], text="Of course, we are here from 10 to 18.")
    bo.send(made["Sam Okafor"], kind="assign", member=bo.id)
    bo.send(made["Matteo"], kind="assign", member=world.ada.id)

    kim = own.visitor(viewport=DESKTOP).show()
    kim.panel.get_by_role("button", name="Your details").click()
    kim.panel.get_by_role("textbox", name="Name").fill("Kim")
    kim.panel.get_by_role("textbox", name="E-mail").fill("kim@example.net")
    kim.panel.get_by_role("button", name="Save").click()
    bob = own.staff(bo)
    expect(bob.live).to_be_visible()
    kim.say("Hello! I broke the glass of my storm lantern while cleaning it.")
    kim.say("Can I get a new one, or is the lamp gone?")
    bob.open("Kim").say("Oh no! The lamp is fine: every part of it can be replaced.")
    bob.say("I am asking Ada, who builds them.")
    bob.page.get_by_role("button", name="Assign").click()
    bob.page.get_by_role("menuitemradio", name="Ada").click()
    bob.note("She bought it two years ago, so the glass is free.")
    expect(bob.bubble("She bought it two years ago, so the glass is free.")).to_be_visible()
    ada = StaffPage(own.signed_in(world.ada), own.base).go("/inbox/all")
    ada.open("Kim").say("Hi Kim, this is Ada. A new glass goes out tomorrow, at no cost.")
    expect(ada.bubble("Hi Kim, this is Ada. A new glass goes out tomorrow, at no cost.")).to_contain_text("Read")
    kim.say("That is wonderful, thank you! 🏮")
    expect(ada.bubble("That is wonderful, thank you! 🏮")).to_be_visible()
    kim.field.press_sequentially("And")
    expect(ada.page.get_by_text("Kim is typing").first).to_be_visible()
    publish(keep(ada.page, "console"), "console.png")
    kim.field.fill("")
    ada.field.press_sequentially("You are welcome")
    expect(kim.panel.get_by_text("Ada is typing…")).to_be_visible()
    publish(keep(kim.page, "widget"), "widget.png")
