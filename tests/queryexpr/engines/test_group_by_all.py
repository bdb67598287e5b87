"""GROUP BY ALL is read as what it means, and written for dialects that lack it."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

QUERIES = [
    "SELECT n, COUNT(*) FROM item GROUP BY ALL",
    "SELECT n, ok, SUM(d) + 1 AS x FROM item GROUP BY ALL",
    "SELECT n > 2 AS big, COUNT(*) FROM item GROUP BY ALL",
    "SELECT COUNT(*), 1 AS one FROM item GROUP BY ALL",
    "SELECT n, (SELECT COUNT(*) FROM part) AS c, MAX(m) FROM item GROUP BY ALL",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", ["duckdb", "postgres", "sqlite", "mysql"])
def test_group_by_all_is_grouped_by_what_has_no_aggregate(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


def test_group_by_all_of_a_star_is_refused():
    assert refused("SELECT *, COUNT(*) FROM item GROUP BY ALL", "duckdb", "duckdb") == {"star"}
