"""What Postgres and others refuse besides kinds of values is refused before it is run."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl
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
    "SELECT ROUND(STDDEV(r), 2) FROM item",
    "SELECT TRUNC(r, 1) FROM item",
    "SELECT seen - 1 FROM item",
    "SELECT id FROM item WHERE seen > NOW() - 30",
    "SELECT day + 1.5 FROM item",
    "SELECT day + day FROM item",
    "SELECT day * 2 FROM item",
    "SELECT day + '1 day' FROM item",
    "SELECT day - '30 days' FROM item",
    "SELECT EXTRACT(DAY FROM day - DATE '2024-01-01') FROM item",
    "SELECT DATE_PART('day', CURRENT_DATE - day) FROM item",
    "SELECT DATE_TRUNC('month', s) FROM item",
    "SELECT DATE_PART('year', s) FROM item",
    "SELECT AGE(s) FROM item",
    "SELECT TO_CHAR(s, 'YYYY') FROM item",
    "SELECT TO_CHAR(id) FROM item",
    "SELECT TO_DATE(day, 'YYYY-MM-DD') FROM item",
    "SELECT DATE(id) FROM item",
    "SELECT CAST(id AS DATE) FROM item",
    "SELECT CAST(d AS BOOLEAN) FROM item",
    "SELECT MD5(id) FROM item",
    "SELECT POSITION('1' IN id) FROM item",
    "SELECT id FROM item WHERE id ~ '1'",
    "SELECT id FROM item WHERE day ~ '2020'",
    "SELECT id FROM item WHERE s ILIKE 5",
    "SELECT GREATEST(id, s) FROM item",
    "SELECT BOOL_AND(id) FROM item",
    "SELECT BOOL_OR(s) FROM item",
    "SELECT CORR(s, id) FROM item",
    "SELECT STDDEV(day) FROM item",
    "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY s) FROM item",
    "SELECT STRING_AGG(DISTINCT s, ',' ORDER BY id) FROM item",
    "SELECT COUNT(*) FILTER (WHERE id) FROM item",
    "SELECT SUM(n) OVER (ORDER BY day RANGE BETWEEN 30 PRECEDING AND CURRENT ROW) FROM item",
    "SELECT COALESCE(day, 'none') FROM item",
    "SELECT CASE WHEN id = 1 THEN day ELSE 'none' END FROM item",
    "SELECT CASE id WHEN 'a' THEN 1 END FROM item",
    "SELECT LAG(n, 1, 'none') OVER (ORDER BY id) FROM item",
]
JSON = ["LOWER(j)", "j LIKE '%a%'", "MAX(j)"]


@pytest.mark.parametrize("sql", POSTGRES)
def test_postgres_refuses_it(engines, sql):
    assert refused(sql, "postgres", "postgres")
    with pytest.raises(
        Exception, match=r"exist|unique|invalid|implemented|must|cannot|only|operator|supported"
    ):
        engines.run("postgres", sql)


@pytest.mark.parametrize("value", JSON)
def test_postgres_takes_no_json_for_a_text(engines, value):
    sql = f"SELECT {value} FROM (SELECT CAST('{{}}' AS JSON) AS j) AS t"
    table = read_ddl("CREATE TABLE t (j JSON);", DIALECTS["postgres"])[0]
    judgement = judge(f"SELECT {value} FROM t", DIALECTS["postgres"], table)
    assert not judgement.valid
    with pytest.raises(Exception, match="exist"):
        engines.run("postgres", sql)


TAKEN = [
    "SELECT ROUND(SUM(d) / COUNT(*), 2), ROUND(STDDEV(n), 2), TRUNC(MAX(d), 1) FROM item",
    "SELECT day + 1, day - 1, day - day, day - '2024-01-01', seen - day, 1 + day FROM item",
    "SELECT seen - INTERVAL '1 day', seen + (seen - seen), day + INTERVAL '1 month' * 2 FROM item",
    "SELECT EXTRACT(DAY FROM seen - day), DATE_PART('day', AGE(day)) FROM item",
    "SELECT EXTRACT(DAY FROM AGE(CURRENT_DATE, day)), DATE_TRUNC('month', day) FROM item",
    "SELECT TO_CHAR(day, 'YYYY'), TO_CHAR(d, '999D9'), TO_DATE(s, 'YYYY') FROM item WHERE 1 = 0",
    "SELECT CAST(s AS DATE) FROM item WHERE 1 = 0",
    "SELECT MD5(s), POSITION('a' IN s), s ~ 'a', GREATEST(id, n), GREATEST(day, '2024-01-01') FROM item",
    "SELECT BOOL_AND(ok), BOOL_OR(id > 1), CORR(r, n), STDDEV(d) FROM item",
    "SELECT PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY n) FROM item",
    "SELECT STRING_AGG(DISTINCT s, ',' ORDER BY s), ARRAY_AGG(DISTINCT n ORDER BY n DESC) FROM item",
    "SELECT COUNT(*) FILTER (WHERE ok), COUNT(*) FILTER (WHERE n > 1) FROM item",
    "SELECT COALESCE(day, '2024-01-01'), COALESCE(CAST(day AS TEXT), 'none') FROM item",
    "SELECT CASE n WHEN '7' THEN 1 END, LAG(n, 1, '0') OVER (ORDER BY id) FROM item",
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
