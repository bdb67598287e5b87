"""A name in quotes keeps the case of its letters, where databases fold the others."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge, judge_ir
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.engines.pairs import assert_same, judged
from tests.queryexpr.engines.rows import equal, plain

DDL = """
CREATE TABLE "Order" ("placedAt" DATE, total NUMERIC(10, 2), status VARCHAR(9), "Status" VARCHAR(9));
"""
ROWS = """INSERT INTO "Order" VALUES ('2024-01-05', 9, 'a', 'x'), ('2024-02-05', 7, NULL, 'y'),
  ('2024-03-05', 5, 'c', 'z')"""
MONTHS = """WITH m AS (SELECT date_trunc('month', "placedAt") AS month, sum(total) AS total FROM "Order"
  GROUP BY 1) SELECT to_char(month, 'Mon YYYY') AS "Month", total AS "Total" FROM m"""
QUERIES = [
    f"{MONTHS} ORDER BY month",
    f'{MONTHS} ORDER BY "Month"',
    f'{MONTHS} ORDER BY "Total" DESC',
    'SELECT -total AS "TOTAL" FROM "Order" ORDER BY total',
    'SELECT coalesce(status, \'none\') AS "STATUS", count(*) AS n FROM "Order" GROUP BY status'
    " ORDER BY status",
    'SELECT status, "Status" FROM "Order" ORDER BY "Status" DESC',
    'SELECT total AS "Order", "placedAt" AS "order" FROM "Order" ORDER BY "order" DESC',
    'SELECT "placedAt" AS "Total", total AS total FROM "Order" ORDER BY "Total"',
    'SELECT "placedAt" AS "Total", total AS Total FROM "Order" ORDER BY TOTAL',
    'WITH "Q" AS (SELECT 1 AS n), q AS (SELECT 2 AS n) SELECT "Q".n, q.n AS m FROM "Q", q',
    'SELECT "O".total, o.total AS other FROM "Order" "O" JOIN "Order" o ON o.total < "O".total'
    " ORDER BY 1, 2",
    'SELECT q."Status", q.status FROM (SELECT * FROM "Order") q ORDER BY q."Status"',
    'SELECT "Status", max(total) AS "Max" FROM "Order" GROUP BY "Status" HAVING max(total) > 5'
    ' ORDER BY "Max"',
    'SELECT rank() OVER (ORDER BY total DESC) AS "Rank" FROM "Order" ORDER BY "Rank"',
]


@pytest.fixture(scope="module")
def run(engines):
    engines.run("postgres", 'DROP TABLE IF EXISTS "Order"')
    engines.run("postgres", DDL)
    engines.run("postgres", ROWS)
    yield lambda sql: engines.run("postgres", sql)
    engines.run("postgres", 'DROP TABLE "Order"')


def written(sql, source="postgres", target=""):
    catalogue = read_ddl(DDL, DIALECTS[source])[0]
    return judge(sql, DIALECTS[target or source], catalogue, source=DIALECTS[source])


@pytest.mark.parametrize("sql", QUERIES)
def test_the_same_dialect_has_the_same_rows_and_columns(run, sql):
    judgement = written(sql)
    assert judgement.valid, judgement.issues
    assert equal(plain(run(sql), ordered=True), plain(run(judgement.sql), ordered=True))
    named = "SELECT json_object_keys(row_to_json(q)) FROM ({}) AS q"
    names = [name for (name,) in run(named.format(judgement.sql))]
    assert names == [name for (name,) in run(named.format(sql))]
    assert names[: len(judgement.columns)] == list(judgement.columns)


ELSEWHERE = [
    'SELECT -n AS "N" FROM item WHERE n > 2 ORDER BY n DESC LIMIT 1',
    'SELECT coalesce(s, \'none\') AS "S", count(*) AS "Count" FROM item GROUP BY s ORDER BY s LIMIT 2',
    'SELECT id AS "Id", -m AS "M" FROM item WHERE m IS NOT NULL ORDER BY m LIMIT 2',
    'SELECT "Id", "Day" FROM (SELECT id AS "Id", day AS "Day" FROM item) AS "Q" ORDER BY "Id"',
    'WITH "Big" AS (SELECT id AS "Id" FROM item WHERE n > 5) SELECT "Id" FROM "Big" b',
]


@pytest.mark.parametrize("sql", ELSEWHERE)
@pytest.mark.parametrize("target", ["postgres", "sqlite", "duckdb", "mysql"])
def test_a_name_that_differs_in_its_case_only_is_not_mistaken_elsewhere(engines, sql, target):
    assert_same(engines, sql, "postgres", target)


@pytest.mark.parametrize(
    ("sql", "one"),
    [
        ('SELECT id AS "Total", n AS total FROM item ORDER BY "Total"', "Total"),
        ('WITH "Q" AS (SELECT 1 AS n), q AS (SELECT 2 AS n) SELECT "Q".n FROM "Q", q', "Q"),
        ('SELECT "I".id FROM item "I" JOIN item i ON i.n = "I".id', "I"),
    ],
)
@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql", "tsql", "bigquery"])
def test_two_names_that_are_one_elsewhere_are_an_error(sql, one, target):
    issues = [i for i in judged(sql, "postgres", target).issues if i.severity == "error"]
    assert [issue.code for issue in issues] == ["dialect"]
    title = DIALECTS[target].title
    assert (
        issues[0].message == f"{title} takes {one!r} and {one.lower()!r} for one name: rename one."
    )


@pytest.mark.parametrize(
    ("source", "target", "quoted", "plain_"),
    [
        ("oracle", "oracle", 'AS "total"', "AS total"),
        ("snowflake", "snowflake", 'AS "Total"', "AS Total"),
        ("snowflake", "snowflake", "AS TOTAL", 'AS "TOTAL"'),
        ("mysql", "postgres", 'AS "Total"', "AS Total"),
        ("sqlite", "snowflake", 'AS "Total"', "AS Total"),
        ("tsql", "oracle", 'AS "Total"', "AS Total"),
    ],
)
def test_only_a_name_that_needs_them_gets_quotes(source, target, quoted, plain_):
    given = "AS `Total`" if source == "mysql" else quoted
    for sql, expected in (
        (f"SELECT n {given} FROM item", quoted),
        (f"SELECT n {plain_} FROM item", plain_.replace('"', "")),
    ):
        assert expected in " ".join(str(judged(sql, source, target).sql).split())


@pytest.mark.parametrize(
    ("dialect", "columns"),
    [
        ("postgres", ("id", "n", "M", "count")),
        ("snowflake", ("ID", "N", "M", "COUNT")),
        ("oracle", ("ID", "N", "M", "COUNT")),
        ("sqlite", ("id", "N", "M", "count")),
        ("mysql", ("id", "N", "M", "count")),
    ],
)
def test_columns_are_named_as_the_database_names_them(dialect, columns):
    sql = 'SELECT id, n AS N, m AS "M", COUNT(*) OVER () AS count FROM item'
    assert (
        judged(sql.replace('"', "`" if dialect == "mysql" else '"'), dialect, dialect).columns
        == columns
    )


def test_a_query_expression_keeps_the_quotes():
    judgement = written(QUERIES[5])
    assert judgement.ir["quoted"] == ("Order", "Status")
    again = judge_ir(judgement.ir, DIALECTS["postgres"], read_ddl(DDL, DIALECTS["postgres"])[0])
    assert again.sql == judgement.sql


def test_a_plain_name_still_finds_the_schema_s_in_letters_of_another_case():
    assert written('SELECT placedat FROM "Order"').columns == ("placedAt",)
    assert written('SELECT placedat AS "PLACEDAT" FROM "Order"').columns == ("PLACEDAT",)


@pytest.mark.parametrize("source", ["sqlite", "duckdb", "mysql"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql", "postgres"])
def test_quotes_change_no_name_where_case_does_not_matter(engines, source, target):
    sql = """SELECT "ITEM"."ID", "N" AS "Total" FROM "ITEM" JOIN (SELECT "Id" FROM item) q USING ("ID")
      WHERE "n" > 2 ORDER BY total, item.id"""
    sql = sql.replace('"ITEM"', '"item"')  # MySQL's files have the case of their tables
    assert_same(engines, sql.replace('"', "`") if source == "mysql" else sql, source, target)
