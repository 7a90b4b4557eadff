import os
import pathlib
import re
import shutil

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from support import server as program
from support.browser import People, Watch
from support.server import Server
from support.world import World

ARTEFACTS = program.TOP / "test-artefacts"
expect.set_options(timeout=10_000)


@pytest.fixture(scope="session", autouse=True)
def program_is_built():
    if not program.PROGRAM.exists():
        pytest.exit(f"{program.PROGRAM} is not built: run `swift build` first, or scripts/test", returncode=3)


@pytest.fixture(scope="session")
def chromium() -> Browser:
    where = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not where:
        pytest.exit("no chromium: apt-get install chromium, or set CHROMIUM", returncode=3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=where, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"])
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    """Holds for every test: nothing that a page does may go unseen."""
    made = Watch()
    yield made
    assert made.verdict() == []


@pytest.fixture(scope="module")
def shared(tmp_path_factory) -> World:
    """A server for the tests of one file that do not mind each other's visitors."""
    made = World.make(tmp_path_factory.mktemp("shared") / "data")
    yield made
    made.ada.close()
    made.end()


@pytest.fixture
def world(tmp_path) -> World:
    """A server of the test's own: counts begin at nothing, and it may be killed."""
    made = World.make(tmp_path / "data")
    yield made
    made.ada.close()
    made.end()


@pytest.fixture
def fresh(tmp_path) -> Server:
    """A server that nobody has set up."""
    made = Server(tmp_path / "data", **program.ROOMY).start()
    yield made
    made.end()


@pytest.fixture
def gather(chromium, watch, request):
    """Brings people to a server: `gather(world.server)`."""
    made: list[People] = []

    def people(server: Server, base: str | None = None) -> People:
        made.append(People(chromium, base or server.base, watch))
        return made[-1]

    yield people
    name = re.sub(r"[^\w-]+", "-", request.node.name)
    for number, page in enumerate(page for one in made for context in one.contexts for page in context.pages):
        if getattr(request.node, "failed", False):
            picture(page, f"failed/{name}-{number}")
    for one in made:
        one.close()


@pytest.fixture
def people(shared, gather) -> People:
    """People at the file's shared server."""
    return gather(shared.server)


@pytest.fixture
def own(world, gather) -> People:
    """People at the test's own server."""
    return gather(world.server)


@pytest.fixture
def keep():
    """Keeps a picture of a page as an artefact: `keep(page, "inbox-dark")`."""
    return picture


def picture(page, name: str) -> pathlib.Path:
    path = ARTEFACTS / f"{name}.png"
    path.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=path, animations="disabled")
    return path


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    if call.when == "call" and outcome.get_result().failed:
        item.failed = True
