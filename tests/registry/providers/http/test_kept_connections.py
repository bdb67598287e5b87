"""Connections that are kept between requests: when they are reused, and when replaced."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.support.fake_provider import KEEP, RESET, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import (
    completion,
    http,
)


@pytest.mark.parametrize("end", [[], [0.05, RESET]], ids=["closed", "reset"])
def test_a_connection_that_began_to_answer_is_not_replaced(
    portal: Portal, fake: FakeProvider, end: list[Any]
) -> None:
    assert portal.chat().status_code == 200
    fake.script(b"HTTP/1.1 200 OK\r\nConte", *end)
    assert portal.chat().status_code == 502
    assert len(fake.posts) == 2


@pytest.mark.parametrize(
    ("announced", "kept"),
    [("timeout=60, max=100", True), ("timeout=3", True), ("timeout=2", False), ("timeout=1", False),
     ("max=1", False)],
)  # fmt: skip
def test_a_connection_is_dropped_before_the_announced_limit(
    portal: Portal, fake: FakeProvider, announced: str, kept: bool
) -> None:
    time.sleep(0.05)  # until the connections of other tests are closed
    fake.script(http(200, completion("one"), Keep_Alive=announced), KEEP)
    fake.script(http(200, completion("two"), Keep_Alive=announced), KEEP)
    portal.chat()
    time.sleep(1.1)
    portal.chat()
    first, second = fake.posts
    assert (first.connection == second.connection) is kept


def test_a_connection_is_kept_after_a_stream(portal: Portal, fake: FakeProvider) -> None:
    for _ in range(2):
        portal.chat(stream=True)
    first, second = fake.posts
    assert first.connection == second.connection


def test_connections_are_kept_and_closed_before_the_provider_closes_them(
    portal: Portal, fake: FakeProvider
) -> None:
    portal.chat()
    portal.chat()
    first, second = fake.posts
    assert first.connection == second.connection
    time.sleep(4.3)
    portal.chat()
    assert fake.posts[-1].connection != first.connection
