"""Anthropic's own client while an answer is late, when it leaves, and when it must come again."""

from __future__ import annotations

import asyncio
import os
import time
import uuid
from typing import Any

import anthropic
import httpx
import pytest

URL = os.environ["PORTAL_URL"]
PROMPTS = os.environ["PROVIDER_URL"] + "/prompts"


@pytest.fixture
def client(token: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=URL, api_key=token, max_retries=1)


def asked(model: str, text: str = "Hi") -> dict[str, Any]:
    return {"model": model, "max_tokens": 50, "messages": [{"role": "user", "content": text}]}


def requests_of(text: str) -> list[dict[str, Any]]:
    """Return the provider's requests of `text`; `left` is true once the portal closed it."""
    found = httpx.get(PROMPTS).json()
    return [request for request in found if request["text"] == text]


def wait_until_closed(text: str) -> None:
    end = time.monotonic() + 5  # the portal's own timeouts are longer
    while not any(request["left"] for request in requests_of(text)):
        assert time.monotonic() < end, "the provider's request is still open"
        time.sleep(0.02)


def test_heartbeats_come_before_a_late_answer(client: anthropic.Anthropic, provider: str) -> None:
    start = time.monotonic()
    late = asked(f"{provider}:silent")
    with client.messages.with_streaming_response.create(**late, stream=True) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: ping"
        assert time.monotonic() - start < 1.4, "before the provider says anything"
    with client.messages.stream(**late) as stream:
        assert stream.get_final_text() == "Hello there."


def test_asynchronously_too(token: str, provider: str) -> None:
    async def ask() -> str:
        client = anthropic.AsyncAnthropic(base_url=URL, auth_token=token, api_key=None)
        async with client.messages.stream(**asked(f"{provider}:silent")) as stream:
            return await stream.get_final_text()

    assert asyncio.run(ask()) == "Hello there."


RETRIED = [
    ("busy", anthropic.RateLimitError, 1.9),
    ("overloaded", anthropic.InternalServerError, 0.9),
]


@pytest.mark.parametrize(("model", "error", "seconds"), RETRIED)
# Not streamed: a heartbeat begins a stream while the portal waits, and its error comes inside of it.
@pytest.mark.parametrize("stream", [False])
def test_a_retry_waits_as_long_as_the_provider_says(
    client: anthropic.Anthropic, provider: str, model: str, error: Any, seconds: float, stream: bool
) -> None:
    text, start = uuid.uuid4().hex, time.monotonic()
    with pytest.raises(error):
        client.messages.create(**asked(f"{provider}:{model}", text), stream=stream)
    assert time.monotonic() - start > seconds
    assert len(requests_of(text)) == 4  # the portal repeats each of the two once


def test_what_a_retry_cannot_solve_is_asked_once(client: anthropic.Anthropic) -> None:
    start = time.monotonic()
    with pytest.raises(anthropic.APIStatusError, match="thread"):
        client.beta.messages.create(**asked("oai:talker"), thread={"type": "create"})
    assert time.monotonic() - start < 0.5, "without the pause before a retry"


def test_a_client_that_leaves_closes_the_stream(client: anthropic.Anthropic, provider: str) -> None:
    text = uuid.uuid4().hex
    with client.messages.stream(**asked(f"{provider}:slow", text)) as stream:
        assert next(iter(stream.text_stream)) == "Hello"
    wait_until_closed(text)


def test_a_client_that_waits_no_longer_closes_the_request(token: str, provider: str) -> None:
    text = uuid.uuid4().hex
    client = anthropic.Anthropic(base_url=URL, api_key=token, max_retries=0, timeout=0.5)
    with pytest.raises(anthropic.APITimeoutError):
        client.messages.create(**asked(f"{provider}:slow", text))
    wait_until_closed(text)
