"""A search that fails, or takes too long, costs no answer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import pytest

from core.person import person
from queryexpr.gate.operations import check_sql
from tests.workflow.portal import SCHEMA
from workflow.doubts import answer
from workflow.readings import search
from workflow.readings.readings import Reading
from workflow.sandbox import Sandbox
from workflow.subject import SchemaSubject

SUBJECT = SchemaSubject(SCHEMA, "sqlite")
READINGS = (Reading("one", ""), Reading("other", ""))
ALIKE = ("SELECT id FROM concert WHERE year > 1", "SELECT id FROM concert WHERE NOT year <= 1")


@pytest.fixture
async def sandbox(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    own = Sandbox()
    monkeypatch.setattr(search, "sandbox", own)
    await own.run(check_sql("SELECT 1", "sqlite", "sqlite"))  # started, and warm
    yield own
    await own.close()


async def test_a_search_that_takes_too_long_is_said(sandbox: Sandbox, settings: Any) -> None:
    settings.SQL_GATE_SECONDS = 0.5
    found = await search.told_apart(ALIKE, READINGS, SUBJECT, share=4)
    assert (found.outcome, found.sentence) == ("not_searched", search.TOO_SLOW)
    assert found.seconds >= 0.5
    judged = await sandbox.run(check_sql("SELECT 1", "sqlite", "sqlite"))
    assert judged.valid, "the next query has a process of its own"


async def test_a_search_without_a_free_process_is_said(sandbox: Sandbox, settings: Any) -> None:
    settings.SQL_GATE_SECONDS, settings.SQL_GATE_WAIT_SECONDS = 6.0, 0.3
    person.set("ann")
    first = asyncio.create_task(search.told_apart(ALIKE, READINGS, SUBJECT))
    await asyncio.sleep(0.2)  # one person has one search at work
    second = await search.told_apart(ALIKE, READINGS, SUBJECT)
    assert second.outcome == "not_searched"
    assert second.sentence
    assert (await first).outcome == "no_difference_found"


async def test_a_search_keeps_its_share_of_the_time(sandbox: Sandbox, settings: Any) -> None:
    settings.SQL_GATE_SECONDS = 4.0
    began = time.monotonic()
    found = await search.told_apart(ALIKE, READINGS, SUBJECT, share=0.25)
    assert found.outcome == "no_difference_found"
    assert time.monotonic() - began < 2


async def test_a_query_that_is_not_valid_is_said(sandbox: Sandbox) -> None:
    found = await search.told_apart(("SELECT x FROM concert", ALIKE[0]), READINGS, SUBJECT)
    assert found.outcome == "not_searched"
    assert "'x'" in found.sentence


async def test_doubts_without_a_free_process_cost_no_answer(
    sandbox: Sandbox, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "sandbox", sandbox)
    settings.SQL_GATE_SECONDS, settings.SQL_GATE_WAIT_SECONDS = 4.0, 0.2
    person.set("ann")
    judgement = await sandbox.run(check_sql(ALIKE[0], "sqlite", "sqlite", SCHEMA))
    first = asyncio.create_task(search.told_apart(ALIKE, READINGS, SUBJECT))
    await asyncio.sleep(0.1)
    doubts = await answer.doubts_about("In 2014?", judgement, SUBJECT, "single", None)
    assert [one.words for one in doubts] == ["2014"]
    await first
