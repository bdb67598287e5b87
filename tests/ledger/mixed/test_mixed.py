"""
The ledger beside a provider that counts: mixed calls, while workers, Redis and the database fail.

MIXED_CALLS is how many; `make mixed` makes 10,000.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.ledger.mixed.callers import Callers
from tests.ledger.mixed.compare import differences, excess, overruns
from tests.ledger.mixed.people import BUDGETS, NAMES, add_people
from tests.ledger.mixed.provider import CountingProvider
from tests.ledger.mixed.rows import Row, rows_of
from tests.ledger.mixed.troubles import Troubles
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.servers import databases
from tests.support.servers.cluster import both_workers, redis
from tests.support.servers.redis_server import RedisServer, needs_redis

__all__ = ["redis"]
CALLS = int(os.environ.get("MIXED_CALLS", "600"))
SEED = int(os.environ.get("MIXED_SEED", "0"))
pytestmark = [needs_redis, pytest.mark.long, pytest.mark.timeout(3600)]
SETTLED_SECONDS = 60.0


@pytest.fixture
def provider() -> Iterator[CountingProvider]:
    provider = CountingProvider()
    yield provider
    provider.close()


@pytest.fixture
def pair(
    portal_files: Portal, tmp_path: Path, redis: RedisServer, provider: CountingProvider
) -> Iterator[Portal]:
    """Two workers, whose provider counts, and people with budgets."""
    portal = copy_of(
        portal_files, tmp_path / "mixed", databases.SERVERS[-1], REDIS_URL=redis.url,
        FAKE_PORT=str(provider.port), **LONG_TIMEOUTS,
    )  # fmt: skip
    portal.workers = 2
    add_people(portal, CALLS)
    portal.start()
    both_workers(portal)
    yield portal
    portal.stop()


def test_each_call_that_the_provider_saw_is_a_row(
    pair: Portal, redis: RedisServer, provider: CountingProvider
) -> None:
    callers = Callers(pair, NAMES, CALLS, SEED)
    troubles = Troubles(pair, redis, callers, seconds=2 if CALLS < 2000 else 10)
    happening = threading.Thread(target=troubles.run)
    began = time.monotonic()
    happening.start()
    callers.run()
    happening.join()
    took = time.monotonic() - began
    found = settled(pair, provider, troubles.killed)
    rows = rows_of(pair)
    report(callers, provider, rows, took)
    assert not found, "\n".join(found[:20])
    assert_sums(pair, rows)
    assert any(result.endswith(" 429") for result in callers.results), "no budget was used up"
    assert_budgets(rows)
    verified = pair.manage("ledger", "verify")
    assert verified.stdout.startswith("OK"), verified.stdout


def settled(portal: Portal, provider: CountingProvider, killed: set[int]) -> list[str]:
    """Return what is wrong once all is written."""
    end = time.monotonic() + SETTLED_SECONDS
    while found := [*differences(provider.all(), rows_of(portal), killed)]:
        if time.monotonic() > end:
            return found
        time.sleep(0.5)
    return found


def assert_sums(portal: Portal, rows: list[Row]) -> None:
    """The sums of hours and days are those of the rows."""
    expected = (len(rows), sum(row.input for row in rows), sum(row.output for row in rows))
    for table in ("ledger_hour", "ledger_day"):
        query = f"SELECT sum(calls), sum(input), sum(output) FROM {table}"
        assert databases.rows(portal, query) == [expected]


def assert_budgets(rows: list[Row]) -> None:
    assert all(row.code != "budget_exceeded" for row in rows)
    for mine, most in budgets_of(rows):
        assert not [*overruns(mine, most)]
        too_much, under_way = excess(mine, most)
        assert too_much <= under_way, (too_much, under_way, most)


def budgets_of(rows: list[Row]) -> Iterator[tuple[list[Row], int]]:
    """Yield the rows of each budget that some used, and its size."""
    most = {group: round(part * CALLS) for group, part in BUDGETS.items()}
    yield [row for row in rows if row.groups == "team"], most["team"]
    for person in sorted({row.person for row in rows if row.groups == "thrifty"}):
        yield [row for row in rows if row.person == person], most["thrifty"]


def report(callers: Callers, provider: CountingProvider, rows: list[Row], seconds: float) -> None:
    asked = sum(len(calls) for calls in provider.all().values())
    show(f"\n{callers.number} calls in {seconds:.0f} s; {asked} requests, {len(rows)} rows")
    show(f"outcomes {dict(Counter(f'{row.outcome} {row.code}'.strip() for row in rows))}")
    show(f"estimates {dict(Counter(row.estimated for row in rows if row.estimated))}")
    show(f"callers {dict(sorted(callers.results.items()))}")
    for mine, most in budgets_of(rows):
        too_much, under_way = excess(mine, most)
        used = sum(row.tokens for row in mine)
        show(f"budget of {most}: used {used}, exceeded by {too_much}, under way {under_way}")


def show(line: str) -> None:
    """Print a line, for those who run this with -s."""
    sys.stdout.write(f"{line}\n")
