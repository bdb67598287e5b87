"""A text that no row has, looked for in real databases by someone who may run the query."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.contrib.auth.models import User

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import Operation, check_sql
from queryexpr.issues import Issue
from tests.workflow import mysql, postgres
from tests.workflow.meanings.files import read as read_meanings
from tests.workflow.mysql import do, with_user
from tests.workflow.sources.asking import APPS, ann, source
from tests.workflow.sqlite import on
from workflow.near import rows
from workflow.near.look import look
from workflow.sources.schema import schema_of
from workflow.sources.source import Source
from workflow.subject import SchemaSubject

__all__ = ["ann", "mariadb", "postgres_server"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
postgres_server, mariadb = postgres.server, mysql.server
TABLE = "CREATE TABLE orders (id INTEGER PRIMARY KEY, status VARCHAR(20), kind INTEGER, note TEXT)"
ROWS = (
    "INSERT INTO orders VALUES (1, 'Cancelled', 4, 'secret'), (2, 'Open', 1, 'secret'),"
    " (3, 'Open', 1, 'secret'), (4, 'Müller & Söhne', 1, 'Straße'), (5, NULL, 1, NULL)"
)
SHOWN: dict[str, Any] = {"values": (("orders", "status"),)}
CODES = """
meanings:
  sales:
    codes:
      orders.kind: {1: paid, 4: refunded}
"""


class Here:
    """The gate without a process of its own."""

    async def run(self, operation: Operation[Any]) -> Any:
        return answer(operation)


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    rows._cache.clear()
    monkeypatch.setattr("workflow.near.look.sandbox", Here())


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "orders.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(f"{TABLE};{ROWS}")
    return path


def near(one: Source, user: User, where: str, **fields: Any) -> tuple[Issue, ...]:
    """Return what is said of a query with this condition."""
    known = schema_of(one)
    subject = SchemaSubject(known.document, one.dialect, one.name, values=known.values, **fields)
    sql = f"SELECT id FROM orders WHERE {where}"
    judged = answer(check_sql(sql, one.dialect, one.dialect, subject.schema))
    assert judged.valid, judged.issues
    return asyncio.run(look(judged, subject, one, user))


def said(one: Source, user: User, where: str) -> list[str]:
    return [issue.message for issue in near(one, user, where)]


def test_a_near_value_is_named_with_the_patch_that_takes_it(file: Path, ann: User) -> None:
    (issue,) = near(on(file, "orders", **SHOWN), ann, "status = 'cancelled'")
    assert issue == Issue(
        "near_value", "No row of orders has 'cancelled' in status. Did you mean 'Cancelled'?",
        "warning", "/query/where/args/1", near=("Cancelled",),
        fix=({"op": "replace", "path": "/query/where/args/1", "value": "Cancelled"},),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ("status IN ('Open', 'Cancled')", "'Cancled' in status. Did you mean 'Cancelled'?"),
        ("status <> 'open'", "'open' in status: this leaves out nothing. Did you mean 'Open'?"),
        ("status LIKE 'Mueller & Soehne'", "'Mueller & Soehne' in status. Did you mean 'Müller"),
        ("status LIKE '%mueller%'", "'%mueller%' in status."),
        ("LOWER(status) = 'Open'", "'Open' in LOWER(status). Did you mean 'open'?"),
        ("status = 'sent'", "There are: 'Open', 'Cancelled', 'Müller & Söhne'."),
    ],
)
def test_each_kind_of_filter_is_looked_at(file: Path, ann: User, where: str, message: str) -> None:
    (found,) = said(on(file, "orders", **SHOWN), ann, where)
    assert message in found


@pytest.mark.parametrize(
    "where", ["status = 'Open'", "status IN ('Open', 'Cancelled')", "note = 'x'", "id = 3"]
)
def test_what_rows_have_and_columns_that_are_not_shown_are_no_issue(
    file: Path, ann: User, where: str
) -> None:
    assert near(on(file, "orders", **SHOWN), ann, where) == ()


def test_rows_with_another_spelling_are_named_and_included(file: Path, ann: User) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("INSERT INTO orders VALUES (9, 'OPEN', 1, NULL)")
        database.commit()
    one = on(file, "orders", **SHOWN)
    (issue,) = near(one, ann, "status = 'Open'")
    assert issue.message == "Other rows of orders have 'OPEN' in status: this does not find them."
    assert issue.fix[0]["path"] == "/query/where"
    assert issue.fix[0]["value"]["args"][1] == {"list": ["Open", "OPEN"]}
    assert near(one, ann, "status IN ('Open', 'OPEN')") == ()


def test_who_may_not_run_queries_learns_nothing(file: Path, ann: User) -> None:
    one = on(file, "orders", **SHOWN)
    assert near(one, ann, "status = 'cancelled'")
    ann.user_permissions.clear()
    assert near(one, User.objects.get(pk=ann.pk), "status = 'cancelled'") == ()
    assert near(on(file, "orders", run=False, name="b", **SHOWN), ann, "status = 'cancelled'") == ()
    ann.groups.clear()
    assert near(one, User.objects.get(pk=ann.pk), "status = 'cancelled'") == ()


def test_answers_are_kept_a_minute_and_for_one_person(
    file: Path, ann: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = on(file, "orders", **SHOWN)
    assert near(one, ann, "status = 'cancelled'")
    assert {key[0] for key in rows._cache} == {ann.pk}
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE orders SET status = 'cancelled'")
        database.commit()
    assert near(one, ann, "status = 'cancelled'"), "this is what was read before"
    monkeypatch.setattr(rows, "CACHE_SECONDS", -1.0)
    rows._cache.clear()
    assert near(one, ann, "status = 'cancelled'") == ()


def test_many_values_are_counted_and_not_listed(file: Path, ann: User) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executemany("INSERT INTO orders (status) VALUES (?)", [(f"v{n:04}",) for n in range(2000)])  # fmt: skip
        database.commit()
    (message,) = said(on(file, "orders", **SHOWN), ann, "status = 'sent'")
    assert (
        message == "No row of orders has 'sent' in status. There are at least 1,000 other values."
    )


def test_a_table_that_takes_too_long_has_no_issue(file: Path, ann: User) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.executescript(
            "ALTER TABLE orders RENAME TO kept; CREATE VIEW orders AS WITH RECURSIVE c(n) AS (SELECT 1"
            " UNION ALL SELECT n + 1 FROM c) SELECT n AS id, CAST(n AS TEXT) AS status FROM c WHERE n < 0"
        )
    assert near(on(file, "orders", seconds=0.3, **SHOWN), ann, "status = 'sent'") == ()


def test_what_a_code_means_needs_no_row(file: Path, ann: User) -> None:
    meanings = read_meanings(CODES.replace("sales:", "sales:"), schema=None).of("sales")
    one = on(file, "orders", run=False)
    (issue,) = near(one, ann, "kind = 'Refunded'", meanings=meanings)
    assert issue.message == "orders.kind has codes: 4 is 'refunded' (meanings.yaml:5)."
    assert issue.fix == ({"op": "replace", "path": "/query/where/args/1", "value": 4},)


def test_duckdb_postgres_and_mariadb_are_asked_in_their_own_words(
    tmp_path: Path, ann: User, postgres_server: str, mariadb: int
) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(f"{TABLE};{ROWS}")
    _check(source(f"duckdb:///{tmp_path / 'a.duckdb'}", "orders", name="duck", **SHOWN), ann)
    postgres.do(postgres_server, f"{TABLE};{ROWS};GRANT SELECT ON orders TO reader")
    _check(source(postgres.as_role(postgres_server), "orders", name="pg", **SHOWN), ann)
    do(mariadb, "USE sales", TABLE, ROWS)
    grant = "GRANT SELECT ON sales.orders TO {user}"
    with with_user(mariadb, grant, tables=("orders",), name="my", **SHOWN) as sales:
        assert said(sales, ann, "status = 'cancelled'") == [], "MariaDB does not mind case"
        assert said(sales, ann, "status = 'Cancled'") == [
            "No row of orders has 'Cancled' in status. Did you mean 'Cancelled'?"
        ]


def _check(one: Source, user: User) -> None:
    assert said(one, user, "status = 'cancelled'") == [
        "No row of orders has 'cancelled' in status. Did you mean 'Cancelled'?"
    ]
    assert said(one, user, "status = 'Open'") == []
