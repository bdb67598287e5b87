"""Queries on data sources, and reads of their schemas, wait in turn."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.workflow.sources.asking import APPS, ann, asked, refused, source
from tests.workflow.sqlite import file, sales
from workflow.models import Run
from workflow.sources import reading, run
from workflow.sources.source import Source

__all__ = ["ann", "file", "sales"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


@pytest.fixture
def _one_at_a_time() -> Iterator[None]:
    run.turns.places = 1
    yield
    run.turns.places = run.MAX_CONCURRENT


@pytest.mark.usefixtures("_one_at_a_time")
def test_a_query_waits_for_its_turn_only_so_long(sales: Source, ann: User, settings: Any) -> None:
    settings.SOURCES_WAIT_SECONDS = 0.1
    assert run.turns.take()
    assert refused(sales, ann, "SELECT 1").code == "overloaded"
    run.turns.give_back(1.0)
    assert asked(sales, ann, "SELECT 1").rows == ((1,),)


@pytest.mark.usefixtures("_one_at_a_time")
def test_people_take_turns_at_data_sources(sales: Source, ann: User) -> None:
    bob = User.objects.create_user("bob")
    bob.groups.set(ann.groups.all())
    bob.user_permissions.set(ann.user_permissions.all())

    async def all_of_them() -> list[str]:
        query = run.CheckedSQL("SELECT 1", sales.dialect, ())
        runs = [asyncio.ensure_future(run.run(sales, query, who)) for who in (ann, ann, ann, bob)]
        await asyncio.gather(*runs)
        return [entry.username async for entry in Run.objects.order_by("pk")]

    assert asyncio.run(all_of_them()) == ["ann", "ann", "bob", "ann"]


def test_a_source_that_hangs_holds_one_thread(ann: User) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        url = f"postgres://u:p@127.0.0.1:{server.getsockname()[1]}/d"
        hanging = source(url, "t", name="hanging")

        async def ask() -> tuple[int, int]:
            asks = [asyncio.ensure_future(reading.read_schema_of(hanging)) for _ in range(20)]
            await asyncio.sleep(0.2)
            held = reading._turns.held, reading._turns.waiting
            for one in asks:
                one.cancel()
            server.close()
            await asyncio.gather(
                *asks, *(read for _, read in reading._reads.values()), return_exceptions=True
            )
            return held

        assert asyncio.run(ask()) == (1, 0)
