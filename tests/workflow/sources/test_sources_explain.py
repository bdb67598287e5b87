"""A source's database says whether it would run a query, and reads no row for that."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
from django.contrib.auth.models import User

from tests.workflow import mysql, postgres
from tests.workflow.mysql import with_user
from tests.workflow.sources.asking import APPS, ann, source
from tests.workflow.sqlite import file, on
from workflow.models import Run
from workflow.sources.explain import refusal
from workflow.sources.run import CheckedSQL
from workflow.sources.source import Source

__all__ = ["ann", "file", "mariadb", "postgres_server"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
postgres_server, mariadb = postgres.server, mysql.server


def said(one: Source, user: User, sql: str, *tables: str) -> str:
    return asyncio.run(refusal(one, CheckedSQL(sql, one.dialect, tables), user))


@pytest.fixture
def sales(postgres_server: str) -> Source:
    return source(postgres.as_role(postgres_server), "customer", "archive.invoice")


def test_postgres_names_its_reason(sales: Source, ann: User) -> None:
    assert said(sales, ann, "SELECT id FROM customer", "customer") == ""
    assert said(sales, ann, "SELECT mood = 1 FROM customer", "customer") == (
        "operator does not exist: mood = integer"
    )
    assert "permission denied" in said(sales, ann, "SELECT secret FROM customer", "customer")
    assert not Run.objects.exists()


def test_nothing_is_run(sales: Source, ann: User) -> None:
    began = time.monotonic()
    assert said(replace(sales, seconds=30), ann, "SELECT pg_sleep(25)") == ""
    assert time.monotonic() - began < 25
    assert "multiple commands" in said(sales, ann, "SELECT 1; SELECT 2")
    assert "syntax error" in said(sales, ann, "ANALYZE SELECT 1")


def test_who_may_not_run_a_query_learns_nothing(sales: Source, ann: User) -> None:
    wrong = "SELECT nothing FROM customer"
    assert said(sales, ann, wrong, "customer")
    assert said(replace(sales, run=False), ann, wrong, "customer") == ""
    assert said(sales, User.objects.create_user("olga"), wrong, "customer") == ""
    assert said(sales, ann, "SELECT nothing FROM staff", "staff") == ""


def test_a_source_that_does_not_answer_refuses_nothing(tmp_path: Path, ann: User) -> None:
    assert said(on(tmp_path / "absent.db", "t"), ann, "SELECT x FROM t", "t") == ""


def test_what_a_message_quotes_beyond_the_query_is_left_out(tmp_path: Path, ann: User) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE TYPE mood AS ENUM ('secret'); CREATE TABLE t (m mood)")
    refused = said(source(f"duckdb:///{path}", "t"), ann, "SELECT nothing FROM t", "t")
    assert '"nothing"' in refused
    assert "secret" not in said(source(f"duckdb:///{path}", "t"), ann, "SELECT m = 'x' FROM t", "t")


def test_sqlite_names_its_reason(file: Path, ann: User) -> None:
    sales = on(file, "customer")
    assert said(sales, ann, "SELECT id FROM customer", "customer") == ""
    assert said(sales, ann, "SELECT x FROM customer", "customer") == "no such column: x"
    assert said(sales, ann, "SELECT salary FROM staff", "customer")


def test_mysql_names_its_reason(mariadb: int, ann: User) -> None:
    with with_user(mariadb, tables=("customer",)) as sales:
        assert said(sales, ann, "SELECT id FROM customer", "customer") == ""
        refused = said(sales, ann, "SELECT mood, count(*) FROM customer WHERE x = 1", "customer")
        assert "denied to user …@… for column 'x'" in refused
