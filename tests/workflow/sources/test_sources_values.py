"""The values of columns that local models may see: which are read, and which are not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.workflow import mysql, postgres
from tests.workflow.mysql import with_user
from tests.workflow.sources.asking import APPS, checked, source
from tests.workflow.sqlite import file, on
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["file", "mariadb", "postgres_server"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
postgres_server, mariadb = postgres.server, mysql.server
ENDLESS = (  # it has no row, and does not end
    "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c)"
    " SELECT 'a' AS x FROM c WHERE n < 0"
)
HOSTILE = [
    "ann", "x" * 41, "two\nlines", " padded", "", "tab\there", "it's -- 'quoted'", "\u202ehidden",
]  # fmt: skip


def read(one: Source) -> dict[str, tuple[str, ...]]:
    return {column.name: column.values for column in schema_of(one).values}


def filled(path: Path, values: list[Any]) -> Path:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE t (v)")
        database.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        database.commit()
    return path


def shows(*columns: tuple[str, str], **fields: Any) -> dict[str, Any]:
    return {"values": columns, **fields}


def test_the_most_frequent_come_first(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", ["b", "b", "a", None, "c", "c", "c"])
    assert read(on(path, "t", **shows(("t", "v")))) == {"t.v": ("c", "b", "a")}


def test_only_short_texts_on_one_line_are_read_and_not_too_many(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", HOSTILE)
    assert read(on(path, "t", **shows(("t", "v")))) == {"t.v": ("ann", "it's -- 'quoted'")}
    path = filled(tmp_path / "b.db", [f"v{n:02}" for n in range(50)])
    (values,) = read(on(path, "t", name="b", **shows(("t", "v")))).values()
    assert values == tuple(f"v{n:02}" for n in range(20))


def test_numbers_are_not_read(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", [4711, 0.5, b"blob"])
    assert read(on(path, "t", **shows(("t", "v")))) == {"t.v": ()}


def test_without_a_column_none_is_read(file: Path) -> None:
    assert schema_of(on(file, "customer")).values == ()


def test_a_schema_has_no_values(file: Path) -> None:
    known = schema_of(on(file, "customer", **shows(("customer", "Full name"))))
    assert known.values[0].values == ("Ann", "Bob")
    assert "Ann" not in str(known.document)


def test_what_takes_too_long_has_no_values_and_its_source_a_schema(tmp_path: Path) -> None:
    path = filled(tmp_path / "a.db", ["a"])
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"CREATE VIEW endless AS {ENDLESS}")
    slow = on(path, "endless", "t", seconds=0.3, **shows(("endless", "x"), ("t", "v")))
    known = schema_of(slow)
    assert [table["name"] for table in known.document["tables"]] == ["endless", "t"]
    assert [column.values for column in known.values] == [(), ()]


def test_a_start_names_columns_that_cannot_be_read(file: Path) -> None:
    (said,) = checked(on(file, "customer", **shows(("customer", "nothing"), ("customer", "born"))))
    assert said.startswith("sales: No values of customer.nothing can be read: no such column")


def test_values_of_duckdb_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.duckdb"
    with duckdb.connect(str(path)) as database:
        database.execute('CREATE SCHEMA s; CREATE TABLE s.t ("a""b" text); CREATE TABLE u (d date)')
        database.execute("INSERT INTO s.t VALUES ('x'), ('y'), ('y'); INSERT INTO u VALUES ('2024-02-29')")  # fmt: skip
    (tmp_path / "orders.csv").write_text("state\nopen\ndone\nopen\n")
    columns = shows(("s.t", 'a"b'), ("u", "d"))
    assert read(source(f"duckdb:///{path}", "s.t", "u", **columns)) == {
        't.a"b': ("y", "x"), "u.d": (),
    }  # fmt: skip
    folder = source(f"duckdb:///{tmp_path}", "orders", name="b", **shows(("orders", "state")))
    assert read(folder) == {"orders.state": ("open", "done")}


def test_values_of_postgres_are_read_as_far_as_the_role_may(postgres_server: str) -> None:
    columns = shows(
        ("archive.invoice", "grade"), ("customer", "mood"), ("customer", "secret"),
        ("customer", "Full name"),
    )  # fmt: skip
    sales = source(
        postgres.as_role(postgres_server), "customer", "archive.invoice", **columns, name="pg"
    )
    assert read(sales) == {
        "invoice.grade": (), "customer.mood": ("glad",), "customer.secret": (),
        "customer.Full name": ("Ann", "Bob"),
    }  # fmt: skip
    (said,) = checked(sales)
    assert said.startswith("pg: No values of customer.secret can be read: permission denied")


def test_values_of_mysql_are_read(mariadb: int) -> None:
    columns = shows(("customer", "Full name"), ("customer", "mood"), ("invoice", "total"))
    with with_user(mariadb, tables=("customer", "invoice"), name="my", **columns) as sales:
        assert read(sales) == {
            "customer.Full name": ("Ann", "Bob"), "customer.mood": ("glad",), "invoice.total": (),
        }  # fmt: skip
