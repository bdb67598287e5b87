"""Each call to a provider is in the journal: who, what, how it ended, and what it used."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from registry.metering.tokens import Tokens
from tests.registry.metering.reading import calls_of, new_call
from tests.support.fake_provider import HANG, RESET
from tests.support.provider_messages import SSE_HEAD, chunk, completion, event, http, openai_stream
from tests.support.socket_client import SocketClient

if TYPE_CHECKING:
    from tests.support.fake_provider import FakeProvider
    from tests.support.portal import Portal

COUNTS = {"prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19,
          "prompt_tokens_details": {"cached_tokens": 4},
          "completion_tokens_details": {"reasoning_tokens": 3}}  # fmt: skip
COUNTED = Tokens(input=12, output=7, cached=4, reasoning=3)


@pytest.fixture
def before(portal: Portal) -> set[bytes]:
    """The keys of the calls of earlier tests."""
    return {call.begun.key for call in calls_of(portal)}


def test_a_whole_answer(portal: Portal, fake: FakeProvider, before: set[bytes]) -> None:
    fake.script(http(200, completion("Hello", usage=COUNTS)))
    answer = portal.chat(headers={"X-Request-ID": "mine-1"})
    call = new_call(portal, before)
    begun, end = call.begun, call.done
    assert (begun.request, begun.door) == ("mine-1", "/v1/ai/chat/completion")
    assert begun.person.isdigit()
    assert begun.token.startswith("token ")
    assert begun.chosen.model == answer.json()["resolution"]["id"]
    assert begun.chosen.revision == portal.revision
    assert (begun.chosen.capability, begun.chosen.resolved_by) == ("chat", "default")
    assert begun.sent == int(fake.posts[0].headers["content-length"])
    assert (end.outcome, end.code, end.tokens, end.estimated) == ("ok", "", COUNTED, "")
    assert 0 < end.first <= end.took < 10_000_000


@pytest.mark.parametrize("path", ["/v1/ai/chat/completion", "/v1/chat/completions"])
def test_a_streamed_answer(
    portal: Portal, fake: FakeProvider, before: set[bytes], path: str
) -> None:
    closing = {**chunk(), "choices": [], "usage": COUNTS}
    fake.script(
        SSE_HEAD + event(chunk("Hel")) + event(chunk("lo", finish="stop")) + event(closing)
        + b"data: [DONE]\n\n"
    )  # fmt: skip
    assert portal.chat(path=path, stream=True).ok
    call = new_call(portal, before)
    assert (call.done.outcome, call.done.tokens, call.done.estimated) == ("ok", COUNTED, "")


@pytest.mark.parametrize(("body", "number"), [({"n": 3}, 3), ({}, 1), ({"stream": True}, 1)])
def test_images_are_counted(
    portal: Portal, before: set[bytes], body: dict[str, object], number: int
) -> None:
    body = {"prompt": "A cat", "model": "fake:painter", **body}
    assert portal.post("/v1/images/generations", body).ok
    call = new_call(portal, before)
    assert (call.begun.images, call.done.images) == (number, number)


def test_a_provider_that_counts_nothing(
    portal: Portal, fake: FakeProvider, before: set[bytes]
) -> None:
    fake.script(SSE_HEAD + openai_stream("Hel", "lo", " there", usage=False))
    portal.chat(stream=True)
    call = new_call(portal, before)
    assert call.done.estimated == "not_counted"
    assert call.done.tokens.output in (3, 4)
    assert call.done.tokens.input == call.begun.sent // 4


def test_a_caller_who_leaves(portal: Portal, fake: FakeProvider, before: set[bytes]) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")) + event(chunk("lo")), HANG)
    answer = portal.chat(stream=True, http_stream=True)
    next(answer.iter_content(10))
    answer.close()
    call = new_call(portal, before)
    assert (call.done.outcome, call.done.estimated) == ("left", "left")
    assert call.done.tokens.output == 2


def test_a_socket_that_stops(portal: Portal, fake: FakeProvider, before: set[bytes]) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")) + event(chunk("lo")), HANG)
    with SocketClient(portal, "/ws/chat/") as client:
        client.begin()
        client.until("delta")
        client.send(type="stop", id="1")
        client.until("done")
    call = new_call(portal, before)
    assert call.begun.door == "/ws/chat/"
    assert (call.done.outcome, call.done.estimated) == ("stopped", "stopped")


def test_a_provider_that_refuses_is_not_estimated(
    portal: Portal, fake: FakeProvider, before: set[bytes]
) -> None:
    fake.script(http(400, {"error": {"message": "no"}}))
    assert portal.chat().status_code == 400
    call = new_call(portal, before)
    assert (call.done.outcome, call.done.code) == ("failed", "provider_rejected")
    assert (call.done.tokens, call.done.estimated) == (Tokens(), "")


def test_an_answer_that_breaks_off_is_estimated(
    portal: Portal, fake: FakeProvider, before: set[bytes]
) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")) + event(chunk("lo")), RESET)
    portal.chat(stream=True)
    call = new_call(portal, before)
    assert (call.done.outcome, call.done.estimated) == ("failed", "cut_off")
    assert call.done.tokens.output == 2


def test_a_killed_worker_leaves_what_it_began(own_portal: Portal, fake: FakeProvider) -> None:
    portal = own_portal
    portal.start()
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    answer = portal.chat(stream=True, http_stream=True)
    next(answer.iter_content(10))
    assert portal.process is not None
    os.kill(portal.process.pid, signal.SIGKILL)
    portal.process.wait()
    portal.process = None
    (call,) = calls_of(portal)
    assert call.end is None
    assert call.begun.expected.output > 0
