import shutil

import pytest

from support import server as program
from support.server import Server
from support.world import World, found


@pytest.fixture(scope="session")
def template(tmp_path_factory):
    """A data directory that was set up once, and the shop's key."""
    data = tmp_path_factory.mktemp("template") / "data"
    return data, found(data)


@pytest.fixture
def worlds(tmp_path, template):
    """Makes worlds of the test's own: `worlds(DRAIN_TIME="10s")`."""
    made: list[World] = []

    def make(name: str = "data", **settings) -> World:
        data, key = template
        shutil.copytree(data, tmp_path / name)
        made.append(World(Server(tmp_path / name, **(program.ROOMY | settings)).start(), key))
        return made[-1]

    yield make
    for one in made:
        one.end()
