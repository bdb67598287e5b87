"""What analysts write passes the gate, and its SQL finds the very rows of theirs."""

from __future__ import annotations

from typing import Any

import pytest

from queryexpr.clauses.clauses import clauses, compose
from queryexpr.dialects.all import DIALECTS
from queryexpr.gate import engine
from queryexpr.gate.judge import judge_ir, judge_sql
from queryexpr.lift.lift import lift
from tests.queryexpr.triples import SCHEMAS, database, in_duckdb

SQLITE = DIALECTS["sqlite"]

SETS = [
    "SELECT name FROM customer UNION ALL SELECT name FROM product UNION SELECT name FROM category",
    "SELECT id FROM sale UNION SELECT id FROM product INTERSECT SELECT id FROM category",
    "SELECT id FROM sale EXCEPT SELECT id FROM category UNION SELECT 9 ORDER BY id DESC LIMIT 2",
    "SELECT COUNT(*) FROM (SELECT id FROM sale INTERSECT SELECT id FROM product EXCEPT SELECT 3)",
    "SELECT id FROM sale WHERE id IN (SELECT 1 UNION SELECT 2 EXCEPT SELECT id FROM category)",
]


def gated(sql: str, dialect: str = "sqlite") -> str:
    """The SQL that the gate writes for SQL over the shop's tables."""
    ddl = SCHEMAS["shop"]["ddl"]
    arguments = {"sql": sql, "source": dialect, "target": dialect, "schema": ddl}
    judged = engine.run("sql", arguments)
    assert judged["valid"], judged["issues"]
    return str(judged["sql"])


def exact(sql: str) -> list[tuple[Any, ...]]:
    """SQLite's rows in their order, with the types of their values."""
    result = database("shop").execute(sql).fetchall()
    return [tuple((type(value), value) for value in row) for row in result]


@pytest.mark.parametrize("sql", SETS)
def test_set_operations_are_read_from_left_to_right(sql):
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize(
    "type_",
    "DATE DATETIME BOOLEAN NUMERIC DECIMAL(5,1) FLOAT DOUBLE REAL INT BIGINT VARCHAR(3) TEXT STRING"
    " LONG SIGNED TIMESTAMP".split(),
)
def test_a_cast_of_sqlite_has_the_affinity_of_its_type(type_):
    sql = f"SELECT CAST(joined AS {type_}), CAST(id + 0.26 AS {type_}) FROM customer"
    assert exact(gated(sql)) == exact(sql)


def test_a_cast_to_bytes_is_refused():
    with pytest.raises(AssertionError, match="not_supported"):
        gated("SELECT CAST(name AS BLOB) FROM customer")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT sold, SUM(SUM(quantity)) OVER (ORDER BY sold) FROM sale GROUP BY sold",
        "SELECT product_id, 1.0 * COUNT(*) / SUM(COUNT(*)) OVER () FROM sale GROUP BY product_id",
    ],
)
def test_a_window_may_aggregate_the_results_of_groups(sql):
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize("value", ["SUM(SUM(id))", "SUM(SUM(SUM(id))) OVER ()"])
def test_an_aggregate_of_an_aggregate_is_an_error(value):
    with pytest.raises(AssertionError, match="is inside another aggregate"):
        gated(f"SELECT {value} FROM sale")


def test_tables_with_commas_are_read_in_the_order_that_sqlite_finds_best():
    sql = (
        "SELECT c.name, s.id FROM sale s, customer c WHERE c.name = 'Bob' AND s.customer_id = c.id"
    )
    assert "CROSS" not in gated(sql)
    assert exact(gated(sql)) == exact(sql)


def test_postgres_keeps_the_type_of_date_part():
    sql = gated("SELECT DATE_PART('year', sold) FROM sale", "postgres")
    assert "DATE_PART('year', sold)" in sql  # EXTRACT returns numeric, DATE_PART double precision


@pytest.mark.parametrize("text", ["'%.2f'", "'%05d of %s'", "'%,d'", "'100%%'", "'%-10s|'"])
def test_a_format_without_wide_fields_is_allowed(text):
    sql = f"SELECT PRINTF({text}, price, name) FROM product"
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize(
    "text", ["'%100d'", "'%*d'", "'%.999f'", "'%0999d'", "name", "'%' || '9999999d'"]
)
def test_a_format_with_wide_fields_is_refused(text):
    with pytest.raises(AssertionError, match="PRINTF needs a format"):
        gated(f"SELECT PRINTF({text}, 9, 9) FROM product")


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "snowflake", "duckdb", "oracle"])
@pytest.mark.parametrize("size", ["101", "-1", "stock", "1e9", "50 * 1000000"])
def test_padding_is_limited_to_a_small_length(dialect, size):
    assert "LPAD(name, 8, '.')" in gated("SELECT LPAD(name, 8, '.') FROM product", dialect)
    with pytest.raises(AssertionError, match="LPAD needs a length"):
        gated(f"SELECT LPAD(name, {size}, '.') FROM product", dialect)


LATEST = "(customer_id, sold) IN (SELECT customer_id, MAX(sold) FROM sale GROUP BY customer_id)"


@pytest.mark.parametrize(
    "condition",
    [
        LATEST,
        f"NOT {LATEST}",
        "(customer_id, discount) NOT IN (SELECT 1, 0.5 UNION SELECT 2, NULL)",
        "(customer_id, product_id) = (1, 1) OR (customer_id, product_id) <> (2, 4)",
        "(id, quantity) IN (SELECT * FROM (SELECT id, quantity FROM sale WHERE id > 2))",
    ],
)
def test_a_row_may_be_compared_with_the_rows_of_a_query(condition):
    sql = f"SELECT id, {condition} FROM sale WHERE {condition}"
    assert exact(gated(sql)) == exact(sql)
    assert gated(f"SELECT id FROM sale WHERE {condition}", "postgres")


@pytest.mark.parametrize("dialect", ["tsql", "bigquery"])
def test_a_dialect_whose_rows_compare_differently_refuses_them(dialect):
    judged = judge_sql(f"SELECT id FROM sale WHERE {LATEST}", SQLITE, DIALECTS[dialect])
    assert "rows" in judged.issues[-1].message
    assert not judged.valid


def test_a_row_and_its_query_need_the_same_number_of_columns():
    sql = "SELECT id FROM sale WHERE (id, quantity) IN (SELECT id FROM product)"
    with pytest.raises(AssertionError, match="'in' compares 2 values with rows"):
        gated(sql)


def test_a_row_in_a_query_is_explained():
    judged = judge_sql(f"SELECT id FROM sale WHERE {LATEST}", SQLITE, SQLITE)
    text = "Keep the rows where the row of customer_id and sold is among the result of query 1."
    assert text in judged.explanation


def test_a_list_is_compared_with_one_value():
    both = {"op": "in", "args": [1, 2, {"list": [1]}]}
    document = {"query": {"from": {"table": "sale"}, "select": [{"expr": 1}], "where": both}}
    judged = judge_ir(document, SQLITE)
    assert [issue.message for issue in judged.issues] == ["'in' takes one value before a list."]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT DISTINCT ON (customer_id) customer_id, id FROM sale ORDER BY customer_id, id DESC",
        "SELECT DISTINCT ON (customer_id, sold) * FROM sale ORDER BY sold, 2, id LIMIT 3",
        "SELECT DISTINCT ON (c) LOWER(city) AS c, name FROM customer ORDER BY LOWER(city), name",
        "WITH x AS (SELECT DISTINCT ON (customer_id) * FROM sale) SELECT COUNT(*) FROM x",
    ],
)
def test_the_first_row_of_each_group_is_kept_as_in_the_query(sql):
    assert in_duckdb(gated(sql, "duckdb")) == in_duckdb(sql)
    assert "DISTINCT ON" in gated(sql, "postgres")


FIRST = "SELECT DISTINCT ON (city) city, name FROM customer"


def test_what_is_first_in_each_group_is_explained():
    judged = judge_sql(f"{FIRST} ORDER BY city, name", DIALECTS["postgres"], DIALECTS["postgres"])
    assert judged.explanation[-1] == "Of the rows that agree in city, keep only the first."


@pytest.mark.parametrize("target", ["sqlite", "mysql", "tsql", "snowflake", "bigquery", "oracle"])
def test_a_dialect_without_distinct_on_refuses_it(target):
    judged = judge_sql(FIRST, DIALECTS["postgres"], DIALECTS[target])
    assert "has no DISTINCT ON" in judged.issues[-1].message


def test_an_order_that_does_not_begin_with_distinct_on_is_an_error():
    with pytest.raises(AssertionError, match="ORDER BY must begin with the values of DISTINCT ON"):
        gated(f"{FIRST} ORDER BY name", "postgres")


def test_the_first_of_each_group_can_be_edited_as_a_card():
    postgres = DIALECTS["postgres"]
    lifted = lift(f"{FIRST} ORDER BY city", postgres).expression
    parts = clauses(lifted, postgres, None)
    assert parts["select"] == "DISTINCT ON (city) city, name"
    assert compose(parts, postgres) == lifted


def test_tables_with_commas_can_be_edited_as_a_card():
    lifted = lift("SELECT 1 FROM sale, customer c JOIN product ON 1 = 1", SQLITE).expression
    parts = clauses(lifted, SQLITE, None)
    assert parts["from"] == "sale, customer AS c JOIN product ON 1 = 1"
    assert compose(parts, SQLITE) == lifted


def test_distinct_and_distinct_on_exclude_each_other():
    both = {"distinct": True, "distinct_on": [{"column": "sold"}], "order_by": [{"by": 1}]}
    document = {"query": {"from": {"table": "sale"}, "select": [{"expr": 1}], **both}}
    judged = judge_ir(document, DIALECTS["duckdb"])
    assert [issue.message for issue in judged.issues] == [
        "Use 'distinct' or 'distinct_on', not both."
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < 4) SELECT * FROM n",
        "WITH x(a, b) AS (VALUES (1, 'x'), (2, NULL)) SELECT b, a FROM x ORDER BY a DESC",
        "SELECT column2, column1 + 1 FROM (VALUES (1, 'a'), (2.5, 'b')) AS v",
        "SELECT c.name, v.column2 FROM customer c JOIN (VALUES (1, 7), (4, 8)) v ON c.id = v.column1",
        "SELECT id FROM sale WHERE id IN (VALUES (1), (5)) OR (id, quantity) IN (VALUES (2, 1))",
    ],
)
def test_values_are_a_union_of_queries(sql):
    assert exact(gated(sql)) == exact(sql)


def test_the_columns_of_a_list_of_values_have_their_names():
    sql = "SELECT label FROM (VALUES (1, 'a'), (2, 'b')) AS t(n, label) WHERE n > 1"
    assert in_duckdb(gated(sql, "duckdb")) == in_duckdb(sql) == [("b",)]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("(1, 2), (3)", "needs as many values"),
        ("(NULL), (NULL), (5)", "begins with nulls"),
        (", ".join(["(1)"] * 51), "over 50 rows"),
        (f"({', '.join(['1'] * 101)})", "over 100 columns"),
    ],
)
def test_values_that_a_union_would_change_are_refused(values, message):
    with pytest.raises(AssertionError, match=message):
        gated(f"SELECT * FROM (VALUES {values}) AS t(a)", "postgres")


@pytest.mark.parametrize("operator", ["~", "~*", "!~", "!~*"])
def test_a_computed_pattern_of_postgres_keeps_its_parentheses(operator):
    sql = gated(f"SELECT id FROM product WHERE name {operator} ('A' || name)", "postgres")
    written = "".join(sql.split())
    assert f"name{operator.removeprefix('!')}('A'||name)" in written  # ~ binds as tightly as ||


def test_a_regular_expression_that_ignores_case_keeps_ignoring_it():
    judged = judge_sql("SELECT name FROM product WHERE name ~* '^a|BRIE'",
                       DIALECTS["postgres"], DIALECTS["duckdb"])  # fmt: skip
    assert in_duckdb(str(judged.sql)) == [("Assam",), ("Brie",)]
    assert "(in letters of either case)" in judged.explanation[1]


def test_order_by_prefers_an_alias_to_a_column():
    sql = "SELECT sold AS id, COUNT(*) AS n FROM sale GROUP BY sold ORDER BY id DESC"
    assert gated(sql, "postgres")
    assert exact(gated(sql)) == exact(sql)
    with pytest.raises(AssertionError, match="neither in GROUP BY"):
        gated(sql.replace("AS id", "AS day"), "postgres")
