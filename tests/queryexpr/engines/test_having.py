"""HAVING in MySQL: of rows without groups, and of values that rows are grouped by."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES

ROWS = [
    "SELECT id, n * 2 AS twice FROM item HAVING twice > 3",
    "SELECT id, s AS name FROM item WHERE n < 10 HAVING name = 'Ada' OR name = 'bob'",
    "SELECT DISTINCT n AS k FROM item HAVING k > 2 AND k < 100",
    "SELECT t.id FROM (SELECT id, n + 1 AS m1 FROM item HAVING m1 > 3) AS t",
]
GROUPS = [
    "SELECT DATE_TRUNC('month', day), COUNT(*) FROM item GROUP BY DATE_TRUNC('month', day)"
    " HAVING DATE_TRUNC('month', day) > DATE '2020-01-01'",
    "SELECT DATE_TRUNC('month', day) AS m, COUNT(*) FROM item GROUP BY 1"
    " HAVING DATE_TRUNC('month', day) > DATE '2020-01-01' AND COUNT(*) > 0",
    "SELECT n + 1, MAX(id) FROM item WHERE id > 1 GROUP BY n + 1 HAVING n + 1 > 3",
    "SELECT n, MAX(id) FROM item GROUP BY n HAVING n > 3 OR MAX(id) > 3",
]


@pytest.mark.parametrize("sql", ROWS)
@pytest.mark.parametrize("target", ENGINES)
def test_having_without_groups_is_a_condition_of_rows(engines, sql, target):
    assert_same(engines, sql, "mysql", target)


@pytest.mark.parametrize("sql", GROUPS)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_groups_are_chosen_by_what_rows_have(engines, sql, source):
    assert_same(engines, sql, source, "mysql")


def test_groups_are_not_chosen_by_that_or_an_aggregate():
    sql = "SELECT COUNT(*) FROM item GROUP BY n + 1 HAVING n + 1 > 3 OR COUNT(*) > 1"
    assert refused(sql, "postgres", "mysql") == {"dialect"}
