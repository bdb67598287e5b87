"""SQLite files as sources: what the start refuses, what is shown, and what can be run."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.contrib.auth.models import User
from django.db import connection

from core.errors import PortalError
from queryexpr import read_tables
from tests.workflow.sources.asking import APPS, ann, asked, checked, refused
from tests.workflow.sqlite import file, on, sales
from workflow.models import Run
from workflow.sources import own_database as portal
from workflow.sources import run, schema
from workflow.sources.identity import of_file
from workflow.sources.process import client as process
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c"
__all__ = ["ann", "file", "sales"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)


# ── What the start refuses ──────────────────────────────────────────────────────────────────


def test_a_file_with_the_listed_tables_is_taken(sales: Source) -> None:
    assert checked(sales) == []


def test_tables_that_are_not_there_are_refused_with_their_source(file: Path) -> None:
    assert checked(on(file, "customer", "Invoice", line=7, column=3)) == [
        "sources.yaml:7:3  sales: There is no table or view 'Invoice'. Did you mean 'invoice'?"
        " Write it as the database spells it, or delete it."
    ]


def test_a_file_that_cannot_be_reached_is_a_warning_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database" * 100)
    os.mkfifo(tmp_path / "pipe")
    for name in ("absent.db", "notes.txt", "pipe", ""):
        (said,) = checked(on(tmp_path / name, "customer"))
        assert said.startswith("sales: It cannot be reached now: ")
        assert str(tmp_path) not in said


@pytest.mark.parametrize("link", [os.link, os.symlink])
def test_the_portals_own_file_is_refused_by_any_name(
    file: Path, monkeypatch: pytest.MonkeyPatch, link: Any
) -> None:
    link(file, file.parent / "other.db")
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    for path in (file, file.parent / "other.db"):
        (said,) = checked(on(path, "customer"))
        assert "sales: This is the portal's own database" in said


def test_a_portal_in_memory_is_no_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", "file:memory?mode=memory")
    assert portal.own() is None
    monkeypatch.setitem(connection.settings_dict, "NAME", file)
    assert portal.own() == of_file(str(file))


# ── What is shown ───────────────────────────────────────────────────────────────────────────


def test_a_schema_has_the_listed_tables_and_their_keys(sales: Source) -> None:
    found = schema_of(sales).document
    customer, invoice, payroll = read_tables(found)[0].tables
    assert [column.name for column in customer.columns] == ["id", "Full name", "born"]
    assert [column.nullable for column in customer.columns] == [False, False, True]
    assert invoice.primary_key == ("number", "line")
    assert [(key.columns, key.table) for key in invoice.foreign_keys] == [
        (("customer",), "customer")
    ]
    assert [column.name for column in payroll.columns] == ["id", "monthly"]
    assert [column.type for column in invoice.columns][4:] == ["NUMERIC(10, 2)", "TEXT", ""]
    assert invoice.columns[5].values == ("a", "b")


def test_a_schema_has_no_row_and_nothing_of_other_tables(sales: Source) -> None:
    said = str(schema_of(sales).document)
    assert not [word for word in ("Ann", "salary", "staff", "1980") if word in said]


def test_a_schema_is_kept_for_a_minute(
    sales: Source, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = schema_of(sales).document
    file.rename(file.with_name("gone.db"))
    assert schema_of(sales).document is first
    monkeypatch.setattr(schema, "CACHE_SECONDS", 0.0)
    schema._cache.clear()
    with pytest.raises(PortalError, match="cannot be reached now") as caught:
        schema_of(sales)
    assert str(file.parent) not in caught.value.message


def test_a_schema_is_not_shown_of_a_source_that_did_not_pass(file: Path) -> None:
    with pytest.raises(PortalError, match="may not be used") as caught:
        schema_of(on(file, "customer", "nothing", name="other"))
    assert "nothing" not in caught.value.message


# ── What is run ─────────────────────────────────────────────────────────────────────────────


def test_checked_sql_gives_a_table(sales: Source, ann: User) -> None:
    sql = 'SELECT "Full name", born, total FROM customer JOIN invoice ON customer = id ORDER BY 1'
    found = asked(sales, ann, sql, "customer", "invoice")
    assert found.columns == ("Full name", "born", "total")
    assert found.kinds == ("text", "text", "number")
    assert found.rows == (("Ann", "1980-02-03", 10.5), ("Bob", None, 5))
    assert not found.truncated


def test_every_run_is_recorded(sales: Source, ann: User) -> None:
    asked(sales, ann, "SELECT id FROM customer", "customer")
    refused(sales, ann, "SELECT missing FROM customer", "customer")
    bad, good = Run.objects.all()
    assert (good.who, good.username, good.source) == (ann, "ann", "sales")
    assert (good.sql, good.rows, good.error) == ("SELECT id FROM customer", 2, "")
    assert good.milliseconds is not None
    assert bad.rows is None
    assert bad.error == "sales refused to run it: no such column: missing"


def test_rows_beyond_the_cap_are_left_out(file: Path, ann: User) -> None:
    found = asked(on(file, "customer", rows=1), ann, "SELECT id FROM customer", "customer")
    assert found.rows == ((1,),)
    assert found.truncated


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM staff",
        "SELECT count(*) FROM hidden",
        "SELECT count(*) FROM sqlite_schema",
        "SELECT count(*) FROM pragma_table_list",
        "SELECT count(*) FROM json_each('[1]')",
        "SELECT count(*) FROM main.hidden AS customer",
        "SELECT 1 FROM customer, hidden",
        "WITH payroll AS (SELECT rowid, salary, name FROM staff) SELECT * FROM payroll",
        "SELECT (SELECT max(salary) FROM staff) FROM customer",
        "SELECT * FROM sqlite_schema",
        "SELECT * FROM pragma_table_list",
        "SELECT load_extension('x')",
        "WITH customer AS (SELECT * FROM staff) SELECT * FROM customer",
        "WITH payroll AS (SELECT name FROM sqlite_schema) SELECT * FROM payroll",
        "PRAGMA table_list",
        "PRAGMA query_only = OFF",
        "ATTACH ':memory:' AS other",
        "INSERT INTO customer VALUES (3, 'Eve', NULL)",
        "DELETE FROM customer",
        "CREATE TEMP TABLE t (x)",
        "BEGIN",
        "VACUUM INTO '/tmp/copy.db'",
        "SELECT 1; DELETE FROM customer",
    ],
)
def test_nothing_but_reading_the_listed_tables_is_run(sales: Source, ann: User, sql: str) -> None:
    assert refused(sales, ann, sql).code == "invalid_request"


def test_a_listed_view_may_read_what_is_not_listed(sales: Source, ann: User) -> None:
    found = asked(sales, ann, "SELECT P.monthly FROM payroll AS P", "payroll")
    assert found.rows == ((10_000,),)
    assert asked(sales, ann, "SELECT count(*) FROM PAYROLL", "payroll").rows == ((1,),)


def test_a_query_that_takes_too_long_is_stopped(file: Path, ann: User) -> None:
    began = time.monotonic()
    error = refused(on(file, "customer", seconds=0.5), ann, ENDLESS)
    assert error.message.startswith("The query took longer than 0.5 s on sales. Let it read fewer")
    assert time.monotonic() - began < 10
    assert Run.objects.get().error == error.message


def test_who_leaves_stops_the_query_and_the_record_says_so(sales: Source, ann: User) -> None:
    async def leave() -> None:
        asking = asyncio.create_task(run.run(sales, run.CheckedSQL(ENDLESS, "sqlite", ()), ann))
        await asyncio.sleep(2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    before = time.monotonic()
    asyncio.run(leave())
    assert time.monotonic() - before < 8
    assert Run.objects.get().error == "stopped: the caller left"
    assert not workers()


def workers() -> list[str]:
    """Return the command lines of our processes that query sources."""
    commands = [" ".join(child.cmdline()) for child in psutil.Process().children()]
    return [command for command in commands if process.MODULE in command]


def test_a_place_is_in_no_list_of_processes(sales: Source, ann: User, file: Path) -> None:
    async def look() -> str:
        asking = asyncio.create_task(run.run(sales, run.CheckedSQL(ENDLESS, "sqlite", ()), ann))
        await asyncio.sleep(1.5)
        seen = "".join(workers())
        asking.cancel()
        await asyncio.wait([asking])
        return seen

    seen = asyncio.run(look())
    assert process.MODULE in seen
    assert file.name not in seen


def test_values_that_json_has_not_become_text(sales: Source, ann: User) -> None:
    found = asked(sales, ann, "SELECT 9007199254740993, x'00ff', 9e999, CAST(x'ff' AS TEXT)")
    assert found.rows == (("9007199254740993", "\\x00ff", "Infinity", "\ufffd"),)
    assert found.kinds == ("number", "text", "number", "text")


def test_a_huge_value_is_refused(sales: Source, ann: User) -> None:
    error = refused(
        sales, ann, "SELECT replace(hex(printf('%.*c', 8000000, 'x')), '7', '77777777')"
    )
    assert "too big" in error.message
