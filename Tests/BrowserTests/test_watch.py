"""The watch that stands over every test here sees what it must see."""
import pytest

from support.browser import Watch, eventually

TROUBLE = {
    "an error in the log": ("console.error('broken')", "console error: broken"),
    "an exception": ("setTimeout(() => { throw new Error('thrown') })", "page error: thrown"),
    "a question": ("setTimeout(() => alert('hello'))", "dialog: hello"),
    "an inline script": ("document.body.append(Object.assign(document.createElement('script'), { textContent: '1' }))", "Content Security Policy"),
    "an inline style": ("document.body.setAttribute('style', 'color: red')", "Content Security Policy"),
}


@pytest.mark.parametrize("name", TROUBLE)
def test_the_watch_sees(chromium, shared, name):
    act, seen = TROUBLE[name]
    watch, context = Watch(), chromium.new_context()
    watch.over(context)
    page = context.new_page()
    page.goto(f"{shared.server.base}/widget/{shared.key}")
    assert watch.verdict() == []
    page.evaluate(act)
    eventually(page, lambda: any(seen in fault for fault in watch.verdict()), lambda: f"{seen}; seen: {watch.faults}")
    context.close()


def test_the_watch_sees_a_page_that_asks_another_server(chromium):
    watch, context = Watch(), chromium.new_context()
    watch.over(context)
    page = context.new_page()
    page.route("http://elsewhere.example/**", lambda route: route.fulfill(body=""))
    page.evaluate("void fetch('http://elsewhere.example/', { mode: 'no-cors' })")
    eventually(page, lambda: "asked another server: http://elsewhere.example/" in watch.verdict(), lambda: f"seen: {watch.faults}")
    context.close()
