"""The places of a provider, counted over two workers with a real Redis, and a part for each person."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
import requests

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, http
from tests.support.servers.cluster import (
    both_workers,
    on_both_servers,
    pair,  # noqa: F401
    redis,  # noqa: F401
    until,
    workers,
)
from tests.support.servers.redis_server import RedisServer, needs_redis

pytestmark = needs_redis
LIMITS = "limits:\n  everyone: {provider_places: 4}\n"


class Crowd:
    """Callers whose answers the provider holds back until `release`."""

    def __init__(self, portal: Portal, fake: FakeProvider, pool: ThreadPoolExecutor) -> None:
        self.portal, self.fake, self.pool = portal, fake, pool
        self.release = threading.Event()
        for _ in range(40):
            fake.script(self.release, http(200, completion()), KEEP)

    def ask(self, who: str, times: int) -> list[Future[requests.Response]]:
        chat = self.portal.chat
        return [self.pool.submit(chat, who, who=who) for _ in range(times)]

    @property
    def asked(self) -> list[str]:
        return [str(post.body["messages"][-1]["content"]) for post in self.fake.posts]


@pytest.fixture
def crowd(pair: Portal, fake: FakeProvider) -> Iterator[Crowd]:  # noqa: F811
    with ThreadPoolExecutor(40) as pool:
        crowd = Crowd(pair, fake, pool)
        yield crowd
        crowd.release.set()


def started(crowd: Crowd, **variables: str) -> None:
    crowd.portal.variables |= {**LONG_TIMEOUTS, **variables}
    crowd.portal.start()
    both_workers(crowd.portal)


@on_both_servers
def test_two_workers_share_the_places_of_a_provider(crowd: Crowd) -> None:
    started(crowd, PROVIDER_CONCURRENCY="6", PROVIDER_PLACES_PER_PERSON="0")
    answers = [*crowd.ask("ann", 10), *crowd.ask("olga", 10)]
    until(lambda: len(crowd.asked) == 6, 5)
    time.sleep(1)
    assert len(crowd.asked) == 6
    crowd.release.set()
    done = [answer.result() for answer in answers]
    assert {answer.status_code for answer in done} == {200}
    assert len({answer.headers["X-Worker"] for answer in done}) == 2


def test_each_worker_spreads_its_own_calls_over_servers(crowd: Crowd) -> None:
    other, models = FakeProvider(), crowd.portal.models
    address = "endpoint: http://127.0.0.1:${FAKE_PORT}/v1\n    api_key"
    both = f'endpoints: ["http://127.0.0.1:${{FAKE_PORT}}/v1", "http://127.0.0.1:{other.port}/v1"]'
    models.write_text(models.read_text().replace(address, f"{both}\n    api_key", 1))
    started(crowd, PROVIDER_CONCURRENCY="32", PROVIDER_PLACES_PER_PERSON="0")
    for _ in range(16):
        other.script(crowd.release, http(200, completion()), KEEP)
    answers = crowd.ask("ann", 16)
    until(lambda: len(crowd.asked) + len(other.posts) == 16, 5)
    assert abs(len(crowd.asked) - len(other.posts)) <= 2 * len(workers(crowd.portal))
    crowd.release.set()
    assert {answer.result().status_code for answer in answers} == {200}
    other.close()


def test_one_person_holds_a_quarter_over_both_workers_and_others_get_in(crowd: Crowd) -> None:
    started(crowd, PROVIDER_CONCURRENCY="8")
    answers = crowd.ask("ann", 10)
    until(lambda: len(crowd.asked) == 2, 5)
    time.sleep(1)
    assert crowd.asked == ["ann"] * 2
    answers += crowd.ask("olga", 1)
    until(lambda: "olga" in crowd.asked, 1)
    crowd.release.set()
    assert {answer.result().status_code for answer in answers} == {200}


def test_the_quarter_may_be_set_in_the_file_while_the_portal_runs(crowd: Crowd) -> None:
    started(crowd, PROVIDER_CONCURRENCY="8")
    before = {worker["revision"] for worker in workers(crowd.portal)}
    answers = crowd.ask("ann", 8)
    until(lambda: len(crowd.asked) == 2, 5)
    models = crowd.portal.models
    models.write_text(models.read_text() + LIMITS)
    until(lambda: before.isdisjoint(worker["revision"] for worker in workers(crowd.portal)), 5)
    answers += crowd.ask("ann", 8)  # on both workers
    until(lambda: len(crowd.asked) == 4, 5)
    time.sleep(0.5)
    assert len(crowd.asked) == 4
    crowd.release.set()
    assert {answer.result().status_code for answer in answers} == {200}


def test_a_redis_that_dies_fails_no_call(crowd: Crowd, redis: RedisServer) -> None:  # noqa: F811
    started(crowd, PROVIDER_CONCURRENCY="2", PROVIDER_PLACES_PER_PERSON="0")
    crowd.ask("ann", 4)
    until(lambda: len(crowd.asked) == 2, 5)
    redis.kill()
    crowd.release.set()
    assert crowd.portal.chat(who="olga").status_code == 200
