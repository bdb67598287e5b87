"""Calls that wait for a provider's places: in turn by person, bounded, and not for ever."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.core.test_rules import check_error
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.provider_messages import completion, http
from tests.support.socket_client import SocketClient


class Busy:
    """A portal whose only place at the provider is held until `release`."""

    def __init__(self, portal: Portal, fake: FakeProvider, pool: ThreadPoolExecutor) -> None:
        self.portal, self.fake, self.pool = portal, fake, pool
        self.release = threading.Event()
        fake.script(self.release, http(200, completion()), KEEP)
        self.first = self.ask("ann", "first")
        fake.wait_for_post()

    def ask(self, who: str, text: str, **more: Any) -> Future[requests.Response]:
        """Ask in a thread, and give it the time to reach the queue."""
        future = self.pool.submit(self.portal.chat, text, who=who, **more)
        time.sleep(0.15)
        return future

    @property
    def asked(self) -> list[str]:
        """What the provider was asked, in order."""
        return [str(post.body["messages"][-1]["content"]) for post in self.fake.posts]


VARIABLES = {**LONG_TIMEOUTS, "PROVIDER_CONCURRENCY": "1", "PROVIDER_QUEUE": "12"}


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(20) as pool:
        yield pool


def busy_portal(portal: Portal, fake: FakeProvider, pool: Any, **variables: str) -> Busy:
    portal.variables |= {**VARIABLES, **variables}
    portal.start()
    return Busy(portal, fake, pool)


def test_people_take_turns_at_a_busy_provider(own_portal: Portal, fake: FakeProvider, pool: Any):
    busy = busy_portal(own_portal, fake, pool)
    many = [busy.ask("ann", f"ann {number}") for number in range(3)]
    other = busy.ask("olga", "olga")
    busy.release.set()
    assert [answer.result().status_code for answer in (busy.first, *many, other)] == [200] * 5
    assert busy.asked == ["first", "ann 0", "olga", "ann 1", "ann 2"]


def test_one_persons_part_of_the_queue_is_bounded(own_portal: Portal, fake: FakeProvider, pool: Any):  # fmt: skip
    busy = busy_portal(own_portal, fake, pool)
    waiting = [busy.ask("ann", "more") for _ in range(3)]
    error = check_error(busy.portal.chat(who="ann"), 503, "overloaded")
    assert "wait for fake" in error["message"]
    assert error["resolution"]["provider"] == "fake"
    other = busy.ask("olga", "olga")
    busy.release.set()
    assert {answer.result().status_code for answer in (*waiting, other)} == {200}


def test_a_refusal_says_when_to_try_again(own_portal: Portal, fake: FakeProvider, pool: Any):
    busy = busy_portal(own_portal, fake, pool, PROVIDER_QUEUE="0")
    answer = busy.portal.chat(who="olga")
    check_error(answer, 503, "overloaded")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    busy.release.set()


def test_waiting_is_part_of_the_time_for_a_first_byte(own_portal: Portal, fake: FakeProvider, pool: Any):  # fmt: skip
    busy = busy_portal(own_portal, fake, pool, FIRST_BYTE_TIMEOUT="1", HEARTBEAT_SECONDS="5")
    began = time.monotonic()
    check_error(busy.portal.chat(who="olga", stream=True), 503, "overloaded")
    assert 0.9 < time.monotonic() - began < 5
    busy.release.set()
    assert busy.first.result().status_code == 200


def test_a_stream_that_waits_has_heartbeats(own_portal: Portal, fake: FakeProvider, pool: Any):
    busy = busy_portal(own_portal, fake, pool, HEARTBEAT_SECONDS="0.2")
    waiting = busy.ask("olga", "olga", stream=True)
    time.sleep(0.6)
    busy.release.set()
    answer = waiting.result()
    assert answer.text.startswith(": waiting\n")
    assert answer.text.rstrip().endswith("[DONE]")
    assert answer.headers["X-Model"] == "fake:talker"


def test_who_leaves_the_queue_is_not_answered(own_portal: Portal, fake: FakeProvider, pool: Any):
    busy = busy_portal(own_portal, fake, pool)
    with pytest.raises(requests.Timeout):
        busy.portal.post("/v1/chat/completions", {"messages": [{"role": "user", "content": "gone"}]},
                         timeout=0.3)  # fmt: skip
    other = busy.ask("olga", "olga")
    busy.release.set()
    assert other.result().status_code == 200
    assert busy.asked == ["first", "olga"]


def test_questions_on_sockets_take_turns_too(own_portal: Portal, fake: FakeProvider, pool: Any):
    busy = busy_portal(own_portal, fake, pool)
    many = [busy.ask("ann", f"ann {number}") for number in range(2)]
    with SocketClient(own_portal, who="olga") as socket:
        socket.begin("olga")
        time.sleep(0.3)
        busy.release.set()
        assert socket.until("done", "error")[-1]["type"] == "done"
    assert [answer.result().status_code for answer in many] == [200] * 2
    assert busy.asked == ["first", "ann 0", "olga", "ann 1"]
