"""Small worlds: wrong queries are distinguished from right ones, and two of one meaning never are."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from queryexpr.dialects.sqlite import SQLITE
from queryexpr.schema.catalogue import Table
from queryexpr.schema.render import table_ddl
from queryexpr.worlds.world import Example, Rows
from tests.queryexpr.worlds.pairs import DIFFERENT, SAME, catalogue, params, search

WORLDS = 30  # of each pair that asks the same; the long test tries as many as two seconds allow


@pytest.mark.parametrize("pair", params(DIFFERENT))
def test_a_wrong_query_is_told_from_the_right_one(pair):
    found = search(pair, seconds=30, worlds=2_000)
    assert found.example, found.sentence
    assert found.sentence.endswith(".")


@pytest.mark.parametrize("pair", params(SAME))
def test_two_ways_to_ask_the_same_are_not_told_apart(pair):
    found = search(pair, seconds=30, worlds=WORLDS)
    assert not found.example, found.sentence
    assert found.sentence == f"No difference was found in {WORLDS} small worlds."


@pytest.mark.long
@pytest.mark.parametrize("pair", params(SAME)[::4])
def test_two_ways_to_ask_the_same_are_not_told_apart_in_two_seconds(pair):
    found = search(pair)
    assert not found.example, found.sentence


@pytest.mark.parametrize("pair", params(DIFFERENT)[::13])
def test_an_example_keeps_the_keys_of_its_schema_and_is_true(pair):
    example = search(pair, seconds=30, worlds=2_000).example
    assert example
    with closing(filled(pair.schema, example)) as connection:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        one, other = (connection.execute(sql).fetchall() for sql in (pair.one, pair.other))
    assert one != other


def filled(schema: str, example: Example) -> sqlite3.Connection:
    """Return a database with all keys of the schema and the rows of an example.

    A table that the example leaves out has rows for every key that may refer to them.
    """
    connection = sqlite3.connect(":memory:")
    tables = {table.name: table for table in example.tables}
    for table in catalogue(schema).tables:
        connection.execute(table_ddl(table, catalogue(schema), SQLITE, comments=False))
        every = () if table.foreign_keys else tuple((number,) for number in range(50))
        rows = tables.get(table.name, Rows(("id",), every))
        for row in rows.rows:
            insert(connection, table, dict(zip(rows.columns, row, strict=True)))
    return connection


def insert(connection: sqlite3.Connection, table: Table, row: dict[str, object]) -> None:
    for column in table.columns:  # those that an example leaves out
        if not column.nullable:
            row.setdefault(column.name, 0)
    marks = ", ".join("?" * len(row))
    names = ", ".join(row)
    connection.execute(f"INSERT INTO {table.name} ({names}) VALUES ({marks})", [*row.values()])
