"""A key's limits hold for all instances together: nobody gets more by asking at two doors, and nobody less."""
import concurrent.futures
import sys
import threading
import time

import httpx
import pytest

from support.gateway import Gateway, hello

#: What one request costs: 12 × $1 + 13 × $5 a million tokens, in nano-dollars.
COST = 77_000


class Both:
    """The two instances' doors, and programs that ask at both."""

    def __init__(self, house, north):
        self.house = house
        self.gateways = {name: Gateway(server) for name, server in house.instances.items()}
        self.one = self.gateways["one"]
        self.one.add(north)

    def key(self, **limits):
        key = self.one.key(**limits)
        deadline = time.monotonic() + 5
        while httpx.get(self.gateways["two"].base + "/v1/models", headers={"x-api-key": key.text}).status_code != 200:
            assert time.monotonic() < deadline, "the other instance does not hear of a new key"
            time.sleep(0.02)
        return key

    def hammer(self, key, threads: int, seconds: float) -> list[tuple[float, str, int]]:
        """When, where, and with which status; `threads` at each door."""
        answers: list[tuple[float, str, int]] = []
        end, lock = time.monotonic() + seconds, threading.Lock()

        def ask(name: str) -> None:
            with httpx.Client(base_url=self.gateways[name].base, timeout=30, headers={"x-api-key": key.text}) as http:
                while time.monotonic() < end:
                    status = http.post("/v1/messages", json=hello()).status_code
                    with lock:
                        answers.append((time.monotonic(), name, status))

        with concurrent.futures.ThreadPoolExecutor(2 * threads) as pool:
            for future in [pool.submit(ask, name) for name in self.gateways for _ in range(threads)]:
                future.result()
        return answers


@pytest.fixture(params=["redis", "no redis", "redis dead"])
def both(request, houses, own_redis, north):
    house = houses("one", "two", bus=None if request.param == "no redis" else own_redis)
    made = Both(house, north)
    if request.param == "redis dead":
        own_redis.kill()
    return made


def test_money_is_not_overspent_by_more_than_one_request_in_flight_per_instance(both):
    key = both.key(budgetDay=str(40 * COST))
    answers = both.hammer(key, 3, 6)
    paid = [answer for answer in answers if answer[2] == 200]
    assert {status for _, _, status in answers} == {200, 402}
    spent = len(paid) * COST
    # At most 64 tokens of an answer are reserved, 13 are used: the last dollars may stay, as on one instance.
    assert 40 * COST - 2 * 400_000 <= spent <= (40 + 2) * COST, len(paid)
    deadline = time.monotonic() + 10
    while both.house.rows(f"SELECT COALESCE(sum(cost), 0) FROM gateway_hour WHERE key_id = '{key.id}'") != [[str(spent)]]:
        assert time.monotonic() < deadline, (spent, both.house.rows(f"SELECT sum(cost) FROM gateway_hour WHERE key_id = '{key.id}'"))
        time.sleep(0.1)
    assert {name for _, name, status in paid} == {"one", "two"}, "both instances serve it"
    print(f"{len(paid)} of {len(answers)} paid; {spent} of {40 * COST} nano-dollars", file=sys.stderr)


def test_requests_a_minute_are_counted_together(both):
    key = both.key(requestsPerMinute=30)
    # Not over the turn of a minute, at which a new count may begin.
    time.sleep((60 - time.time() % 60) % 60 if time.time() % 60 > 45 else 0)
    began = time.monotonic()
    answers = both.hammer(key, 3, 5)
    served = sum(status == 200 for _, _, status in answers)
    assert {status for _, _, status in answers} == {200, 429}
    # What a minute's count gives back while we ask is a thirtieth each two seconds.
    assert 28 <= served <= 30 + 2 + (time.monotonic() - began) / 2 + 1, served


def test_places_are_shared(both, north):
    key = both.key(concurrency=4)
    north.clear()
    north.play("slow:300", repeat=0)
    answers = both.hammer(key, 6, 5)
    served = sum(status == 200 for _, _, status in answers)
    assert {status for _, _, status in answers} == {200, 429}
    # As the node saw them: never more than the limit and one in flight for each instance; and not much less than what fits.
    spans = [(one.at, one.at + (one.ended_after or 0)) for one in north.asked]
    most = max(sum(begun <= at < ended for begun, ended in spans) for at, _ in spans)
    assert most <= 4 + 2, most
    assert served >= 0.5 * 4 * 5 / 0.3, served
    print(f"{served} served, {most} at most at the same time", file=sys.stderr)
