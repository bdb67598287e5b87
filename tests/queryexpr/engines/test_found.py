"""What random queries found: each small one that had other rows, in another dialect."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

FOUND = [
    ("duckdb", "mysql", "SELECT COUNT_IF(s NOT LIKE s) FROM item"),
    ("sqlite", "postgres", "SELECT id, EXP(SIGN(id) / 100) FROM item"),
    ("sqlite", "postgres", "SELECT id, FLOOR(n) / 2, CEIL(n) / 4, SIGN(n) / 2 FROM item"),
    ("postgres", "sqlite", "SELECT id, FLOOR(n) / 2, SIGN(n) / 2 FROM item"),
    ("postgres", "sqlite", "SELECT id, COALESCE(r, id) / n FROM item"),
    ("postgres", "sqlite", "SELECT id, EXTRACT(YEAR FROM day) / 10 FROM item"),
    ("postgres", "sqlite", "SELECT id, (d * 1000) / 7, ROUND(d) / 2 FROM item"),
    ("duckdb", "sqlite", "SELECT id, COALESCE(r, id) / n FROM item"),
    ("postgres", "duckdb", "SELECT d FROM item UNION ALL SELECT ROUND((2.5), 1) FROM item"),
    ("postgres", "duckdb", "SELECT d FROM item UNION ALL SELECT ROUND(d, 1) FROM item"),
    ("postgres", "sqlite", "SELECT id, CAST(ROUND(id, -1) AS TEXT), ROUND(n, -1) / 4 FROM item"),
    ("duckdb", "sqlite", "SELECT id FROM item WHERE DATE '2024-01-31' + INTERVAL '1 month' > day"),
    ("postgres", "sqlite", "SELECT id FROM item WHERE CAST(day AS TIMESTAMP) = day"),
    ("postgres", "sqlite", "SELECT id FROM item WHERE TIMESTAMP '2024-02-29 00:00:00' <= day"),
    ("postgres", "sqlite", "SELECT id FROM item WHERE seen < day OR seen >= day"),
    ("sqlite", "duckdb", "SELECT id, NULLIF(d, d) % id, NULLIF(d, 0) % 2 FROM item"),
]
EITHER = [
    "COALESCE(r, id) / n",
    "n / CASE WHEN id > 2 THEN r ELSE id END",
    "MAX(r, id) / 2",
    "IIF(n > 2, 2.5, 2) / 2",
]


@pytest.mark.parametrize(("source", "target", "sql"), FOUND)
def test_it_finds_the_same_rows(engines, source, target, sql):
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("value", EITHER)
@pytest.mark.parametrize("target", ["postgres", "duckdb", "mysql"])
def test_a_quotient_of_values_of_either_type_is_refused(value, target):
    assert refused(f"SELECT {value} FROM item", "sqlite", target) == {"dialect"}
