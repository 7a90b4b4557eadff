"""Two instances, each on a node of its own of a three-node Galera cluster, which loses nodes."""
import asyncio
import sys
import time

import pytest

from support import galera
from support import server as program
from support.crowd import Crowd
from support.databases import MariaDB
from support.many import House

reason = galera.lacking()


@pytest.fixture(scope="module")
def cluster():
    if reason:
        pytest.skip(f"A GALERA CLUSTER IS NOT TESTED: this machine lacks {reason}")
    with galera.Cluster() as made:
        yield made


@pytest.fixture
def house(cluster, redis, tmp_path):
    made = House(tmp_path / "house", cluster.nodes[0], redis, ("one", "two"), **program.ROOMY)
    name = MariaDB.name(made.url)
    made.instances["two"].settings["DATABASE_URL"] = cluster.nodes[1].url(name)
    try:
        yield made.start()
    finally:
        made.end()


@pytest.mark.timeout(400)
def test_a_cluster_that_loses_a_node_loses_no_message(cluster, house):
    """First one that nobody is connected to, then the one of the second instance, which says that it can't serve until its node is back."""
    crowd = Crowd(house, 7)
    stalls: list[float] = []

    async def trouble():
        await asyncio.sleep(2)
        began = time.monotonic()
        await asyncio.to_thread(cluster.nodes[2].kill)
        await until_written(crowd)
        stalls.append(time.monotonic() - began)
        await asyncio.to_thread(back, cluster.nodes[2])
        await asyncio.to_thread(cluster.nodes[1].kill)
        await asyncio.sleep(8)
        await asyncio.to_thread(back, cluster.nodes[1])
        await asyncio.sleep(3)

    asyncio.run(crowd.live_through(trouble))
    count = crowd.check()
    assert int(cluster.nodes[1].run("SELECT count(*) FROM event", MariaDB.name(house.url))[0][0]) == count
    print(f"{count} messages; writes stood still for {stalls[0]:.1f} s after a node's death", file=sys.stderr)


def back(node: galera.Node) -> None:
    node.start(60)
    node.await_synced()


async def until_written(crowd: Crowd) -> None:
    """Until everything that was written before is acknowledged."""
    waiting = {(client, name) for client in crowd.clients for name in client.outbox}
    while any(name in client.outbox for client, name in waiting):
        await asyncio.sleep(0.05)
