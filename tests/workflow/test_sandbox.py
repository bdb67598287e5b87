"""The sandbox ends a query that takes too long, and answers the next."""

from __future__ import annotations

import asyncio

import pytest

from queryexpr.gate.operations import Judgement, check_sql
from tests.queryexpr.attacks import SCHEMA
from tests.queryexpr.bombs import BOMBS, SLOW
from workflow.sandbox import Sandbox


@pytest.mark.parametrize("name", sorted(SLOW))
def test_a_slow_query_is_refused_and_the_next_is_answered(name, settings):
    settings.SQL_GATE_SECONDS = 1.0
    dialect, sql = BOMBS[name]

    async def both() -> list[Judgement]:
        sandbox = Sandbox()
        good, bomb = (check_sql(q, dialect, dialect, SCHEMA) for q in ("SELECT id FROM users", sql))
        await sandbox.run(good)  # started, and warm
        answers = [await sandbox.run(operation) for operation in (bomb, good)]
        await sandbox.close()
        return answers

    refused, answered = asyncio.run(both())
    assert [issue.code for issue in refused.issues] == ["too_slow"]
    assert answered.valid
