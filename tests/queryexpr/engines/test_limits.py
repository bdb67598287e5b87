"""LIMIT in the query of IN, ALL and ANY, which MySQL refuses there."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged

LISTS = [
    "SELECT id FROM item WHERE id IN (SELECT id FROM item ORDER BY id DESC LIMIT 2)",
    "SELECT id FROM item WHERE id NOT IN (SELECT id FROM item ORDER BY id LIMIT 2 OFFSET 1)",
    "SELECT id FROM item WHERE (id, n) IN (SELECT id, n FROM item ORDER BY id LIMIT 1)",
    "SELECT id FROM item WHERE id IN (SELECT id FROM item UNION SELECT 1 ORDER BY 1 LIMIT 1)",
    "SELECT id FROM item WHERE id IN (SELECT id FROM item WHERE id NOT IN"
    " (SELECT id FROM item ORDER BY id LIMIT 1) ORDER BY id LIMIT 1)",
]
KEPT = [
    "SELECT id FROM item WHERE id = (SELECT id FROM item ORDER BY id LIMIT 1)",
    "SELECT id FROM item AS i WHERE EXISTS (SELECT 1 FROM item AS o WHERE o.id > i.id LIMIT 1)",
]


@pytest.mark.parametrize("sql", [*LISTS, *KEPT])
@pytest.mark.parametrize("source", ["sqlite", "postgres"])
def test_a_list_may_have_a_limit(engines, sql, source):
    assert_same(engines, sql, source, "mysql")


@pytest.mark.parametrize("right", ["SELECT pid FROM part", "SELECT pid FROM part LIMIT 2 OFFSET 1"])
def test_a_side_of_a_union_may_have_a_limit(engines, right):
    union = f"(SELECT id FROM item ORDER BY id LIMIT 1) UNION ALL ({right})"
    sql = f"SELECT id FROM item WHERE id NOT IN ({union})"
    assert_same(engines, sql, "postgres", "mysql")


@pytest.mark.parametrize("sql", LISTS)
def test_mysql_gets_a_query_in_from(engines, sql):
    judgement = judged(sql, "mysql", "mysql")
    assert judgement.valid, judgement.issues
    engines.run("mysql", str(judgement.sql))
    with pytest.raises(Exception, match="doesn't yet support 'LIMIT & IN"):
        engines.run("mysql", sql)


@pytest.mark.parametrize("sql", KEPT)
def test_other_queries_keep_theirs(sql):
    assert "limited" not in str(judged(sql, "mysql", "mysql").sql)


def test_a_quantified_comparison_is_written_so_too(engines):
    sql = "SELECT id FROM item WHERE id >= ALL (SELECT id FROM item ORDER BY id DESC LIMIT 3)"
    assert_same(engines, sql, "postgres", "mysql")


@pytest.mark.parametrize(
    "listed", ["SELECT o.id FROM item AS o WHERE o.n = i.n", "SELECT pid FROM part ORDER BY n"]
)
def test_a_limit_for_each_row_is_refused(listed):
    sql = f"SELECT id FROM item AS i WHERE id IN ({listed} LIMIT 1)"
    judgement = judged(sql, "mysql", "mysql")
    assert [issue.code for issue in judgement.issues] == ["dialect"]
    assert "LIMIT in a query of IN that depends on the row" in judgement.issues[0].message
