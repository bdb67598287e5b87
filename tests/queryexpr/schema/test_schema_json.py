"""Schemas as they are written: DDL of any dialect, and JSON."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.issues import Refused
from queryexpr.schema.checks import MAX_TABLES
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.render import to_ddl, to_json
from tests.queryexpr.schema.schemas import SHOP, lines, read


@pytest.mark.parametrize("dialect", DIALECTS)
def test_rendered_ddl_reads_back_the_same(dialect: str) -> None:
    catalogue, _ = read(SHOP)
    again, issues = read(to_ddl(catalogue, DIALECTS[dialect], comments=True), dialect)
    assert issues == ()
    assert to_json(again) == to_json(catalogue)


def test_rendered_ddl_has_only_columns_and_keys() -> None:
    written = to_ddl(read(SHOP)[0], DIALECTS["sqlite"], comments=True)
    assert "CURRENT_TIMESTAMP" not in written
    assert "CHECK" not in written
    with closing(sqlite3.connect(":memory:")) as database:
        database.executescript(written)


def test_a_type_that_is_not_plain_is_rendered_as_text() -> None:
    catalogue, _ = read("CREATE TABLE t (a ENUM('x); DROP TABLE t'), b)")
    assert to_ddl(catalogue, DIALECTS["mysql"]) == "CREATE TABLE t (\n  a TEXT,\n  b TEXT\n);"


def test_a_comment_stays_on_its_line() -> None:
    value = {
        "tables": [{"name": "t", "columns": [{"name": "a", "comment": "x\n); DROP\r\x0b\x1b"}]}]
    }
    catalogue, _ = read_tables(value)
    assert to_ddl(catalogue, DIALECTS["sqlite"], comments=True).splitlines() == [
        "CREATE TABLE t (", "  a TEXT -- x ); DROP", ");",
    ]  # fmt: skip


def test_a_name_is_quoted_if_its_dialect_would_fold_it() -> None:
    catalogue, _ = read('CREATE TABLE "Order" ("Id" INT, id2 INT, "group" INT)')
    assert to_ddl(catalogue, DIALECTS["postgres"]).split("\n")[:2] == [
        'CREATE TABLE "Order" (',
        '  "Id" INT,',
    ]
    assert "  Id INT," in to_ddl(catalogue, DIALECTS["sqlite"])


def test_json_and_create_table_give_the_same_catalogue() -> None:
    catalogue, _ = read(SHOP)
    again, issues = read_tables(to_json(catalogue))
    assert issues == ()
    assert lines(again) == lines(catalogue)
    assert [table.foreign_keys for table in again.tables] == [
        table.foreign_keys for table in catalogue.tables
    ]


@pytest.mark.parametrize(
    ("value", "pointer"),
    [
        ([], ""),
        ({"tables": [{"name": "t"}]}, "/tables/0/columns"),
        ({"tables": [{"name": "t", "columns": [{"name": 1}]}]}, "/tables/0/columns/0/name"),
        ({"tables": [{"name": "t\n", "columns": [{"name": "a"}]}]}, "/tables/0/name"),
        ({"tables": [{"name": "t", "columns": [{"name": "a"}], "rows": []}]}, "/tables/0/rows"),
    ],
)
def test_invalid_json_is_refused_with_a_pointer(value: object, pointer: str) -> None:
    with pytest.raises(Refused) as refused:
        read_tables(value)
    assert [(issue.code, issue.pointer) for issue in refused.value.issues] == [("schema", pointer)]


def test_issues_of_json_have_pointers() -> None:
    key = {"columns": ["b"], "table": "t", "references": ["a"]}
    table = {"name": "t", "columns": [{"name": "a"}, {"name": "A"}], "foreign_keys": [key]}
    _, issues = read_tables({"tables": [table]})
    assert [issue.pointer for issue in issues] == [
        "/tables/0/columns/1",
        "/tables/0/foreign_keys/0",
    ]


def test_json_with_too_many_tables_is_refused_before_validation() -> None:
    with pytest.raises(Refused) as refused:
        read_tables({"tables": [None] * (MAX_TABLES + 1)})
    assert refused.value.issues[0].code == "schema_too_large"
