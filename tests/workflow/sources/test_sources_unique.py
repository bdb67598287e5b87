"""The unique keys of a source's tables, besides their primary keys."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from queryexpr import read_tables
from tests.workflow import mysql, postgres
from tests.workflow.meanings.files import read as read_meanings
from tests.workflow.mysql import do, with_user
from tests.workflow.sources.asking import APPS, source
from tests.workflow.sqlite import on
from workflow.meanings.never import allowed
from workflow.sources.schema import schema_of
from workflow.sources.source import Source

__all__ = ["mariadb", "postgres_server"]
pytestmark = pytest.mark.django_db(transaction=True, available_apps=APPS)
postgres_server, mariadb = postgres.server, mysql.server
TABLE = """CREATE TABLE item (id INT PRIMARY KEY, code VARCHAR(9) UNIQUE, shop INT, "No" INT, name VARCHAR(9),
  UNIQUE (shop, "No"))"""
INDEXES = (
    "CREATE UNIQUE INDEX by_name ON item (name)",
    "CREATE INDEX by_shop ON item (shop)",
    "CREATE UNIQUE INDEX by_sum ON item ((shop + id))",
)
PARTIAL = 'CREATE UNIQUE INDEX of_some ON item ("No") WHERE shop > 1'
KEYS = [["code"], ["name"], ["shop", "No"]]


def keys(one: Source) -> list[list[str]]:
    """Return the keys of the only table, as the gate reads them too."""
    document = schema_of(one).document
    catalogue, issues = read_tables(document)
    assert issues == ()
    found = sorted(map(list, catalogue.tables[0].unique_keys))
    assert found == sorted(map(list, {*map(tuple, document["tables"][0]["unique_keys"])}))
    return found


def test_unique_keys_of_sqlite_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(";".join((TABLE, *INDEXES, PARTIAL)))
    assert keys(on(path, "item")) == KEYS


def test_unique_keys_of_duckdb_are_read(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "a.duckdb")) as database:
        database.execute(";".join((TABLE, *INDEXES)))
    assert keys(source(f"duckdb:///{tmp_path / 'a.duckdb'}", "item")) == KEYS


def test_unique_keys_of_postgres_are_read_as_far_as_the_role_may(postgres_server: str) -> None:
    covering = 'CREATE UNIQUE INDEX covering ON item (shop, "No") INCLUDE (name)'
    postgres.do(postgres_server, ";".join((TABLE, *INDEXES, PARTIAL, covering)))
    postgres.do(postgres_server, "GRANT SELECT ON item TO reader")
    whole = source(postgres.as_role(postgres_server), "item", name="pg")
    assert keys(whole) == KEYS
    postgres.do(postgres_server, "REVOKE SELECT ON item FROM reader; GRANT SELECT (id, code, shop) ON item TO reader")  # fmt: skip
    assert keys(source(postgres.as_role(postgres_server), "item", name="part")) == [["code"]]


def test_unique_keys_of_mysql_are_read(mariadb: int) -> None:
    do(mariadb, "USE sales", TABLE.replace('"', "`"), *INDEXES[:2])
    with with_user(mariadb, "GRANT SELECT ON sales.item TO {user}", tables=("item",)) as sales:
        assert keys(sales) == KEYS


def test_a_key_of_a_column_that_must_not_be_asked_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript("CREATE TABLE orders (id INTEGER PRIMARY KEY, a TEXT UNIQUE, b TEXT UNIQUE)")  # fmt: skip
    meanings = read_meanings(
        "meanings:\n  sales:\n    never: [{columns: [orders.a], answer: No.}]\n", schema=None
    ).of("sales")
    assert meanings
    known = allowed(schema_of(on(path, "orders")).document, meanings)
    assert known["tables"][0]["unique_keys"] == [["b"]]
