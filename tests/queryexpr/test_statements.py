"""A text of several statements is refused, with what to do."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_sql
from tests.queryexpr.triples import catalogue

VARIABLE = "Write the value of a variable into the query itself."


def message(sql: str, dialect: str) -> str:
    judgement = judge_sql(sql, DIALECTS[dialect], DIALECTS[dialect], catalogue("shop"))
    return "".join(issue.message for issue in judgement.issues if issue.severity == "error")


@pytest.mark.parametrize("sql", ["SELECT id FROM sale;;", "; SELECT id FROM sale ; -- all"])
def test_empty_statements_are_none(sql):
    assert message(sql, "postgres") == ""


@pytest.mark.parametrize(
    ("dialect", "sql", "words"),
    [
        ("bigquery", "DECLARE x INT64 DEFAULT 5; SELECT id FROM sale WHERE id = x", "DECLARE"),
        ("tsql", "DECLARE @x INT = 5; SET NOCOUNT ON; SELECT id FROM sale", "DECLARE, SET"),
        ("snowflake", "USE DATABASE shop; SELECT id FROM sale", "USE"),
        ("postgres", "BEGIN; SELECT id FROM sale; COMMIT", "BEGIN, COMMIT"),
        ("mysql", "SET @a = 1; SELECT @a", "SET"),
    ],
)
def test_what_is_beside_the_query_is_named(dialect, sql, words):
    assert f"statements. Leave out {words}. {VARIABLE}" in message(sql, dialect)


def test_a_write_beside_the_query_is_left_out():
    assert message("SELECT id FROM sale; DROP TABLE sale", "sqlite") == (
        "Write one query, not 2 statements. Leave out DROP."
    )


def test_several_queries_are_joined_or_asked_one_by_one():
    assert message("SELECT id FROM sale; SELECT id FROM customer", "sqlite") == (
        "Write one query, not 2 statements."
        " Join them with UNION ALL or WITH, or ask for each on its own."
    )
    assert message(" ; ", "sqlite") == "There is no query. Write a SELECT."


def test_a_statement_without_words_of_its_own_is_refused_too():
    assert message("SELECT id FROM sale; EXEC xp_cmdshell 'dir'", "tsql")
