"""What passes through leaves no trace in the portal's memory."""

from __future__ import annotations

import time

import pytest

from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, MAX_BUFFERS, Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, openai_stream

pytestmark = pytest.mark.long


def test_a_reader_who_stalls_costs_little_memory(portal: Portal, fake: FakeProvider) -> None:
    big = event(chunk("x" * 500_000))
    fake.script(SSE_HEAD, *[big] * 120, openai_stream("end"))
    before = portal.memory()
    answer = portal.chat(stream=True, http_stream=True)
    time.sleep(1.0)
    assert portal.memory() - before < MAX_BUFFERS
    answer.close()


def test_an_answer_without_end_is_ended_however_fast_it_comes(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD, *[event(chunk("some words ")) * 2500] * 3000)  # 1.2 GB
    began, tail = time.monotonic(), b""
    with portal.chat(stream=True, http_stream=True) as answer:
        for data in answer.iter_content(1 << 20):
            tail = (tail + data)[-1000:]
    assert time.monotonic() - began < 10, "TOTAL_TIMEOUT is 2.5"
    assert b'"code":"provider_timeout"' in tail or b"MAX_ANSWER_BYTES" in tail
    assert b"[DONE]" not in tail


@pytest.mark.parametrize("server", ["daphne", "uvicorn"])
def test_a_hundred_megabytes_pass_at_flat_memory(
    own_portal: Portal, fake: FakeProvider, server: str
) -> None:
    own_portal.variables |= {**LONG_TIMEOUTS, "MAX_ANSWER_BYTES": "200000000"}
    own_portal.server = server
    own_portal.start()
    own_portal.chat(stream=True)
    many = event(chunk("some words ")) * 2500  # 0.4 MB
    fake.script(SSE_HEAD, *[many] * 260, openai_stream("end"))
    before, sizes, total, tail = own_portal.memory(), [], 0, b""
    with own_portal.chat(stream=True, http_stream=True) as answer:
        for data in answer.iter_content(1 << 20):
            total, tail = total + len(data), (tail + data)[-20:]
            sizes.append(own_portal.memory())
    assert total > 100_000_000
    assert tail.endswith(b"data: [DONE]\n\n")
    assert max(sizes) - before < MAX_BUFFERS
