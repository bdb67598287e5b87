"""Recursions, whose columns have the types of their first part."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged
from tests.queryexpr.engines.servers import ENGINES

CALENDARS = {
    "mysql": [
        "SELECT DATE('2024-01-01') AS d UNION ALL SELECT DATE_ADD(d, INTERVAL 1 DAY)",
        "SELECT CURDATE() - INTERVAL 6 DAY AS d UNION ALL SELECT d + INTERVAL 1 DAY",
        "SELECT MIN(day) AS d FROM item UNION ALL SELECT d + INTERVAL 1 MONTH",
        "SELECT CAST('2024-01-31' AS DATE) AS d UNION ALL SELECT DATE_ADD(d, INTERVAL 2 WEEK)",
    ],
    "postgres": [
        "SELECT DATE '2024-01-01' AS d UNION ALL SELECT (d + INTERVAL '1 day')::date",
        "SELECT MIN(day) AS d FROM item UNION ALL SELECT d + 30",
    ],
    "duckdb": ["SELECT DATE '2024-01-01' AS d UNION ALL SELECT d + INTERVAL 1 MONTH"],
}
TEXTS = {
    "postgres": "SELECT ''::text AS t, 1 AS n UNION ALL SELECT t || 'ab' || w, n + 1",
    "sqlite": "SELECT '' AS t, 1 AS n UNION ALL SELECT t || 'ab' || w, n + 1",
    "duckdb": "SELECT w AS t, 2 AS n FROM part WHERE pid = 1 UNION ALL SELECT t || 'ab' || w, n + 1",
}


@pytest.mark.parametrize("source", CALENDARS)
@pytest.mark.parametrize("target", ENGINES)
def test_days_stay_days_in_a_calendar(engines, source, target):
    for parts in CALENDARS[source]:
        sql = f"WITH RECURSIVE c AS ({parts} FROM c WHERE d < CURRENT_DATE) SELECT MAX(d), COUNT(*) FROM c"
        ours = sql.replace("CURRENT_DATE", "CURDATE()") if source == "mysql" else sql
        assert_same(engines, ours if "CURDATE() -" in ours else until_june(ours), source, target)


def until_june(sql):
    return sql.replace("CURDATE()", "'2024-06-01'").replace("CURRENT_DATE", "'2024-06-01'")


@pytest.mark.parametrize("source", TEXTS)
@pytest.mark.parametrize("target", ENGINES)
def test_a_text_may_become_longer_than_the_first(engines, source, target):
    sql = f"WITH RECURSIVE c AS ({TEXTS[source]} FROM c JOIN part ON pid = n WHERE n < 4) SELECT t FROM c"
    assert_same(engines, sql, source, target)


def test_the_parts_have_the_same_types_elsewhere():
    days = "WITH RECURSIVE c AS (SELECT CURDATE() AS d UNION ALL SELECT d + INTERVAL 1 DAY FROM c WHERE d < '2027-01-01') SELECT d FROM c"
    assert "CAST(c.d + INTERVAL '1' DAY AS DATE)" in str(judged(days, "mysql", "bigquery").sql)
    texts = "WITH RECURSIVE c AS (SELECT w AS t FROM part UNION ALL SELECT CONCAT(t, w) FROM c JOIN part ON pid = 1 WHERE CHAR_LENGTH(t) < 9) SELECT t FROM c"
    sql = str(judged(texts, "mysql", "tsql").sql)
    assert sql.count("AS VARCHAR(MAX)") == 2
    assert "AS VARCHAR2(4000)" in str(judged(texts, "mysql", "oracle").sql)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
def test_a_time_of_a_query_below_keeps_its_hours(engines, source, target):
    for sql in (
        "WITH q AS (SELECT seen AS x FROM item WHERE id <> 4) SELECT x + INTERVAL '1 day', x - INTERVAL '1 week' FROM q",
        "SELECT x + INTERVAL '1 month' FROM (SELECT MAX(seen) AS x FROM item WHERE id <> 4) AS q",
        "WITH RECURSIVE c AS (SELECT TIMESTAMP '2024-01-01 10:00:00' AS d UNION ALL SELECT d + INTERVAL '1 day' FROM c WHERE d < '2024-02-01') SELECT d FROM c",
    ):
        assert_same(engines, sql, source, target)
