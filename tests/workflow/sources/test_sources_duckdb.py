"""DuckDB files and folders of files as sources: what is shown, and what can be run."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from django.contrib.auth.models import User
from django.db import connection

from queryexpr import read_tables
from tests.workflow.sources.asking import APPS, ann, asked, checked, refused, source
from workflow.sources import run
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["ann"]  # a fixture
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
TABLES = """
CREATE SCHEMA archive;
CREATE TABLE customer (id int PRIMARY KEY, "Full name" text NOT NULL, born date);
COMMENT ON TABLE customer IS 'Those who buy';
COMMENT ON COLUMN customer."Full name" IS 'As on letters';
CREATE TABLE invoice (number int, line int, customer int REFERENCES customer (id),
  total decimal(10, 2), grade text CHECK (grade IN ('a', 'b')), mood ENUM ('glad'), PRIMARY KEY (number, line));
CREATE TABLE archive.old (id int);
CREATE TABLE staff (id int, salary int);
CREATE VIEW payroll AS SELECT id, salary // 12 AS monthly FROM staff;
INSERT INTO customer VALUES (1, 'Ann', '1980-02-03'), (2, 'Bob', NULL);
INSERT INTO invoice (number, line, customer, total) VALUES (1, 1, 1, 10.5), (1, 2, 2, 5);
INSERT INTO staff VALUES (1, 120000);
INSERT INTO archive.old VALUES (7);
"""
SLOW = "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 1"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "sales 'x' 100%.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute(TABLES)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "exports"
    place.mkdir()
    (place / "orders.csv").write_text("id,total,at\n1,2.50,2024-02-29\n2,,2024-03-01\n")
    (place / "secret.csv").write_text("x\n1\n")
    with duckdb.connect() as database:
        database.execute(f"COPY (SELECT 1 AS id, [1, 2] AS parts) TO '{place}/items.parquet'")
        database.execute(f"COPY (SELECT 3 AS n) TO '{place}/lines.json'")
    return place


def on(path: Path, *tables: str, **fields: Any) -> Source:
    return source(f"duckdb:///{str(path).replace('%', '%25')}", *tables, **fields)


@pytest.fixture
def sales(file: Path) -> Source:
    return on(file, "customer", "invoice", "payroll", "archive.old")


def test_a_file_with_the_listed_tables_is_taken(sales: Source) -> None:
    assert checked(sales) == []


def test_tables_that_are_not_there_are_refused(file: Path) -> None:
    (said,) = checked(on(file, "customer", "Invoice"))
    assert "There is no table or view 'main.Invoice'. Did you mean 'main.invoice'?" in said


def test_what_cannot_be_opened_is_a_warning_without_its_path(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database" * 1000)
    for name in ("absent.duckdb", "notes.txt"):
        (said,) = checked(on(tmp_path / name, "customer"))
        assert said.startswith("sales: It cannot be reached now: ")
        assert str(tmp_path) not in said


def test_the_portals_own_file_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    if connection.vendor == "sqlite":
        assert "sales: This is the portal's own database" in checked(on(file, "customer"))[0]


def test_a_schema_has_the_listed_tables_and_their_keys(sales: Source) -> None:
    found = schema_of(sales).document
    customer, invoice, payroll, old = read_tables(found)[0].tables
    assert [column.name for column in customer.columns] == ["id", "Full name", "born"]
    assert [column.nullable for column in customer.columns] == [False, False, True]
    assert (customer.comment, customer.columns[1].comment) == ("Those who buy", "As on letters")
    assert [column.values for column in invoice.columns[4:]] == [("a", "b"), ("glad",)]
    assert invoice.primary_key == ("number", "line")
    assert [key.columns for key in invoice.foreign_keys] == [("customer",)]
    assert [column.name for column in payroll.columns] == ["id", "monthly"]
    assert old.schema == "archive"
    assert not [word for word in ("Ann", "salary", "staff", "1980") if word in str(found)]


def test_checked_sql_gives_a_table(sales: Source, ann: User) -> None:
    sql = 'SELECT "Full name", born, total FROM customer JOIN invoice ON customer = id ORDER BY 1'
    found = asked(sales, ann, sql, "customer", "invoice")
    assert found.columns == ("Full name", "born", "total")
    assert found.kinds == ("text", "time", "number")
    assert found.rows == (("Ann", "1980-02-03", "10.50"), ("Bob", None, "5.00"))
    assert asked(sales, ann, "SELECT id FROM old", "old").rows == ((7,),)
    assert asked(sales, ann, "SELECT id FROM archive.old", "old").rows == ((7,),)
    assert asked(sales, ann, "SELECT monthly FROM payroll", "payroll").rows == ((10_000,),)


@pytest.mark.parametrize(
    ("value", "cell", "kind"),
    [
        ("170141183460469231731687303715884105727::hugeint",
         "170141183460469231731687303715884105727", "number"),
        ("'NaN'::double", "NaN", "number"), ("1.50", "1.50", "number"), ("1 = 1", True, "boolean"),
        ("NULL::date", None, "time"), ("'infinity'::date", "infinity", "time"),
        ("TIMESTAMP '2024-02-29 10:00'", "2024-02-29T10:00:00", "time"),
        ("TIMESTAMPTZ '2024-02-29 10:00+00'", "2024-02-29T10:00:00+00", "time"),
        ("DATE '9999-12-31'", "9999-12-31", "time"), ("DATE '0001-01-01'", "0001-01-01", "time"),
        ("'-infinity'::timestamp", "-infinity", "time"), ("INTERVAL 1 MONTH", "1 month", "text"),
        ("TIMESTAMP '0001-01-01'", "0001-01-01T00:00:00", "time"),
        ("'290000-01-01'::timestamp", "290000-01-01T00:00:00", "time"),
        ("'2024-01-01 00:00:00.123456789'::timestamp_ns", "2024-01-01T00:00:00.123456789", "time"),
        ("TIME '24:00'", "24:00:00", "time"), ("[DATE '9999-12-31']", '["9999-12-31"]', "text"),
        ("[1, 2]", "[1, 2]", "text"), ("{'a': DATE '2024-01-01', 'b': 1.5}",
                                       '{"a": "2024-01-01", "b": "1.5"}', "text"),
        ("'\\x00\\xff'::blob", "\\x00ff", "text"), ("'glad'::ENUM('glad')", "glad", "text"),
    ],
)  # fmt: skip
def test_a_value_becomes_what_json_has(
    sales: Source, ann: User, value: str, cell: Any, kind: str
) -> None:
    found = asked(sales, ann, f"SELECT {value}")
    assert (found.rows, found.kinds) == (((cell,),), (kind,))


def test_rows_with_times_keep_their_order_and_their_columns_names(sales: Source, ann: User) -> None:
    sql = (
        "SELECT n AS a, DATE '2024-01-01' + n::int AS a, INTERVAL (n) DAY AS \"x y\""
        " FROM range(900) t (n) ORDER BY n DESC -- all"
    )
    found = asked(sales, ann, sql)
    assert (found.columns, found.kinds) == (("a", "a", "x y"), ("number", "time", "text"))
    assert [row[0] for row in found.rows] == [*range(899, -1, -1)]
    assert found.rows[-2] == (1, "2024-01-02", "1 day")


def test_a_query_leaves_nothing_in_the_log(
    sales: Source, ann: User, capfd: pytest.CaptureFixture[str]
) -> None:
    asked(sales, ann, "SELECT 1")
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM staff",
        "SELECT * FROM staff, (WITH staff AS (SELECT 1) SELECT * FROM staff)",
        "SELECT * FROM duckdb_databases()",
        "SELECT * FROM duckdb_tables",
        "SELECT * FROM information_schema.tables",
        "SELECT * FROM sqlite_master",
        "SHOW ALL TABLES",
        "SELECT * FROM (SHOW ALL TABLES)",
        "DESCRIBE staff",
        "SUMMARIZE customer",
        "WITH customer AS (SELECT * FROM pragma_database_list()) SELECT * FROM customer",
        "SELECT (SELECT max(content) FROM read_text('/etc/passwd'))",
        "SELECT * FROM '/etc/passwd'",
        "SELECT * FROM query('SELECT 1')",
        "SELECT 1; SELECT 2",
        "COPY customer TO '/tmp/out.csv'",
        "ATTACH '/tmp/x.db'",
        "CREATE TABLE t (x int)",
        "SET threads = 1",
        "CALL pragma_version()",
        "INSTALL httpfs",
    ],
)
def test_nothing_but_reading_the_listed_tables_is_run(sales: Source, ann: User, sql: str) -> None:
    error = refused(sales, ann, sql)
    assert error.code == "invalid_request"
    assert "Did you mean" not in error.message


def test_a_query_that_takes_too_long_is_stopped(file: Path, ann: User) -> None:
    began = time.monotonic()
    error = refused(on(file, "customer", seconds=0.5), ann, SLOW)
    assert error.message.startswith("The query took longer than 0.5 s on sales. Let it read fewer")
    assert time.monotonic() - began < 10


def test_a_caller_who_leaves_stops_the_query(sales: Source, ann: User) -> None:
    async def leave() -> None:
        asking = asyncio.create_task(run.run(sales, run.CheckedSQL(SLOW, sales.dialect, ()), ann))
        await asyncio.sleep(2)
        asking.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asking

    before = time.monotonic()
    asyncio.run(leave())
    assert time.monotonic() - before < 8


def test_a_query_that_takes_too_much_memory_is_refused(sales: Source, ann: User) -> None:
    error = refused(sales, ann, "SELECT list(range || repeat('x', 100)) FROM range(100000000)")
    assert "emory" in error.message


def test_rows_beyond_the_cap_are_left_out(file: Path, ann: User) -> None:
    found = asked(on(file, "customer", rows=1500), ann, "SELECT * FROM range(1000000000)")
    assert (len(found.rows), found.truncated) == (1500, True)


# ── A folder of files ───────────────────────────────────────────────────────────────────────


def test_files_in_a_folder_are_tables(folder: Path, ann: User) -> None:
    files = on(folder, "orders", "items", "lines")
    assert checked(files) == []
    orders, items, lines = read_tables(schema_of(files).document)[0].tables
    assert [column.type for column in orders.columns] == ["BIGINT", "DOUBLE", "DATE"]
    assert [column.name for column in items.columns] == ["id", "parts"]
    assert [column.name for column in lines.columns] == ["n"]
    found = asked(files, ann, "SELECT o.id, total, n FROM orders o, lines ORDER BY 1", "orders")
    assert found.rows == ((1, 2.5, 3), (2, None, 3))


def test_other_files_of_the_folder_are_not_there(folder: Path, ann: User) -> None:
    files = on(folder, "orders")
    for table in ("secret", f"'{folder}/secret.csv'", f"read_csv('{folder}/secret.csv')"):
        assert refused(files, ann, f"SELECT * FROM {table}").code == "invalid_request"


def test_a_table_has_one_file(folder: Path, ann: User) -> None:
    (folder / "orders.parquet").touch()
    files = on(folder, "orders", "items")
    assert checked(files) == [
        "sales: The table 'orders' is left out: The folder has orders.parquet, orders.csv:"
        " which is the table orders? Keep one."
    ]
    assert asked(files, ann, "SELECT id FROM items", "items").rows == ((1,),)
    said = "\n".join(checked(on(folder, "nothing", "Order", "../exports/items", "a.b")))
    assert "There is no file nothing.parquet, nothing.csv or nothing.json in the folder." in said
    assert "or Order.json in the folder. Did you mean 'orders'?" in said
    assert "'../exports/items' is not the name of a file" in said
    assert "'a.b' is not the name of a file" in said
