"""A condition that is selected is 1, 0 or null also where a dialect has no such values."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from tests.queryexpr.engines.pairs import judged
from tests.queryexpr.triples import catalogue, database

NUMBER = {"column": "discount"}
NUMBERS = {"query": {"from": {"table": "sale"}, "select": [{"expr": {"column": "quantity"}}]}}
CONDITIONS = [
    {"op": "not in", "args": [NUMBER, NUMBERS]},
    {"op": "not in", "args": [NUMBER, {"list": [1, 2]}]},
    {"op": "not between", "args": [NUMBER, 1, 2]},
    {"op": "not", "args": [{"op": "in", "args": [NUMBER, NUMBERS]}]},
    {"op": "not", "args": [{"op": "<", "args": [NUMBER, 2]}]},
    {"op": "not", "args": [{"op": "is null", "args": [NUMBER]}]},
    {"op": "is not null", "args": [NUMBER]},
]


@pytest.mark.parametrize("target", ["tsql", "oracle"])
@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
def test_it_has_the_same_rows(condition, target):
    query = {"from": {"table": "sale"}, "select": [{"expr": condition, "as": "x"}]}
    ours, theirs = (
        judge_ir({"query": query}, DIALECTS[name], catalogue("shop")) for name in ("sqlite", target)
    )
    assert theirs.valid, theirs.issues
    assert ours.sql
    assert theirs.sql
    assert "CASE" in theirs.sql
    rows = database("shop").execute(ours.sql).fetchall()
    assert database("shop").execute(theirs.sql).fetchall() == rows
    assert len({*rows}) > 1


@pytest.mark.parametrize("source", ["sqlite", "mysql", "postgres"])
def test_a_comparison_without_an_alias_is_no_alias(source):
    judgement = judged("SELECT s = 'Ada', n FROM item", source, "tsql")
    assert judgement.valid, judgement.issues
    assert "CASE WHEN s = 'Ada' THEN 1" in " ".join(str(judgement.sql).split())
