import pathlib

import pytest

from support import engine
from support import server as program
from support.practice import PracticeNode
from support.server import Server
from support.wire import Wire
from support.world import Visitor, World, found


@pytest.fixture(scope="session", autouse=True)
def program_is_built():
    if not program.PROGRAM.exists():
        pytest.exit(f"{program.PROGRAM} is not built: run `swift build` first, or scripts/test", returncode=3)


def pytest_runtest_setup(item):
    if engine.IS_SHARED and (mark := item.get_closest_marker("sqlite")):
        pytest.skip(f"of SQLite alone: {mark.args[0]}")


@pytest.fixture(scope="session")
def founded(tmp_path_factory) -> tuple[pathlib.Path, str]:
    """A data directory that was set up, to be copied, and the shop's key."""
    data = tmp_path_factory.mktemp("founded") / "data"
    return data, found(data)


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    """A server that many tests share; each makes its own visitor, and so its own conversation."""
    made = World.make(tmp_path_factory.mktemp("shared") / "data", TEST_ECHO="true")
    pid = made.server.pid
    yield made
    made.end()
    assert pid == made.server.pid and made.server.ended == 0, f"the shared server did not live to the end: {made.server.tail()}"


@pytest.fixture
def worlds(tmp_path, founded):
    """Makes worlds of the test's own: `worlds(DRAIN_TIME="10s")`."""
    made: list[World] = []

    def make(name: str = "data", **settings) -> World:
        template, key = founded
        engine.copy(template, tmp_path / name)
        made.append(World(Server(tmp_path / name, **(program.ROOMY | settings)).start(), key))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.fixture
def own_world(worlds) -> World:
    """A server of the test's own, to be killed, restarted and reconfigured."""
    return worlds()


@pytest.fixture
def server(tmp_path):
    """Makes servers that end with the test: `server(TLS_MODE="self-signed")`."""
    made: list[Server] = []

    def make(data: pathlib.Path | None = None, **settings) -> Server:
        made.append(Server(data or tmp_path / "data", **(program.ROOMY | settings)))
        return made[-1]

    yield make
    for one in made:
        one.end()


@pytest.fixture
def kim(world) -> Visitor:
    visitor = world.visitor(name="Kim")
    yield visitor
    visitor.close()


@pytest.fixture
def north():
    """A node of the test's own."""
    with PracticeNode("north") as node:
        yield node


@pytest.fixture
def wires():
    """Opens sockets that close with the test: `wires(kim)`."""
    made: list[Wire] = []

    def open_wire(person, **options) -> Wire:
        made.append(Wire.open(person, **options))
        return made[-1]

    open_wire.keep = lambda wire: made.append(wire) or wire
    yield open_wire
    for wire in made:
        wire.close()


@pytest.fixture(scope="session")
def bo(world):
    """An agent of the shared world's shop."""
    member = world.ada.invite("bo@lantern.example", "agent", "Bo", [world.shop_id])
    yield member
    member.close()


@pytest.fixture(scope="session")
def cy(world):
    """An agent of the shared world's second shop, who may not see the first."""
    shop = world.ada.make_shop("Second shop")
    member = world.ada.invite("cy@lantern.example", "agent", "Cy", [shop["id"]])
    member.shop = shop
    yield member
    member.close()
