"""A request that waits for its provider is kept as bytes."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.registry.providers.http.test_leaving import ask
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal

pytestmark = pytest.mark.long
PATH = "/v1/ai/chat/completion"
CALLERS = 6
MB = 1_000_000
SLACK = 30 * MB


@pytest.fixture(scope="module")
def waiting(portal_files: Portal, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    # MALLOC…: what is freed is given back at once, so that it does not count.
    portal = copy_of(
        portal_files, tmp_path_factory.mktemp("waiting"), "uvicorn",
        **{**LONG_TIMEOUTS, "FIRST_BYTE_TIMEOUT": "60", "WHOLE_ANSWER_TIMEOUT": "60",
           "TOTAL_TIMEOUT": "60", "READER_SECONDS": "60",
           "MALLOC_MMAP_THRESHOLD_": "65536"},
    )  # fmt: skip
    portal.start()
    yield portal
    portal.stop()


def settled(portal: Portal) -> int:
    """Return the portal's memory when it no longer changes."""
    last, end = 0, time.monotonic() + 30
    while abs(last - (last := portal.memory())) > MB and time.monotonic() < end:
        time.sleep(0.5)
    return last


def arrive(fake: FakeProvider, count: int) -> None:
    """Wait until the provider has had `count` requests."""
    end = time.monotonic() + 60
    while len(fake.posts) < count:
        assert time.monotonic() < end
        time.sleep(0.1)


REQUESTS: dict[str, dict[str, Any]] = {
    # Four bytes for each character in memory, for the sake of one.
    "text": {"messages": [{"role": "user", "content": "x" * 6 * MB + "\U0001f600"}]},
    "objects": {
        "messages": [{"role": "user", "content": "Hi"}],
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "x", "schema": {"enum": [{"a": 1}] * 80_000}},
        },
    },
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", REQUESTS)
def test_requests_that_wait_are_bytes(
    waiting: Portal, fake: FakeProvider, name: str, stream: bool
) -> None:
    body = {**REQUESTS[name], "model": "fake:talker", "stream": stream}
    size = len(json.dumps(body, ensure_ascii=False).encode())
    for _ in range(2):
        assert waiting.post(PATH, body).status_code == 200
    before, callers = settled(waiting), []
    for number in range(CALLERS):
        fake.script(HANG)
        callers.append(ask(waiting, PATH, body))
        arrive(fake, 3 + number)
    grown = settled(waiting) - before
    for caller in callers:
        caller.close()
    assert grown < CALLERS * 2 * size + SLACK, "the caller's bytes, and the provider's"
