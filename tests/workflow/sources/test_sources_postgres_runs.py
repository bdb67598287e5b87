"""Postgres databases as sources, on a real server: what can be run."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from django.contrib.auth.models import User

from tests.workflow.postgres import as_role, do, sales, server, until, with_role
from tests.workflow.sources.asking import APPS, ann, asked, refused, source
from workflow.models import Run
from workflow.sources import run
from workflow.sources.process import worker
from workflow.sources.source import Source

__all__ = ["ann", "sales", "server"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


def test_checked_sql_gives_a_table(sales: Source, ann: User) -> None:
    sql = 'SELECT "Full name", mood, total FROM customer JOIN invoice ON customer = id ORDER BY 1'
    found = asked(sales, ann, sql, "customer", "invoice")
    assert found.kinds == ("text", "text", "number")
    assert found.rows == (("Ann", "glad", "10.50"), ("Bob", None, "5.00"))
    record = Run.objects.get()
    assert (record.rows, record.milliseconds, record.error) == (2, found.milliseconds, "")


@pytest.mark.parametrize(
    ("value", "cell", "kind"),
    [
        ("1", 1, "number"), ("9007199254740993", "9007199254740993", "number"),
        ("1.50", "1.50", "number"), ("'NaN'::float8", "NaN", "number"), ("0.5::real", 0.5, "number"),
        ("1 = 1", True, "boolean"), ("NULL::date", None, "time"),
        ("DATE '2024-02-29'", "2024-02-29", "time"), ("'infinity'::timestamp", "infinity", "time"),
        ("TIMESTAMP '2024-02-29 10:00'", "2024-02-29T10:00:00", "time"),
        ("TIMESTAMPTZ '2024-02-29 10:00+00'", "2024-02-29T10:00:00+00", "time"),
        ("DATE '0044-03-15 BC'", "0044-03-15 BC", "time"), ("TIME '10:00'", "10:00:00", "time"),
        ("INTERVAL '1 month'", "1 mon", "text"), ("ARRAY[1,2]", "{1,2}", "text"),
        ("'{\"a\": 1}'::jsonb", '{"a": 1}', "text"), (r"'\x00ff'::bytea", r"\x00ff", "text"),
        ("ROW(1, 'x')", "(1,x)", "text"), ("'100%s'", "100%s", "text"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_has(
    sales: Source, ann: User, value: str, cell: Any, kind: str
) -> None:
    found = asked(sales, ann, f"SELECT {value}")
    assert (found.rows, found.kinds) == (((cell,),), (kind,))


def test_long_bytes_and_text_are_cut(sales: Source, ann: User) -> None:
    found = asked(sales, ann, "SELECT repeat('x', 20000), decode(repeat('00', 100), 'hex')")
    assert [len(str(cell)) for cell in found.rows[0]] == [10_001, 131]
    assert found.truncated


def test_rows_beyond_the_cap_are_left_out(server: str, ann: User) -> None:
    capped = source(as_role(server), "customer", rows=250)
    found = asked(capped, ann, "SELECT generate_series(1, 1000000000)")
    assert (len(found.rows), found.truncated) == (250, True)
    assert not asked(capped, ann, "SELECT generate_series(1, 250)").truncated


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM staff",
        "SELECT secret FROM customer",
        "INSERT INTO staff VALUES (9, 9)",
        "SELECT 1; ROLLBACK; SELECT 2",
        "SELECT 1; SELECT pg_sleep(0)",
        "ROLLBACK",
        "SET TRANSACTION READ WRITE",
        "COPY customer TO PROGRAM 'true'",
        "SELECT * FROM customer FOR UPDATE",
        "SELECT nextval('counter')",
    ],
)
def test_nothing_but_one_query_that_reads_is_run(sales: Source, ann: User, sql: str) -> None:
    assert refused(sales, ann, sql).code == "invalid_request"


def test_what_a_query_could_write_yet_is_undone(server: str, sales: Source, ann: User) -> None:
    asked(sales, ann, "SELECT lo_create(0)")  # which Postgres 15 calls read-only
    assert do(server, "SELECT oid FROM pg_largeobject_metadata") == []


@pytest.mark.parametrize(
    "setting", ["default_transaction_read_only = off", "search_path = archive"]
)
def test_a_roles_own_settings_change_nothing(server: str, ann: User, setting: str) -> None:
    with with_role(server, f"ALTER ROLE {{role}} SET {setting}") as one:
        found = asked(
            one, ann, "SELECT current_setting('transaction_read_only'), monthly FROM payroll"
        )
        assert found.rows == (("on", 10_000),)


def test_a_source_whose_role_was_given_more_is_used_no_longer(server: str, ann: User) -> None:
    with with_role(server) as one:
        assert asked(one, ann, "SELECT 1 FROM payroll", "payroll").rows == ((1,),)
        do(server, f"GRANT INSERT ON staff TO {one.address.place['user']}")
        error = refused(one, ann, "SELECT 1 FROM payroll")
    assert (error.code, error.message) == (
        "store_unavailable", "The data source sales may not be used. Ask an operator.",
    )  # fmt: skip


def test_a_query_that_takes_too_long_is_stopped_in_the_server(server: str, ann: User) -> None:
    error = refused(source(as_role(server), "customer", seconds=0.5), ann, "SELECT pg_sleep(60)")
    assert error.message.startswith("The query took longer than 0.5 s on sales. Let it read fewer")
    assert until(lambda: not backends(server))


def test_who_leaves_stops_the_query_in_the_server(server: str, ann: User) -> None:
    slow = source(as_role(server), "customer", seconds=60)

    async def leave() -> None:
        asking = asyncio.create_task(
            run.run(slow, run.CheckedSQL("SELECT pg_sleep(60)", "postgres", ()), ann)
        )
        assert await asyncio.to_thread(until, lambda: "active" in backends(server))
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    asyncio.run(leave())
    assert until(lambda: not backends(server), 3)
    assert Run.objects.get().error == "stopped: the caller left"


def test_who_leaves_between_two_queries_stops_the_second() -> None:
    over, stopped = threading.Event(), list[int]()

    def stop() -> None:  # the first comes too early: nothing runs yet
        stopped.append(1)
        if len(stopped) == 2:
            over.set()

    worker.stop_until(over, stop)
    assert len(stopped) == 2


@pytest.mark.long
def test_who_leaves_at_any_moment_leaves_no_query(server: str, ann: User) -> None:
    slow = source(as_role(server), "customer", seconds=60)

    async def leave(after: float) -> None:
        asking = asyncio.create_task(
            run.run(slow, run.CheckedSQL("SELECT pg_sleep(60)", "postgres", ()), ann)
        )
        assert await asyncio.to_thread(until, lambda: bool(backends(server)))
        await asyncio.sleep(after)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    for moment in range(60):
        asyncio.run(leave(moment / 1000))
        assert until(lambda: not backends(server), 3), moment


def backends(server: str) -> list[str]:
    """Return what the connections of sources do."""
    sql = "SELECT state FROM pg_stat_activity WHERE application_name = 'portal data source'"
    return [row[0] for row in do(server, sql)]


def test_a_lost_connection_is_told_without_the_url(server: str, ann: User) -> None:
    error = refused(
        source(as_role(server), "customer"), ann, "SELECT pg_terminate_backend(pg_backend_pid())"
    )
    assert error.code == "invalid_request"
    assert "127.0.0.1" not in error.message


def test_a_result_says_that_row_policies_hide_rows(server: str, ann: User) -> None:
    everything = source(as_role(server), "customer", "archive.customer")
    assert not asked(everything, ann, "SELECT 1").restricted
    do(server, "ALTER TABLE archive.customer ENABLE ROW LEVEL SECURITY")
    assert asked(everything, ann, "SELECT id FROM customer", "customer").restricted
    do(server, "ALTER TABLE archive.customer DISABLE ROW LEVEL SECURITY")
