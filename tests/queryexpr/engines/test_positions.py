"""ORDER BY the number of a column, for dialects that have no NULLS LAST."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import PAIRS

ORDERED = [
    "SELECT id FROM item ORDER BY 1 DESC",
    "SELECT n, id FROM item ORDER BY 1, 2",
    "SELECT n AS x, m AS y, id FROM item ORDER BY 2 DESC, 1, 3",
    "SELECT n, COUNT(*) FROM item GROUP BY n ORDER BY 2 DESC, 1 LIMIT 3",
    "SELECT n, SUM(n) OVER (ORDER BY id), id FROM item ORDER BY 2 DESC, 3",
    "SELECT DISTINCT n FROM item ORDER BY 1",
    "SELECT n FROM item UNION SELECT id FROM item ORDER BY 1 DESC LIMIT 3",
    "SELECT n FROM item WHERE n IN (SELECT n FROM item ORDER BY 1 LIMIT 3) ORDER BY 1",
]


@pytest.mark.parametrize("sql", ORDERED)
def test_a_number_is_the_column(engines, sql):
    assert_same(engines, sql, "postgres", "mysql")


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_number_counts_the_columns_of_a_star(engines, source, target):
    if "mysql" not in (source, target):  # which has no NULLS LAST for a number
        sql = "SELECT * FROM (SELECT n, m, id FROM item) AS x WHERE n > 0 ORDER BY n + m, 3"
        assert_same(engines, f"{sql} LIMIT 3", source, target)
        sql = "SELECT *, n + 1 AS q FROM item ORDER BY n IS NULL, 1 DESC LIMIT 2"
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT n AS m, m AS n FROM item ORDER BY 1",
        "SELECT * FROM item ORDER BY 1",
    ],
)
def test_a_column_without_a_name_of_its_own_is_refused(sql):
    assert refused(sql, "postgres", "mysql") == {"dialect"}


@pytest.mark.parametrize("target", ["sqlite", "postgres", "duckdb", "mysql"])
def test_order_by_null_orders_nothing(engines, target):
    assert_same(engines, "SELECT id FROM item ORDER BY NULL", "mysql", target)
    sql = "SELECT ok, MAX(id) FROM item GROUP BY ok ORDER BY NULL"
    assert_same(engines, sql, "mysql", target)
