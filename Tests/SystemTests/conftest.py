import pathlib

import pytest

from support import server as program
from support.server import Server
from support.wire import Wire
from support.world import Visitor, World


@pytest.fixture(scope="session", autouse=True)
def program_is_built():
    if not program.PROGRAM.exists():
        pytest.exit(f"{program.PROGRAM} is not built: run `swift build` first, or scripts/test", returncode=3)


@pytest.fixture(scope="session")
def world(tmp_path_factory) -> World:
    """A server that many tests share; each makes its own visitor, and so its own conversation."""
    made = World.make(tmp_path_factory.mktemp("shared") / "data", TEST_ECHO="true")
    pid = made.server.pid
    yield made
    made.end()
    assert pid == made.server.pid and made.server.ended == 0, f"the shared server did not live to the end: {made.server.tail()}"


@pytest.fixture
def own_world(tmp_path) -> World:
    """A server of the test's own, to be killed, restarted and reconfigured."""
    made = World.make(tmp_path / "data")
    yield made
    made.end()


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
