"""Guesses at two workers at once, over HTTP: they share the counts, and a restart keeps them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.support.portal import Portal
from tests.support.servers.cluster import both_workers, pair, redis
from tests.support.servers.redis_server import needs_redis

__all__ = ["pair", "redis"]  # fixtures
pytestmark = needs_redis
Enter = Callable[[str, str], requests.Response]
EVIL, HOME = "203.0.113.1", "192.0.2.1"


@pytest.fixture
def enter(pair: Portal) -> Enter:
    """Return a function that tries a password of ann, from an address."""
    pair.variables |= {"TRUSTED_ADDRESS_HEADER": "X-Forwarded-For"}
    pair.set_password("ann", "right-ann")
    pair.start()
    both_workers(pair)
    token = pair.get("/sign-in", who=None).cookies["csrftoken"]

    def enter(password: str, address: str) -> requests.Response:
        form = {"csrfmiddlewaretoken": token, "username": "ann", "password": password}
        headers = {"X-Forwarded-For": address, "Cookie": f"csrftoken={token}", "Origin": pair.url}
        return pair.call(
            "POST", "/sign-in", who=None, data=form, headers=headers, allow_redirects=False, timeout=60
        )  # fmt: skip

    return enter


def test_attempts_at_once_do_not_pass_together_and_a_restart_forgets_none(
    pair: Portal, enter: Enter
) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = [*pool.map(lambda number: enter(f"guess-{number}", EVIL), range(30))]
    assert Counter(answer.status_code for answer in answers) == {200: 10, 429: 20}
    assert len({answer.headers["X-Worker"] for answer in answers}) == 2
    pair.stop()
    pair.start()
    refused = enter("right-ann", EVIL)
    assert refused.status_code == 429
    assert 600 < int(refused.headers["Retry-After"]) <= 900
    assert enter("right-ann", HOME).status_code == 302


def test_many_addresses_at_once_get_no_more_than_one(pair: Portal, enter: Enter) -> None:
    with ThreadPoolExecutor(20) as pool:
        answers = [*pool.map(lambda number: enter("guess", f"203.0.113.{number}"), range(30))]
    checked = sum(answer.status_code == 200 for answer in answers)
    assert 11 <= checked <= 16, "and some after short waits, if the machine is slow"
