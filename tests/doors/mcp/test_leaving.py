"""What stops when an agent leaves: the model that is asked, and the query that runs."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import psutil
import pytest
import requests

from tests.doors.mcp.agent import TOKENS, VERSIONS, agent
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.servers import databases
from tests.workflow.portal import SOURCES, says, workflow_portal
from tests.workflow.postgres import as_role, do, server, until
from tests.workflow.sources.test_sources_postgres_runs import backends
from workflow.sources.process.client import MODULE

__all__ = ["server"]
ROWS = 2000
SALES = "  sales: {url: 'URL', groups: [analysts], tables: [customer], run: true, seconds: 60}\n"
RECORD = "from workflow.models import Run; print(Run.objects.first().error)"
WAYS = (*VERSIONS, "json")
BUSY = 1.0  # seconds of a processor: more than it takes to explain a query
SOON = 3.0  # seconds: one, and what a busy machine adds; a query that is not stopped does not end


def endless(table: str) -> dict[str, Any]:
    """Return a query of so many rows that it does not end."""
    joins = [{"join": "cross", "source": {"table": table, "as": f"t{n}"}} for n in range(5)]
    select = [{"expr": {"agg": "count"}, "as": "n"}]
    return {"query": {"from": {"table": table}, "joins": joins, "select": select}}


@pytest.fixture(scope="module", params=databases.SERVERS)
def _slow(
    request: pytest.FixtureRequest, portal_files: Portal, server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Portal]:  # fmt: skip
    """A portal with two slow sources: `concerts` in SQLite, `sales` in Postgres."""
    text = SOURCES + SALES.replace("URL", as_role(server))
    folder = tmp_path_factory.mktemp(f"leaving-{request.param}")
    portal = workflow_portal(portal_files, folder, request.param, text, **LONG_TIMEOUTS)
    with closing(sqlite3.connect(folder / "concerts.db")) as database, database:
        database.executemany("INSERT INTO concert VALUES (?, 1, '', 1)",
                             [(number,) for number in range(10, ROWS)])  # fmt: skip
    do(
        server,
        f"INSERT INTO customer SELECT n, '' FROM generate_series(10, {ROWS}) AS n "
        "ON CONFLICT DO NOTHING",
    )
    lines = portal.manage("shell", "-v0", "-c", TOKENS).stdout.split()
    portal.tokens = {**portal.tokens, "ann+sql": lines[1]}
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text(), portal.log.read_text()


@pytest.fixture
def slow(_slow: Portal, fake: FakeProvider) -> Portal:
    return _slow


async def ask(portal: Portal, way: str, **arguments: Any) -> None:
    """Call ask_data_source until this is cancelled."""
    if way != "json":
        async with agent(portal, mode=way) as client:
            await client.call_tool("ask_data_source", {"question": "?", **arguments})
    await asyncio.to_thread(post_briefly, portal, {"question": "?", **arguments})


def post_briefly(portal: Portal, arguments: dict[str, Any]) -> None:
    """Call ask_data_source as a client that takes only JSON, and leave after eight seconds."""
    params = {"name": "ask_data_source", "arguments": arguments}
    message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params}
    headers = {"Accept": "application/json"}
    with pytest.raises(requests.Timeout):
        portal.post("/mcp", message, who="ann+sql", headers=headers, timeout=8)


async def leave(portal: Portal, way: str, runs: Callable[[], bool], **arguments: Any) -> float:
    """Ask, leave once it `runs`, and return the seconds until it does not run any more."""
    task = asyncio.create_task(ask(portal, way, **arguments))
    assert await asyncio.to_thread(until, runs)
    if way == "json":
        await task
    task.cancel()
    left = time.monotonic()
    assert await asyncio.to_thread(until, lambda: not runs(), 10)
    await asyncio.wait([task])
    return time.monotonic() - left


def workers(portal: Portal, seconds: float = 0.0) -> bool:
    """Does a process of the portal ask a source, and has it worked for so many seconds?"""
    assert portal.process is not None
    children = psutil.Process(portal.process.pid).children(recursive=True)
    return any(worked(child) >= seconds for child in children)


def worked(process: psutil.Process) -> float:
    """Return the seconds of a process that asks a source, or -1."""
    try:
        return process.cpu_times().user if MODULE in process.cmdline() else -1.0
    except psutil.NoSuchProcess:  # it just ended
        return -1.0


def fetches(server: str) -> bool:
    """Does the server make the rows of a source's query?"""
    sql = (
        "SELECT 1 FROM pg_stat_activity WHERE application_name = 'portal data source'"
        " AND state = 'active' AND query ILIKE 'FETCH%'"
    )
    return bool(do(server, sql))


def last_record(portal: Portal) -> str:
    return portal.manage("shell", "-v0", "-c", RECORD).stdout.strip()


@pytest.mark.parametrize(
    ("source", "way"),
    [("concerts", "legacy"), ("concerts", "json"), ("sales", "legacy"), ("sales", "auto")],
)
async def test_a_query_is_stopped_at_once(
    slow: Portal, server: str, fake: FakeProvider, way: str, source: str
) -> None:
    says(fake, endless({"concerts": "concert", "sales": "customer"}[source]))

    def runs() -> bool:
        # before that, the schema is read, and the query explained
        return fetches(server) if source == "sales" else workers(slow, BUSY)

    assert await leave(slow, way, runs, source=source, run=True) < SOON
    assert await asyncio.to_thread(until, lambda: not backends(server) and not workers(slow), 3)
    assert await asyncio.to_thread(last_record, slow) == "stopped: the caller left"


@pytest.mark.parametrize("way", WAYS)
async def test_a_model_is_left_at_once(slow: Portal, fake: FakeProvider, way: str) -> None:
    fake.script(HANG)

    def waits() -> bool:
        return bool(fake.posts) and not fake.posts[-1].peer_closed.is_set()

    assert await leave(slow, way, waits, source="concerts") < SOON
