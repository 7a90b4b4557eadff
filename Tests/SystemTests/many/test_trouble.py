"""Two instances behind a proxy, visitors on one and a member on the other, and everything that can go away going away: nothing that was
acknowledged is lost, nothing is shown twice, and everybody hears everything in order."""
import asyncio
import os
import sys
import time

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


async def later(body, *arguments):
    return await asyncio.to_thread(body, *arguments)


@pytest.mark.timeout(300)
def test_either_instance_is_killed_and_comes_back(houses):
    house = houses("one", "two")
    crowd = Crowd(house, 1)

    async def trouble():
        for number in range(2 * ROUNDS):
            victim = house.instances[("one", "two")[number % 2]]
            await asyncio.sleep(1)
            await later(victim.kill)
            await asyncio.sleep(1)
            await later(victim.launch)
            await later(victim.await_ready)
        await asyncio.sleep(1)

    run(crowd, trouble)


@pytest.mark.timeout(300)
def test_a_killed_worker_of_one_instance_is_replaced_beside_the_other(houses):
    house = houses("one", "two")
    crowd = Crowd(house, 2)

    async def trouble():
        for number in range(4 * ROUNDS):
            await asyncio.sleep(0.5)
            await later(house.instances[("one", "two")[number % 2]].kill_worker)
        await asyncio.sleep(1)

    run(crowd, trouble)


@pytest.mark.timeout(300)
def test_redis_goes_and_comes(houses, own_redis):
    house = houses("one", "two", bus=own_redis)
    crowd = Crowd(house, 3)

    async def trouble():
        for number in range(2 * ROUNDS):
            await asyncio.sleep(1)
            # Dead the one time, deaf the other.
            await later(own_redis.kill if number % 2 else own_redis.pause)
            await asyncio.sleep(2)
            await later(own_redis.start if number % 2 else own_redis.go_on)
        await asyncio.sleep(1)

    run(crowd, trouble)


@pytest.mark.timeout(300)
def test_the_database_is_restarted_in_the_midst(houses, own_mariadb):
    house = houses("one", "two", database=own_mariadb)
    crowd = Crowd(house, 4)
    workers = [server.pid for server in house.instances.values()]

    async def trouble():
        for number in range(2 * ROUNDS):
            await asyncio.sleep(1)
            await later(own_mariadb.kill if number % 2 else own_mariadb.stop)
            await asyncio.sleep(1)
            await later(own_mariadb.start)
        await asyncio.sleep(1)

    run(crowd, trouble)
    assert [server.pid for server in house.instances.values()] == workers, "an outage of the database is no reason to end"


@pytest.mark.timeout(300)
def test_without_redis_two_instances_hear_of_each_other_by_looking(houses):
    house = houses("one", "two", bus=None)
    crowd = Crowd(house, 5)

    async def trouble():
        await asyncio.sleep(5)

    run(crowd, trouble)
