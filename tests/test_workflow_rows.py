"""What analysts write passes the gate, and its SQL finds the very rows of theirs."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflow_triples import SCHEMAS, database
from workflow.gate import engine

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
    found = database("shop").execute(sql).fetchall()
    return [tuple((type(value), value) for value in row) for row in found]


@pytest.mark.parametrize("sql", SETS)
def test_sets_of_several_kinds_are_taken_from_left_to_right(sql):
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize(
    "type_",
    "DATE DATETIME BOOLEAN NUMERIC DECIMAL(5,1) FLOAT DOUBLE REAL INT BIGINT VARCHAR(3) TEXT STRING"
    " LONG SIGNED TIMESTAMP".split(),
)
def test_a_cast_of_sqlite_makes_what_its_letters_say(type_):
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
def test_a_window_may_put_the_results_of_groups_together(sql):
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize("value", ["SUM(SUM(id))", "SUM(SUM(SUM(id))) OVER ()"])
def test_an_aggregate_of_an_aggregate_is_named_as_the_fault(value):
    with pytest.raises(AssertionError, match="stands inside of another aggregate"):
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
def test_a_format_may_be_used_that_makes_no_long_text(text):
    sql = f"SELECT PRINTF({text}, price, name) FROM product"
    assert exact(gated(sql)) == exact(sql)


@pytest.mark.parametrize(
    "text", ["'%100d'", "'%*d'", "'%.999f'", "'%0999d'", "name", "'%' || '9999999d'"]
)
def test_a_format_that_could_make_a_long_text_is_refused(text):
    with pytest.raises(AssertionError, match="PRINTF needs a format"):
        gated(f"SELECT PRINTF({text}, 9, 9) FROM product")


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "snowflake", "duckdb", "oracle"])
@pytest.mark.parametrize("size", ["101", "-1", "stock", "1e9", "50 * 1000000"])
def test_a_text_is_filled_up_to_a_small_length_only(dialect, size):
    assert "LPAD(name, 8, '.')" in gated("SELECT LPAD(name, 8, '.') FROM product", dialect)
    with pytest.raises(AssertionError, match="LPAD needs a length"):
        gated(f"SELECT LPAD(name, {size}, '.') FROM product", dialect)
