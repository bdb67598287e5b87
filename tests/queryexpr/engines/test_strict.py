"""What Postgres and others refuse besides kinds of values is refused before it is run."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

POSTGRES = [
    "SELECT ROUND(r, 2) FROM item",
    "SELECT ROUND(SUM(r), 2) FROM item",
    "SELECT ROUND(SUM(CASE WHEN n > 1 THEN r ELSE 0 END), 2) FROM item",
    "SELECT r % 2 FROM item",
    "SELECT MOD(r, 2) FROM item",
    "SELECT STRING_AGG(id, ',') FROM item",
    "SELECT id || n FROM item",
    "SELECT LPAD(id, 3, '0') FROM item",
    "SELECT DATE_TRUNC('month', '2024-01-15')",
    "SELECT '2024-01-15' + INTERVAL '1 month'",
    "SELECT id FROM item WHERE id = 'x'",
    "SELECT CASE ok WHEN 1 THEN 'y' END FROM item",
    "SELECT n IS TRUE FROM item",
    "SELECT COUNT(DISTINCT n) OVER () FROM item",
    "SELECT DISTINCT s FROM item ORDER BY n",
    "SELECT DISTINCT s FROM item ORDER BY LOWER(s)",
    "SELECT s FROM item UNION SELECT w FROM part ORDER BY LOWER(s)",
]


@pytest.mark.parametrize("sql", POSTGRES)
def test_postgres_refuses_it(engines, sql):
    assert refused(sql, "postgres", "postgres")
    with pytest.raises(
        Exception, match=r"exist|unique|invalid|implemented|must|cannot|only|operator"
    ):
        engines.run("postgres", sql)


TAKEN = [
    "SELECT ROUND(AVG(n), 2) FROM item",
    "SELECT ROUND(CAST(r AS DECIMAL), 2) FROM item",
    "SELECT ROUND(d, 2), d % 2, ROUND(r) FROM item",
    "SELECT STRING_AGG(s, ',' ORDER BY id) FROM item",
    "SELECT id || s FROM item",
    "SELECT COUNT(n) OVER () FROM item",
    "SELECT DISTINCT s AS t FROM item ORDER BY t",
    "SELECT DISTINCT i.s FROM item AS i ORDER BY s",
    "SELECT DISTINCT s, n FROM item ORDER BY n, s",
    "SELECT DISTINCT LOWER(s) FROM item ORDER BY LOWER(s)",
    "SELECT DISTINCT * FROM item ORDER BY id",
    "SELECT s FROM item UNION SELECT w FROM part ORDER BY s",
    "SELECT id AS x FROM item ORDER BY -x",
    "SELECT n AS x, COUNT(*) AS y FROM item GROUP BY n ORDER BY y * 2 DESC, ABS(x)",
]


@pytest.mark.parametrize("sql", TAKEN)
def test_postgres_takes_it(engines, sql):
    judgement = judged(sql, "postgres", "postgres")
    assert judgement.valid, [issue.message for issue in judgement.issues]
    engines.run("postgres", str(judgement.sql))


@pytest.mark.parametrize(
    ("sql", "source", "target"),
    [
        ("SELECT GROUP_CONCAT(id) FROM item", "sqlite", "postgres"),
        ("SELECT CASE ok WHEN 1 THEN 'y' WHEN 0 THEN 'n' END FROM item", "sqlite", "postgres"),
        ("SELECT n IS TRUE FROM item", "mysql", "postgres"),
        ("SELECT SUM(DISTINCT n) OVER () FROM item", "duckdb", "mysql"),
        ("SELECT STRING_AGG(s, ',') OVER (ORDER BY id) FROM item", "postgres", "mysql"),
        ("SELECT MEDIAN(n) OVER () FROM item", "duckdb", "postgres"),
        ("SELECT DISTINCT s FROM item ORDER BY n", "sqlite", "postgres"),
        ("SELECT s FROM item UNION SELECT w FROM part ORDER BY LOWER(s)", "duckdb", "sqlite"),
    ],
)
def test_a_translation_is_judged_as_the_target_does(sql, source, target):
    assert refused(sql, source, target)


def test_an_alias_in_a_computed_order_is_written_out(engines):
    assert_same(engines, "SELECT id AS x FROM item ORDER BY -x", "sqlite", "postgres")
