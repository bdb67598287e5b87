"""Queries of any kind come back from their SQL, and run."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.operators import AGGREGATES, FUNCTIONS, OPERATORS, RANKINGS
from queryexpr.document.read import read
from queryexpr.gate.judge import judge_ir
from queryexpr.lift.lift import lift
from queryexpr.translate.compile import compile_sql
from tests.queryexpr.queries import queries
from tests.queryexpr.triples import catalogue, compiled, database, document

pytestmark = pytest.mark.long

RANDOM = settings(
    max_examples=120, deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)  # fmt: skip


@RANDOM
@given(queries())
def test_a_query_comes_back_from_its_sql(query):
    found = read({"query": query})
    checked = check(found, DIALECTS["sqlite"], catalogue("shop")).expression
    sql = compiled(checked, "sqlite")
    assert document(lift(sql, DIALECTS["sqlite"]).expression) == document(checked)


@RANDOM
@given(queries())
def test_a_query_that_is_valid_runs(query):
    judgement = judge_ir({"query": query}, DIALECTS["sqlite"], catalogue("shop"))
    assert not judgement.valid or database("shop").execute(judgement.sql or "").fetchall() is not None  # fmt: skip


@RANDOM
@given(queries())
def test_what_is_asked_of_a_known_schema_is_valid(query):
    judgement = judge_ir({"query": query}, DIALECTS["sqlite"], catalogue("shop"))
    assert judgement.valid, judgement.issues


def assert_settled(sql, dialect):
    """What is read and written once more says the same; parentheses of ours may go."""
    once = compile_sql(lift(sql, dialect).expression, dialect, catalogue("shop"), pretty=True)
    twice = compile_sql(lift(once, dialect).expression, dialect, catalogue("shop"), pretty=True)
    assert once == twice


@RANDOM
@given(queries(), st.sampled_from([*DIALECTS]))
def test_a_query_is_written_read_and_written_the_same(query, target):
    found = DIALECTS[target]
    judgement = judge_ir({"query": query}, found, catalogue("shop"))
    assert "internal" not in [issue.code for issue in judgement.issues]
    if judgement.valid:
        assert_settled(judgement.sql or "", found)


CALLS = [
    *({"fn": name, "args": [{"column": "quantity"}] * least, "unit": None} for name, (least, _) in FUNCTIONS.items()),
    *({"op": name, "args": [{"column": "quantity"}] * least} for name, (least, _) in OPERATORS.items() if "native" not in name),
    *({"agg": name, "args": [{"column": "quantity"}] * max(least, 1), "order_by": [{"by": {"column": "id"}}]} for name, (least, _) in AGGREGATES.items()),
    *({"window": {"fn": name, "args": [1] * least}, "order_by": [{"by": 1}]} for name, (least, _) in RANKINGS.items()),
]  # fmt: skip


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("call", CALLS, ids=repr)
def test_every_word_can_be_written_and_read_or_is_refused(call, target):
    units = ["year", "month", "day", "week", "quarter", "weekday", "yearday", "hour"]
    for unit in units if call.get("fn") in ("extract", "date_trunc", "date_add", "date_diff") else [None]:  # fmt: skip
        value = {**call, "unit": unit} if unit else {k: v for k, v in call.items() if k != "unit"}
        document = {"query": {"from": {"table": "sale"}, "select": [{"expr": value}]}}
        judgement = judge_ir(document, DIALECTS[target], catalogue("shop"))
        if judgement.valid:
            assert_settled(judgement.sql or "", DIALECTS[target])
