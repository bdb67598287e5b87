"""What is written for the dialect that was read finds the same rows, and values of the same types."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import judged

SHORT_CASTS = [
    "SELECT TIMESTAMP '2024-01-31 10:20:30'::date AS a, DATE '2024-01-31'::text AS b",
    "SELECT DATE '2024-01-31'::timestamp::text AS a, '2024-01-31'::timestamp::date AS b",
    "SELECT id FROM item WHERE seen::date = TIMESTAMP '2020-01-31 13:00:00'::date",
    "SELECT CAST('2024-01-31' AS DATE)::timestamp AS a, CAST('5'::text AS INTEGER) AS b",
]
NATURAL = [
    "SELECT * FROM (SELECT id, n FROM item) a NATURAL JOIN (SELECT id, m FROM item) b"
    " NATURAL JOIN (SELECT pid AS id, w FROM part) c ORDER BY id",
    "SELECT * FROM (SELECT id, n FROM item) a NATURAL LEFT JOIN (SELECT id, m FROM item) b"
    " NATURAL LEFT JOIN (SELECT pid AS id, m, w FROM part, (SELECT 3 AS m) x) c ORDER BY id",
]


def assert_kept(engines, sql, dialect):
    judgement = judged(sql, dialect, dialect)
    assert judgement.valid, [issue.message for issue in judgement.issues]
    found = engines.run(dialect, str(judgement.sql))
    assert repr(found) == repr(engines.run(dialect, sql)), judgement.sql


@pytest.mark.parametrize("sql", SHORT_CASTS)
@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_a_cast_behind_a_typed_text_casts_that_type(engines, sql, dialect):
    assert_kept(engines, sql, dialect)


@pytest.mark.parametrize("sql", NATURAL)
@pytest.mark.parametrize("dialect", ["postgres", "duckdb", "mysql", "sqlite"])
def test_natural_joins_in_a_row_share_each_column_once(engines, sql, dialect):
    assert_kept(engines, sql, dialect)
