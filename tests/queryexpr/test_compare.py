"""Two queries are the same if they differ in names and order only."""

from __future__ import annotations

import pytest

from queryexpr.check.check import check
from queryexpr.compare import same
from queryexpr.dialects.sqlite import SQLITE
from queryexpr.lift.lift import lift
from queryexpr.schema.ddl.read import read_ddl

CATALOGUE, _ = read_ddl(
    "CREATE TABLE stadium (id INTEGER PRIMARY KEY, name TEXT);"
    "CREATE TABLE concert (id INTEGER PRIMARY KEY, stadium_id INTEGER, year INTEGER)",
    SQLITE,
)


def is_same(*queries: str) -> bool:
    one, other = (check(lift(sql, SQLITE).expression, SQLITE, CATALOGUE) for sql in queries)
    return same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT id FROM concert WHERE year > 3", "SELECT c.ID FROM concert c WHERE 3 < c.year"),
        ("SELECT id AS n FROM concert ORDER BY n", "SELECT id FROM concert ORDER BY id"),
        ("SELECT year AS y, COUNT(*) FROM concert GROUP BY y", "SELECT year, COUNT(*) FROM concert GROUP BY year"),
        ("SELECT c.id FROM concert c JOIN stadium s ON s.id = stadium_id", "SELECT concert.id FROM stadium JOIN concert ON stadium_id = stadium.id"),
        ("SELECT name FROM stadium s WHERE EXISTS (SELECT 1 FROM concert WHERE stadium_id = s.id)",
         "SELECT name FROM stadium WHERE EXISTS (SELECT 1 FROM concert c WHERE c.stadium_id = stadium.id)"),
        ("SELECT x.id FROM (SELECT * FROM concert) x", "SELECT y.id FROM (SELECT * FROM concert) y"),
    ],
)  # fmt: skip
def test_names_and_order_do_not_count(one: str, other: str) -> None:
    assert is_same(one, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("SELECT id FROM concert", "SELECT year FROM concert"),
        ("SELECT a.id FROM concert a JOIN concert b ON a.id = b.year", "SELECT b.id FROM concert a JOIN concert b ON a.id = b.year"),
        ("SELECT id FROM concert ORDER BY id", "SELECT id FROM concert ORDER BY year"),
        ("SELECT year AS id FROM concert ORDER BY year", "SELECT year AS id FROM concert ORDER BY stadium_id"),
    ],
)  # fmt: skip
def test_other_columns_and_other_orders_count(one: str, other: str) -> None:
    assert not is_same(one, other)


def test_aliases_that_name_each_other_end() -> None:
    sql = "SELECT a AS b, b AS a FROM (SELECT * FROM pragma_table) AS x ORDER BY a"
    assert is_same(sql, sql)
