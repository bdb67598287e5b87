"""Limits as people meet them: over HTTP, on sockets and on pages, with one worker and with two."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from websockets.exceptions import ConnectionClosed

from tests.registry.editing import status, wait_for
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.provider_messages import SSE_HEAD, chunk, event, http
from tests.support.servers import databases
from tests.support.servers.cluster import both_workers, pair, redis, until  # noqa: F401
from tests.support.servers.redis_server import needs_redis
from tests.support.socket_client import SocketClient

if TYPE_CHECKING:
    import requests

    from tests.support.portal import Portal

SLOW = {"IDLE_TIMEOUT": "30", "TOTAL_TIMEOUT": "40", "FIRST_BYTE_TIMEOUT": "30"}
on_both_servers = pytest.mark.parametrize("server", databases.SERVERS)


def started(portal: Portal, server: str = "daphne", **variables: str) -> Portal:
    portal.server = server
    portal.variables |= {**SLOW, **variables}
    portal.start()
    return portal


def check_limited(answer: requests.Response, words: str) -> None:
    assert answer.status_code == 429, answer.text
    error = answer.json()["error"]
    assert error["code"] == "rate_limited"
    assert words in error["message"]
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


def slow_stream(portal: Portal, fake: FakeProvider, who: str = "ann") -> requests.Response:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    return portal.chat(stream=True, http_stream=True, who=who)


@on_both_servers
def test_answers_under_way_are_limited(own_portal: Portal, fake: FakeProvider, server: str) -> None:
    portal = started(own_portal, server, ANSWERS_PER_PERSON="2")
    streams = [slow_stream(portal, fake) for _ in range(2)]
    check_limited(portal.chat(), "2 answers under way")
    assert portal.chat(who="olga").status_code == 200
    streams[0].close()
    until(lambda: portal.chat().status_code == 200)
    streams[1].close()


def test_an_answer_that_fails_gives_its_place_back(own_portal: Portal, fake: FakeProvider) -> None:
    portal = started(own_portal, ANSWERS_PER_PERSON="1")
    fake.script(http(400, {"error": {"message": "no"}}))
    assert portal.chat().status_code == 400
    assert portal.chat(temperature="warm").status_code == 400
    assert [portal.chat().status_code for _ in range(3)] == [200] * 3


def test_an_answer_on_a_socket_counts_too(own_portal: Portal, fake: FakeProvider) -> None:
    portal = started(own_portal, ANSWERS_PER_PERSON="1")
    with SocketClient(portal) as socket, SocketClient(portal) as other:
        fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
        socket.begin()
        socket.until("delta")
        check_limited(portal.chat(), "1 answers under way")
        other.begin()
        error = other.until("error")[-1]
        assert error["error"]["code"] == "rate_limited"
        assert error["id"]


def test_sockets_are_limited_by_a_frame_that_says_so(own_portal: Portal) -> None:
    portal = started(own_portal, SOCKETS_PER_PERSON="3")
    with ExitStack() as stack:
        for path in ("/ws/chat/", "/ws/events/", "/ws/raw/"):
            stack.enter_context(SocketClient(portal, path))
        with SocketClient(portal, "/ws/events/") as fourth:
            assert "3 pages or sockets" in fourth.receive()["error"]["message"]
            with pytest.raises(ConnectionClosed) as closed:
                fourth.receive()
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == 1013
        with SocketClient(portal, "/ws/events/", who="olga") as other:
            assert other.receive()["type"] == "models"
    with SocketClient(portal, "/ws/events/") as again:
        assert again.receive()["type"] == "models"


def test_tokens_that_answers_used_are_limited(own_portal: Portal) -> None:
    portal = started(own_portal, TOKENS_PER_MINUTE="20")
    answers = [portal.chat(stream=number % 2 == 0) for number in range(8)]
    codes = [answer.status_code for answer in answers]
    assert codes[0] == 200
    assert codes[-1] == 429
    check_limited(answers[-1], "more than 20 tokens in a minute")
    assert portal.chat(who="olga").status_code == 200


def test_tokens_of_a_stream_that_is_left_are_estimated(
    own_portal: Portal, fake: FakeProvider
) -> None:
    portal = started(own_portal, TOKENS_PER_MINUTE="20")
    words = b"".join(event(chunk(f"word {number} ")) for number in range(100))
    fake.script(SSE_HEAD + words, HANG)
    with portal.chat(stream=True, http_stream=True) as stream:
        assert next(stream.iter_content(None))
    until(lambda: portal.chat().status_code == 429)


def test_pages_are_limited_by_a_page_that_says_so(own_portal: Portal) -> None:
    portal = started(own_portal, PAGES_PER_MINUTE="4")
    session = portal.sign_in("ann")
    pages = [session.get(f"{portal.url}/models", timeout=10) for _ in range(6)]
    assert [page.status_code for page in pages][-1] == 429
    assert "more than 4 pages in a minute" in pages[-1].text
    assert int(pages[-1].headers["Retry-After"]) in range(1, 20)
    assert "</nav>" in pages[-1].text
    assert portal.chat().status_code == 200  # programs are counted on their own


LIMITS = "limits:\n  everyone: {{answers: {}}}\n  groups:\n    batch: {{answers: 5}}\n"


def test_limits_of_the_file_hold_after_a_reload(own_portal: Portal, fake: FakeProvider) -> None:
    portal = started(own_portal)
    text = portal.models.read_text()
    streams = [slow_stream(portal, fake) for _ in range(2)]
    before = status(portal)["revision"]
    portal.models.write_text(text + LIMITS.format(2))
    wait_for(portal, lambda body: body["revision"] != before)
    check_limited(portal.chat(), "2 answers under way")
    portal.models.write_text(text + LIMITS.format(3))
    until(lambda: portal.chat().status_code == 200)
    for stream in streams:
        stream.close()


@needs_redis
@pytest.mark.parametrize("pair", databases.SERVERS, indirect=True)
def test_two_workers_share_the_requests_of_a_minute(pair: Portal) -> None:  # noqa: F811
    pair.variables |= {"RATE_LIMIT_PER_MINUTE": "60"}
    pair.start()
    both_workers(pair)
    began = time.monotonic()
    with ThreadPoolExecutor(10) as pool:
        answers: list[Any] = list(pool.map(lambda _: pair.chat(), range(150)))
    passed = sum(answer.status_code == 200 for answer in answers)
    refilled = (time.monotonic() - began) * 1
    assert 60 <= passed <= 61 + refilled
    refused = [answer for answer in answers if answer.status_code != 200]
    check_limited(refused[-1], "more than 60 requests")
    assert len({answer.headers["X-Worker"] for answer in answers}) == 2


@needs_redis
def test_two_workers_share_the_places(pair: Portal, fake: FakeProvider) -> None:  # noqa: F811
    pair.variables |= {**SLOW, "ANSWERS_PER_PERSON": "6"}
    pair.start()
    both_workers(pair)
    streams = [slow_stream(pair, fake) for _ in range(6)]
    assert [stream.status_code for stream in streams] == [200] * 6
    assert {pair.chat().status_code for _ in range(12)} == {429}
    for stream in streams:
        stream.close()
    until(lambda: pair.chat().status_code == 200, 5)


@needs_redis
def test_a_redis_that_dies_fails_no_request(pair: Portal, redis: Any) -> None:  # noqa: F811
    pair.variables |= {"RATE_LIMIT_PER_MINUTE": "600", "ANSWERS_PER_PERSON": "20"}
    pair.start()
    both_workers(pair)
    redis.kill()
    assert {pair.chat().status_code for _ in range(40)} == {200}
