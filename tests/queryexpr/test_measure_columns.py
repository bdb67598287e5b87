"""Measures that a query names as columns, and the tables that its other columns need."""

from __future__ import annotations

import pytest

from queryexpr.gate.operations import Judgement
from tests.queryexpr.test_meanings import judged, rows

NET = "SELECT MEASURE(net_revenue) FROM orders"


def codes(judgement: Judgement) -> list[str]:
    return [issue.code for issue in judgement.issues]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(orders.net_revenue) FROM orders",
        "SELECT SUM(o.net_revenue) FROM orders AS o",
        "SELECT net_revenue FROM orders",
        "SELECT SUM(NET_REVENUE) FROM orders",
        "SELECT SUM(MEASURE(net_revenue)) FROM orders",
    ],
)
def test_a_measure_is_read_where_a_query_names_it_as_a_column(sql: str) -> None:
    assert rows(sql) == rows(NET) == [(115,)]
    warnings = [i for i in judged(sql).issues if i.code == "read_as_measure"]
    assert [w.severity for w in warnings] == ["warning"] * ("MEASURE" not in sql)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT AVG(orders.net_revenue) FROM orders", "aggregate"),
        ("SELECT SUM(DISTINCT orders.net_revenue) FROM orders", "aggregate"),
        ("SELECT id FROM orders WHERE orders.net_revenue > 3", "aggregate"),
    ],
)
def test_a_calculation_with_a_measure_that_has_no_meaning_is_an_error(sql: str, code: str) -> None:
    assert code in codes(judged(sql))
    assert not judged(sql).valid


def test_a_name_of_the_querys_own_is_no_measure() -> None:
    sql = "SELECT SUM(t.net_revenue) FROM (SELECT total AS net_revenue FROM orders) AS t"
    assert rows(sql) == [(135,)]
    named = "SELECT MEASURE(net_revenue) AS net_revenue FROM orders ORDER BY net_revenue"
    assert "read_as_measure" not in codes(judged(named))


def test_a_column_of_that_name_is_the_column() -> None:
    measures = {"total": {"expr": "COUNT(orders.id)"}}
    judgement = judged("SELECT SUM(orders.total) FROM orders", measures=measures)
    assert (judgement.sql or "").split() == "SELECT SUM(orders.total) FROM orders".split()


def test_tables_that_columns_name_are_joined_as_those_of_the_measure() -> None:
    sql = "SELECT customers.region, MEASURE(net_revenue) FROM orders GROUP BY customers.region"
    assert rows(sql) == [("north", 10), ("south", 5), (None, 100)]
    outer = "SELECT id FROM customers WHERE 9 < (SELECT MEASURE(net_revenue) FROM orders WHERE orders.customer_id = customers.id)"
    assert rows(outer) == [(1,)]


def test_without_a_measure_no_table_is_added() -> None:
    assert codes(judged("SELECT customers.region FROM orders")) == ["unknown_alias"]


def test_a_table_that_does_not_exist_is_said_before_how_it_is_joined() -> None:
    judgement = judged("SELECT MEASURE(net_revenue) FROM orders JOIN custom ON custom.id = 1")
    assert codes(judgement) == ["unknown_table"]
    assert judgement.issues[0].near == ("customers",)
