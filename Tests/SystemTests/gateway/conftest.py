import pathlib

import pytest

from support import claude
from support.claude import ClaudeCode
from support.gateway import QUICK, Gateway, Key, template
from support.practice import PracticeNode


@pytest.fixture(scope="session")
def practised():
    """North and south: one process each for the whole run."""
    with PracticeNode("north") as north, PracticeNode("south") as south:
        yield north, south


@pytest.fixture
def north(practised) -> PracticeNode:
    practised[0].clear()
    yield practised[0]
    practised[0].clear()


@pytest.fixture
def south(practised) -> PracticeNode:
    practised[1].clear()
    yield practised[1]
    practised[1].clear()


@pytest.fixture
def nodes():
    """Makes practice nodes that end with the test: `nodes("west", "--key", "k")`."""
    made: list[PracticeNode] = []

    def make(name: str, *options: str) -> PracticeNode:
        made.append(PracticeNode(name, *options).start())
        return made[-1]

    yield make
    for node in made:
        node.end()


@pytest.fixture(scope="session")
def set_up(tmp_path_factory) -> pathlib.Path:
    """A data directory that was set up, to be copied."""
    return template(tmp_path_factory.mktemp("template"))


@pytest.fixture
def gateways(tmp_path, set_up):
    """Makes gateways that end with the test: `gateways(GATEWAY_QUEUE=0)`."""
    made: list[Gateway] = []

    def make(**settings) -> Gateway:
        made.append(Gateway.make(tmp_path / f"gateway-{len(made)}", set_up, **settings))
        return made[-1]

    yield make
    for gateway in made:
        gateway.end()


@pytest.fixture
def gateway(gateways) -> Gateway:
    """A gateway of the test's own, without nodes, that gives up early."""
    return gateways(**QUICK)


@pytest.fixture
def keys():
    """Makes keys whose connections end with the test: `keys(gateway, concurrency=1)`."""
    made: list[Key] = []

    def make(gateway: Gateway, *names: str, **limits) -> Key:
        made.append(gateway.key(*names, **limits))
        return made[-1]

    yield make
    for key in made:
        key.close()


@pytest.fixture(scope="session")
def house(tmp_path_factory, set_up, practised) -> Gateway:
    """A gateway that many tests share, as users have it: north for Anthropic's clients, and both kinds of node for OpenAI's."""
    made = Gateway.make(tmp_path_factory.mktemp("house") / "data", set_up)
    made.add(practised[0])
    made.add(practised[1], name="south-openai", family="openai")
    pid = made.server.pid
    yield made
    made.end()
    assert pid == made.server.pid and made.server.ended == 0, f"the shared gateway did not live to the end: {made.server.tail()}"


@pytest.fixture
def key(house, keys) -> Key:
    """A key of the shared gateway; its requests are the test's own."""
    return keys(house)


@pytest.fixture
def claude_code(tmp_path):
    """`claude_code(base, key)`: the real Claude Code, pointed at a gateway."""
    if not claude.program():
        pytest.skip("NOT TESTED: the real Claude Code is not installed (Tests/clients.txt)")
    return lambda base, key, **environment: ClaudeCode(tmp_path / "claude", base, key, **environment)


@pytest.fixture
def anthropic_sdk():
    return pytest.importorskip("anthropic", reason="NOT TESTED: the package anthropic is not installed (Tests/clients.txt)")


@pytest.fixture
def openai_sdk():
    return pytest.importorskip("openai", reason="NOT TESTED: the package openai is not installed (Tests/clients.txt)")
