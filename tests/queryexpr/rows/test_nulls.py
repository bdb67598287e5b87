"""The literal NULL is a value, wherever it is written: never the absence of a condition."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from tests.queryexpr.rows.staff import carried, errors, judged, run, written

NULLS = [
    "SELECT id FROM emp WHERE NULL",
    "SELECT id FROM emp WHERE (NULL)",
    "SELECT COUNT(*) FROM emp HAVING NULL",
    "SELECT COUNT(*) FROM emp JOIN dept d ON NULL",
    "SELECT COUNT(*) FROM emp LEFT JOIN dept d ON NULL",
    "SELECT COUNT(*) FILTER (WHERE NULL), COUNT(*) FROM emp",
    "SELECT SUM(id) FILTER (WHERE NULL) OVER () FROM emp",
    "SELECT CASE NULL WHEN 1 THEN 2 ELSE 3 END",
    "SELECT CASE WHEN NULL THEN 2 ELSE NULL END",
]


@pytest.mark.parametrize("sql", NULLS)
@pytest.mark.parametrize("source", ["sqlite", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_a_condition_that_is_null_is_kept(sql, source, target):
    assert carried(sql, source, target) == run(source, sql)


@pytest.mark.parametrize("dialect", [d.name for d in DIALECTS.values() if d.conditions_are_values])
def test_where_null_is_kept_in_every_dialect_that_has_it(dialect):
    assert written("SELECT id FROM emp WHERE NULL", dialect).endswith(("NULL", "NULL)"))


@pytest.mark.parametrize("null", [None, {"null": True}])
def test_a_query_expression_may_have_the_literal_as_a_condition(null):
    query = {"query": {"from": {"table": "emp"}, "where": null, "select": [{"expr": 1}]}}
    assert written(query, "sqlite") == "SELECT 1 FROM emp WHERE NULL"
    assert (judged(query, "sqlite").ir or {})["query"]["where"] == {"null": True}


def test_a_null_that_is_not_true_is_an_error():
    query = {"query": {"from": {"table": "emp"}, "select": [{"expr": {"null": False}}]}}
    assert errors(query, "sqlite") == ["shape"]
