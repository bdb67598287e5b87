"""Sources with a part that cannot be used: it costs that part, and is named."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import duckdb
import pymysql
import pytest
from django.contrib.auth.models import User

from queryexpr import read_tables
from tests.workflow.mysql import do as in_mysql
from tests.workflow.mysql import server, with_user
from tests.workflow.postgres import until
from tests.workflow.sources.asking import APPS, ann, asked, checked, refused, source
from workflow import agents
from workflow.sources.fitting import fitting, left_out
from workflow.sources.schema import schema_of
from workflow.sources.source import Source
from workflow.sources.tables import ColumnJSON, TableJSON

__all__ = ["ann", "server"]  # fixtures
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
VIEWS = """
CREATE TABLE a (x int); INSERT INTO a VALUES (1); CREATE TABLE b (y int);
CREATE VIEW good AS SELECT x FROM a; CREATE VIEW bad AS SELECT y FROM b; DROP TABLE b;
"""
Make = Callable[..., Source]
ODD = ['a"b', "a'b", "a`b", "a]b", "</script>", "a.b", "ta;b--", "$$", "😀", "x" * 128, " "]
UNFIT = ["a\nb", "\u202eevil", "x" * 129, ""]


def names(one: Source) -> list[str]:
    return [table.name for table in read_tables(schema_of(one).document)[0].tables]


def in_sqlite(folder: Path, sql: str, *tables: str) -> Source:
    with closing(sqlite3.connect(folder / "a.db")) as database:
        database.executescript(sql)
    return source(f"sqlite:///{folder}/a.db", *tables)


def in_duckdb(folder: Path, sql: str, *tables: str) -> Source:
    with duckdb.connect(str(folder / "a.duckdb")) as database:
        database.execute(sql)
    return source(f"duckdb:///{folder}/a.duckdb", *tables)


# ── Views of what is gone ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (in_sqlite, "no such table: main.b"),
        (in_duckdb, "Catalog Error: Table with name b does not exist!"),
    ],
)
def test_a_broken_view_costs_that_view(tmp_path: Path, ann: User, made: Make, reason: str) -> None:
    one = made(tmp_path, VIEWS, "a", "good", "bad")
    assert checked(one) == [f"sales: The table 'bad' is left out: {reason}."]
    assert names(one) == ["a", "good"]
    assert asked(one, ann, "SELECT x FROM good", "good").rows == ((1,),)
    assert refused(one, ann, "SELECT * FROM bad", "bad").code == "invalid_request"


def test_agents_get_the_tables_that_can_be_asked(tmp_path: Path, ann: User) -> None:
    one = in_sqlite(tmp_path, VIEWS, "a", "good", "bad")
    described = asyncio.run(agents.describe(one))
    assert (described["tables"], described["left_out"]) == (["a", "good"], ["bad"])
    (tmp_path / "a.db").unlink()
    described = asyncio.run(agents.describe(replace(one, title="gone")))
    assert (described["tables"], described["left_out"]) == ([], ["a", "good", "bad"])
    expected = "The data source sales cannot be reached now. Try again in a moment."
    assert described["note"] == expected


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE VIEW bad AS SELECT nosuch(x) FROM a",
        "CREATE VIEW bad AS SELECT * FROM c; CREATE VIEW c AS SELECT * FROM bad",
        "CREATE VIRTUAL TABLE bad USING fts5(t); PRAGMA writable_schema = ON;"
        " UPDATE sqlite_schema SET sql = replace(sql, 'fts5', 'nosuch') WHERE name = 'bad'",
    ],
)
def test_what_sqlite_cannot_prepare_costs_itself(tmp_path: Path, ann: User, sql: str) -> None:
    one = in_sqlite(tmp_path, f"CREATE TABLE a (x); INSERT INTO a VALUES (1); {sql}", "a", "bad")
    (warning,) = checked(one)
    assert warning.startswith("sales: The table 'bad' is left out: ")
    assert names(one) == ["a"]
    assert asked(one, ann, "SELECT x FROM a", "a").rows == ((1,),)


def test_a_broken_view_of_mysql_costs_that_view(server: int, ann: User) -> None:
    in_mysql(server, "USE sales", "CREATE TABLE gone (y int)",
             "CREATE VIEW bad AS SELECT y FROM gone", "DROP TABLE gone")  # fmt: skip
    try:
        with with_user(
            server, "GRANT SELECT ON sales.bad TO {user}", tables=("payroll", "bad")
        ) as one:
            assert checked(one) == [
                "sales: The table 'bad' is left out: It has no column that can be read."
            ]
            assert names(one) == ["payroll"]
            assert "invalid table(s)" in refused(one, ann, "SELECT * FROM bad", "bad").message
    finally:
        in_mysql(server, "DROP VIEW sales.bad")


# ── Names ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("made", [in_sqlite, in_duckdb])
def test_tables_and_columns_of_any_name_can_be_asked(tmp_path: Path, ann: User, made: Make) -> None:
    listed = [name for name in ODD if made is in_sqlite or "." not in name]
    quoted = ['"' + name.replace('"', '""') + '"' for name in listed]
    sql = "".join(f"CREATE TABLE {n} ({n} int); INSERT INTO {n} VALUES (1);" for n in quoted)
    one = made(tmp_path, sql, *listed)
    assert checked(one) == []
    assert names(one) == listed
    for name in quoted:
        assert asked(one, ann, f"SELECT {name} FROM {name}").rows == ((1,),)


@pytest.mark.parametrize("made", [in_sqlite, in_duckdb])
def test_columns_that_cannot_be_named_cost_themselves(tmp_path: Path, made: Make) -> None:
    listed = [name for name in UNFIT if name or made is in_sqlite]
    columns = ", ".join(f'"{name}" int UNIQUE' for name in listed)
    keys = "".join(f', "to {at}" int REFERENCES a ("{name}")' for at, name in enumerate(listed))
    one = made(
        tmp_path, f"CREATE TABLE a (x int, {columns}); CREATE TABLE k (y int{keys})", "a", "k"
    )
    assert [len(table["columns"]) for table in schema_of(one).document["tables"]] == [
        1,
        1 + len(listed),
    ]
    assert names(one) == ["a", "k"]
    said = checked(one)
    assert len([line for line in said if " of 'a' is left out: A name has " in line]) == len(listed)
    first = "The column 'a\ufffdb' of 'a' is left out: A name has no control characters."
    assert said[0] == f"sales: {first}"


def column(name: str) -> ColumnJSON:
    return {"name": name, "type": "int", "nullable": True, "primary_key": False}


def table(name: str, *columns: str) -> TableJSON:
    return {"name": name, "columns": [*map(column, columns)], "foreign_keys": []}


def test_what_the_gate_would_refuse_is_named() -> None:
    wide = table("wide", *(f"c{at}" for at in range(20_001)))
    assert [*left_out([table("t", "A", "a")])] == ["Table 't' has a second column 'a'. Remove one."]
    assert "The schema has 20,001 columns" in next(iter(left_out([wide])))
    assert [*left_out([table("t", "a")])] == []
    assert fitting([table("empty")]) == []


def test_a_long_foreign_key_is_no_reason_to_refuse_a_schema() -> None:
    columns = [f"c{at}" for at in range(40)]
    one = table("t", *columns)
    one["foreign_keys"] = [{"columns": columns, "table": "t", "references": columns}]
    (kept,) = fitting([one])
    assert kept["foreign_keys"] == []


def test_many_parts_that_are_left_out_are_counted(tmp_path: Path) -> None:
    columns = ", ".join(f'"a\n{at}" int' for at in range(25))
    said = checked(in_sqlite(tmp_path, f"CREATE TABLE a (x, {columns})", "a"))
    assert len(said) == 21
    assert said[-1] == "sales: 5 more parts are left out."


# ── While a query runs ──────────────────────────────────────────────────────────────────────


def test_a_file_that_is_replaced_by_no_database_is_an_error(tmp_path: Path, ann: User) -> None:
    one = in_sqlite(tmp_path, VIEWS, "a")
    assert asked(one, ann, "SELECT x FROM a", "a").rows == ((1,),)
    data = bytearray((tmp_path / "a.db").read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    (tmp_path / "a.db").write_bytes(data)
    assert refused(one, ann, "SELECT x FROM a", "a").code in (
        "invalid_request",
        "store_unavailable",
    )
    (tmp_path / "a.db").unlink()
    (tmp_path / "a.db").mkdir()
    assert refused(one, ann, "SELECT x FROM a", "a").code == "store_unavailable"


@contextmanager
def killing(server: int) -> Iterator[None]:
    """End the connections of sources that run a query, until one was."""
    query = (
        "SELECT id FROM information_schema.processlist"
        " WHERE user LIKE 'user\\_%' AND info LIKE '%sleep%'"
    )

    def kill() -> bool:
        rows = in_mysql(server, query)
        for (key,) in rows:
            with suppress(pymysql.Error):  # it has just ended
                in_mysql(server, f"KILL CONNECTION {key}")
        return bool(rows)

    thread = threading.Thread(target=until, args=(kill, 30))
    thread.start()
    yield
    thread.join()


def test_a_server_that_ends_the_connection_is_an_error(server: int, ann: User) -> None:
    with with_user(server, tables=("payroll",), seconds=30) as one, killing(server):
        error = refused(one, ann, "SELECT sleep(25)")
    assert error.code in ("invalid_request", "store_unavailable")
    assert "127.0.0.1" not in error.message
