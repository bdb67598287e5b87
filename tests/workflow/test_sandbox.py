"""The sandbox ends a query that takes too long, answers the next, and serves people in turn."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from core.errors import PortalError
from core.person import person
from queryexpr.gate.operations import Operation, Tables, check_sql, read_schema
from queryexpr.issues import Refused
from tests.queryexpr.attacks import SCHEMA
from tests.queryexpr.bombs import BOMBS, SLOW
from workflow import sandbox as module
from workflow.sandbox import Sandbox

SMALL = read_schema("CREATE TABLE t (a INT)", "sqlite")


@asynccontextmanager
async def sandbox_of() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox()
    try:
        await sandbox.run(SMALL)  # started, and warm
        yield sandbox
    finally:
        await sandbox.close()


async def run_for(who: str, sandbox: Sandbox, operation: Operation[Any]) -> Any:
    person.set(who)
    return await sandbox.run(operation)


def slow(number: int) -> Operation[Tables]:
    """Return a check that takes about a second."""
    columns = ", ".join(f"c{i} INT" for i in range(8))
    tables = [f"CREATE TABLE t{i} (x{number} INT, {columns});" for i in range(1990)]
    return read_schema("\n".join(tables), "sqlite")


@pytest.mark.parametrize("name", sorted(SLOW))
async def test_a_slow_query_is_refused_and_the_next_is_answered(name, settings):
    settings.SQL_GATE_SECONDS = 1.0
    dialect, sql = BOMBS[name]
    async with sandbox_of() as sandbox:
        good, bomb = (check_sql(q, dialect, dialect, SCHEMA) for q in ("SELECT id FROM users", sql))
        refused, answered = await sandbox.run(bomb), await sandbox.run(good)
    assert [issue.code for issue in refused.issues] == ["too_slow"]
    assert answered.valid


async def test_many_slow_checks_of_one_person_delay_another_by_one(settings):
    settings.SQL_GATE_SECONDS = 30.0
    async with sandbox_of() as sandbox:
        many = [asyncio.ensure_future(run_for("a", sandbox, slow(n))) for n in range(30)]
        await asyncio.sleep(0.2)
        await asyncio.ensure_future(run_for("b", sandbox, SMALL))
        before = sum(task.done() for task in many)
        for task in many:
            task.cancel()
        await asyncio.gather(*many, return_exceptions=True)
    assert before <= 2  # the other worker is free, but may have to start


async def test_a_check_waits_for_its_turn_only_so_long(settings):
    settings.SQL_GATE_WAIT_SECONDS = 0.2
    async with sandbox_of() as sandbox:
        many = [asyncio.ensure_future(run_for(who, sandbox, slow(0))) for who in "acac"]
        await asyncio.sleep(0)
        began = time.monotonic()
        with pytest.raises(PortalError, match="Too many requests wait for the check of SQL"):
            await asyncio.ensure_future(run_for("b", sandbox, SMALL))
        assert time.monotonic() - began < 5
        for task in many:
            task.cancel()
        await asyncio.gather(*many, return_exceptions=True)


async def test_one_person_cannot_fill_the_queue():
    sandbox = Sandbox()
    ends = [asyncio.ensure_future(run_for("a", sandbox, SMALL)) for _ in range(100)]
    answers = await asyncio.gather(*ends, return_exceptions=True)
    refused = [answer for answer in answers if isinstance(answer, PortalError)]
    assert len(refused) == 100 - 1 - module.MAX_WAITING_EACH
    assert {error.code for error in refused} == {"overloaded"}
    assert sandbox._own == {}
    await sandbox.close()


async def test_a_schema_that_is_clearly_too_large_takes_no_worker():
    sandbox = Sandbox()
    text = "\n".join(f"CREATE TABLE t{i} (a INT);" for i in range(2001))
    with pytest.raises(Refused):
        await sandbox.run(read_schema(text, "sqlite"))
    assert sandbox._idle == []


async def test_a_spare_worker_was_started_when_a_slow_one_ends(settings):
    settings.SQL_GATE_SECONDS = 10.0
    dialect, sql = BOMBS["recursion in recursion"]  # the others are out of memory before
    async with sandbox_of() as sandbox:
        await sandbox.run(check_sql(sql, dialect, dialect, SCHEMA))
        assert len(sandbox._idle) == 1
        await asyncio.wait_for(asyncio.shield(sandbox._idle[0]), 60)


async def test_a_caller_that_leaves_during_a_start_leaves_the_worker_to_the_next():
    sandbox = Sandbox()
    task = asyncio.ensure_future(sandbox.run(SMALL))
    await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(sandbox._idle) == 1
    await sandbox.run(SMALL)
    assert len(sandbox._idle) == 1
    await sandbox.close()
