"""SQL and query expressions, to and fro: nothing is lost, and the rows stay the same."""

from __future__ import annotations

from typing import Any

import pytest

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from queryexpr.issues import Refused
from queryexpr.lift.lift import lift
from queryexpr.translate.compile import compile_sql
from tests.queryexpr.triples import (
    CASES,
    TRIPLES,
    catalogue,
    compiled,
    document,
    expression,
    in_duckdb,
    rows,
)

OF_SQLITE = [
    pytest.param(triple, id=triple["question"])
    for triple in CASES["triples"]
    if triple["dialect"] == "sqlite"
]


@pytest.mark.parametrize("triple", TRIPLES)
def test_sql_is_read_as_this_query_expression(triple):
    lifted = lift(triple["sql"], DIALECTS[triple["dialect"]])
    assert document(lifted.expression) == triple["query"]


@pytest.mark.parametrize("triple", TRIPLES)
def test_the_query_expression_is_written_as_this_sql(triple):
    sql = compiled(expression(triple), triple["dialect"], triple["schema"])
    assert sql == triple.get("emitted", triple["sql"])


@pytest.mark.parametrize("triple", TRIPLES)
def test_the_query_expression_is_valid_for_its_schema(triple):
    dialect = DIALECTS[triple["dialect"]]
    checked = check(expression(triple), dialect, catalogue(triple["schema"]))
    assert [issue for issue in checked.issues if issue.severity == "error"] == []


@pytest.mark.parametrize("triple", TRIPLES)
def test_compiled_sql_lifts_and_compiles_to_the_same(triple):
    dialect = DIALECTS[triple["dialect"]]
    sql = compiled(expression(triple), dialect.name, triple["schema"])
    assert compiled(lift(sql, dialect).expression, dialect.name, triple["schema"]) == sql


@pytest.mark.parametrize("triple", TRIPLES)
def test_lines_and_spaces_change_nothing(triple):
    dialect, known = DIALECTS[triple["dialect"]], catalogue(triple["schema"])
    sql = compile_sql(expression(triple), dialect, known, pretty=True)
    assert document(lift(sql, dialect).expression) == triple["query"]


@pytest.mark.parametrize("triple", OF_SQLITE)
def test_compiled_sql_returns_the_rows_of_the_original(triple):
    sql = compiled(expression(triple), "sqlite", triple["schema"])
    expected = rows(triple["sql"], triple["schema"])
    assert expected == rows(sql, triple["schema"])
    assert expected


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("triple", TRIPLES)
def test_every_dialect_compiles_it_or_names_what_it_lacks(triple, target):
    try:
        sql = compiled(expression(triple), target, triple["schema"])
    except Refused:
        return
    again = lift(sql, DIALECTS[target]).expression
    assert compiled(again, target, triple["schema"]) == sql


@pytest.mark.parametrize("triple", TRIPLES)
def test_two_engines_return_the_same_rows(triple):
    schema, asked = triple["schema"], {"dialect": triple["dialect"], "query": triple["query"]}
    here, there = (
        judge_ir(asked, DIALECTS[name], catalogue(schema)).sql for name in ("sqlite", "duckdb")
    )
    if here and there:
        assert in_duckdb(there, schema) == rows(here, schema)


def kinds(value: Any) -> set[str]:
    """All keys and names of operators and functions in a document."""
    if isinstance(value, list):
        return set().union(*map(kinds, value))
    if not isinstance(value, dict):
        return set()
    named = {value[key] for key in ("op", "fn", "agg", "join", "set") if isinstance(value.get(key), str)}  # fmt: skip
    return set(value) | named | set().union(*map(kinds, value.values()))


def test_the_triples_have_every_kind_of_node():
    present = kinds([triple["query"] for triple in CASES["triples"]])
    nodes = "column star op agg fn native case cast interval window query list joined set with of"
    clauses = "joins where group_by having distinct order_by limit offset recursive using frame"
    assert set(f"{nodes} {clauses} filter nulls unit else".split()) <= present
    assert {
        "inner",
        "left",
        "full",
        "cross",
        "union",
        "union all",
        "except",
        "intersect",
    } <= present
