"""Two instances behind a proxy, visitors on one and a member on the other, and everything that can go away going away: nothing that was
acknowledged is lost, nothing is shown twice, and everybody hears everything in order."""
import asyncio
import json
import os
import sys
import time

import httpx
import pytest

from support.crowd import Crowd

#: How often each trouble comes.
ROUNDS = int(os.environ.get("TROUBLES", "2"))


def run(crowd: Crowd, trouble) -> None:
    began = time.monotonic()
    asyncio.run(crowd.live_through(trouble))
    count = crowd.check()
    print(f"{count} messages in {time.monotonic() - began:.1f} s; connections: "
          + ", ".join(f"{client.name} {client.connects}" for client in crowd.clients), file=sys.stderr)


def again_and_again(times: int, calm: float, *steps):
    """A trouble in rounds: `steps` are called with the round's number, each after `calm` seconds, and calm is the end."""

    async def trouble():
        for number in range(times):
            for step in steps:
                await asyncio.sleep(calm)
                await asyncio.to_thread(step, number)
        await asyncio.sleep(calm)

    return trouble


@pytest.mark.timeout(300)
def test_either_instance_is_killed_and_comes_back(houses):
    house = houses("one", "two")
    instances = list(house.instances.values())
    run(Crowd(house, 1), again_and_again(
        2 * ROUNDS, 1, lambda number: instances[number % 2].kill(), lambda number: instances[number % 2].launch().await_ready()))


@pytest.mark.timeout(300)
def test_a_killed_worker_of_one_instance_is_replaced_beside_the_other(houses):
    house = houses("one", "two")
    instances = list(house.instances.values())
    run(Crowd(house, 2), again_and_again(4 * ROUNDS, 0.5, lambda number: instances[number % 2].kill_worker()))


@pytest.mark.timeout(300)
def test_redis_goes_and_comes(houses, own_redis):
    house = houses("one", "two", bus=own_redis)
    # Dead the one time, deaf the other.
    run(Crowd(house, 3), again_and_again(
        2 * ROUNDS, 1.5, lambda number: own_redis.kill() if number % 2 else own_redis.pause(),
        lambda number: own_redis.start() if number % 2 else own_redis.go_on()))
    for name, server in house.instances.items():
        await_bus(server, 1)
        figures = bus_figures(server)
        assert figures["switchboard_bus_reconnects_total"] >= 1 and figures["switchboard_bus_heard_total"] > 0, figures
        link = json.loads(house.command("status", name=name).stdout)["shared"]["redis"]
        assert link["isUp"] and link["reconnects"] >= 1 and link["lastError"], link
    own_redis.kill()
    await_bus(server, 0)
    report = json.loads(house.command("doctor", "--json", "--only", "SHARE", name=name).stdout)
    check = {check["id"]: check for check in report["checks"]}["SHARE-014"]
    assert check["status"] == "warn" and int(check["evidence"]["reconnects"]) >= 1, check


def bus_figures(server) -> dict[str, float]:
    page = httpx.get(server.base + "/metrics").text
    return {line.split()[0]: float(line.split()[1]) for line in page.splitlines() if line.startswith("switchboard_bus_")}


def await_bus(server, wanted: int) -> None:
    deadline = time.monotonic() + 20
    while bus_figures(server)["switchboard_bus_up"] != wanted:
        assert time.monotonic() < deadline, server.tail()
        time.sleep(0.1)


@pytest.mark.timeout(300)
def test_the_database_is_restarted_in_the_midst(houses, own_mariadb):
    house = houses("one", "two", database=own_mariadb)
    workers = [server.pid for server in house.instances.values()]
    run(Crowd(house, 4), again_and_again(
        2 * ROUNDS, 1, lambda number: own_mariadb.kill() if number % 2 else own_mariadb.stop(), lambda number: own_mariadb.start()))
    assert [server.pid for server in house.instances.values()] == workers, "an outage of the database is no reason to end"


@pytest.mark.timeout(300)
def test_without_redis_two_instances_hear_of_each_other_by_looking(houses):
    run(Crowd(houses("one", "two", bus=None), 5), again_and_again(0, 5))
