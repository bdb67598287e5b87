"""The gate: hostile queries, query expressions and schemas are refused, or come out harmless."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate import engine
from tests.queryexpr.attacks import (
    ATTACKS,
    CORPUS,
    DOCUMENTS,
    SPELLINGS,
    USERS,
    bare,
    ir_judged,
    is_clean,
    is_dead,
    is_fixed,
    is_refused,
    judged,
)

# ── SQL ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("kind", "dialect", "sql", "payload"), ATTACKS)
def test_an_attack_is_refused_or_dead(kind, dialect, sql, payload):
    answer = judged(sql, dialect)
    assert is_refused(answer) or is_dead(answer, dialect, payload), answer["sql"]


@pytest.mark.parametrize(("kind", "dialect", "sql", "payload"), ATTACKS)
def test_what_is_left_of_an_attack_passes_again_unchanged(kind, dialect, sql, payload):
    answer = judged(sql, dialect)
    assert is_refused(answer) or is_fixed(answer, dialect), answer["sql"]


@pytest.mark.parametrize(("kind", "dialect", "sql", "payload"), SPELLINGS)
@pytest.mark.parametrize("target", DIALECTS)
def test_an_attack_does_not_come_alive_in_another_dialect(kind, dialect, sql, payload, target):
    answer = judged(sql, dialect, target)
    assert is_refused(answer) or is_dead(answer, target, payload), answer["sql"]


@pytest.mark.parametrize(("dialect", "sql"), CORPUS["harmless"])
def test_what_only_looks_like_an_attack_may_be_asked(dialect, sql):
    answer = judged(sql, dialect)
    assert answer["valid"]
    assert is_clean(answer["sql"], dialect)
    assert is_fixed(answer, dialect)


@pytest.mark.parametrize(("kind", "dialect", "sql", "payload"), ATTACKS)
def test_without_a_schema_an_attack_is_refused_or_names_tables_only(kind, dialect, sql, payload):
    answer = judged(sql, dialect, schema=None)
    assert is_refused(answer) or is_clean(answer["sql"], dialect), answer["sql"]


@pytest.mark.parametrize("target", DIALECTS)
def test_a_line_that_is_broken_stays_in_its_name(target):
    name = "x__SQLGLOT__LB__INTO__SQLGLOT__LB__evil"
    answer = judged(f"SELECT id AS {name} FROM users", "postgres", target)
    assert is_refused(answer) or "\nINTO" not in answer["sql"]


@pytest.mark.parametrize("sql", ["ALTER SYSTEM SET secret = 1", "CREATE secret", "EXEC secret"])
def test_what_the_parser_does_not_know_is_not_logged(sql, caplog):
    for dialect in DIALECTS:
        with caplog.at_level("DEBUG"), caplog.at_level("DEBUG", logger="sqlglot"):
            assert is_refused(judged(sql, dialect))
    assert "secret" not in caplog.text


# ── Query expressions ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("target", "document", "payload"), DOCUMENTS)
def test_a_hostile_query_expression_is_refused_or_dead(target, document, payload):
    answer = ir_judged(document, target)
    assert is_refused(answer) or is_dead(answer, target, payload), answer["sql"]


@pytest.mark.parametrize(("target", "document", "payload"), DOCUMENTS)
def test_what_a_hostile_query_expression_says_passes_as_sql(target, document, payload):
    answer = ir_judged(document, target)
    assert is_refused(answer) or is_fixed(answer, target), answer["sql"]


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_number_that_sql_cannot_write_is_refused(number):
    document = {"query": {**USERS, "select": [{"expr": number}]}}
    assert is_refused(ir_judged(document, "postgres"))


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("character", ["\0", "\ud800"])
def test_half_characters_and_nul_are_refused(character, target):
    for value in (character, {"column": character}, {"agg": character}):
        document = {"query": {**USERS, "select": [{"expr": value, "as": character}]}}
        assert is_refused(ir_judged(document, target))


TEXTS = st.text() | st.sampled_from(
    ["\\", "'", '"', "`", "]", "--", "/*", ";", "#", "\\'", "''", "'\\''", "{{", "\n", "\0"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(TEXTS, min_size=1, max_size=4).map("".join))
@example("\\")
@example("x\\' ; DROP TABLE users; --")
@pytest.mark.parametrize("target", DIALECTS)
def test_any_text_stays_in_its_quotes(target, text):
    select = [{"expr": text, "as": text[:60] or "x"}, {"expr": {"column": "id"}, "as": "; --"}]
    document = {"query": {"from": {"table": "users", "as": text[:60] or "u"}, "select": select}}
    answer = ir_judged(document, target)
    assert is_refused(answer) or is_clean(answer["sql"], target), answer["sql"]


# ── Schemas ─────────────────────────────────────────────────────────────────────────────────

SCHEMAS = [row for rows in CORPUS["schemas"].values() for row in rows]


def whole(table: dict[str, Any]) -> dict[str, Any]:
    """The query for all columns of a table."""
    named = [{"expr": {"column": column["name"]}} for column in table["columns"]]
    return {"query": {"from": {"table": table["name"]}, "select": named}}


@pytest.mark.parametrize(("dialect", "ddl", "payload"), SCHEMAS)
def test_names_of_a_schema_stay_in_their_quotes(dialect, ddl, payload):
    schema = engine.run("schema", {"schema": ddl, "dialect": dialect})
    for table in schema.get("tables", []):
        answer = ir_judged(whole(table), dialect, ddl)
        assert is_refused(answer) or is_dead(answer, dialect, payload), answer["sql"]


@pytest.mark.parametrize(("dialect", "ddl", "payload"), SCHEMAS)
def test_a_prompt_has_none_of_what_a_schema_hides(dialect, ddl, payload):
    arguments = {"schema": ddl, "dialect": dialect, "question": "", "budget": 9_999, "form": ""}
    shown = engine.run("context", arguments).get("ddl", "")
    lines = re.sub(r" -- .*", "", bare(shown, dialect))
    assert not re.search(payload, lines, re.IGNORECASE), shown


# ── Anything ────────────────────────────────────────────────────────────────────────────────

WORDS = """SELECT FROM WHERE users orders id name age joined total AS a b ( ) , . * = < > + - / % ||
  'x' "x" `x` [x] 1 1.5 NULL TRUE AND OR NOT IN LIKE BETWEEN IS CASE WHEN THEN ELSE END EXISTS
  GROUP BY HAVING ORDER LIMIT OFFSET JOIN LEFT ON USING UNION ALL WITH RECURSIVE DISTINCT COUNT SUM
  MAX COALESCE SUBSTR CAST INTERVAL EXTRACT OVER PARTITION ROWS FILTER ; -- /* */ @x :x ? $1 {{ \\
  INTO FOR UPDATE DAY YEAR DATE CURRENT_DATE VALUES FETCH TOP ESCAPE COLLATE WINDOW :: -> ~""".split()
SOUP = st.lists(st.sampled_from(WORDS), max_size=40).map(lambda words: f"SELECT {' '.join(words)}")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(SOUP | st.text(max_size=200), st.sampled_from([*DIALECTS]), st.sampled_from([*DIALECTS]))
def test_any_text_gets_an_answer(sql, dialect, target):
    answer = judged(sql, dialect, target)
    assert is_refused(answer) or is_clean(answer["sql"], target)


KEYS = ["column", "table", "star", "op", "args", "agg", "fn", "native", "case", "cast", "type",
        "interval", "unit", "window", "query", "list", "select", "expr", "from", "as", "when",
        "then", "set", "left", "right", "joins", "frame", "start", "by", "order_by"]  # fmt: skip
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(
    ["id", "users", "=", "in", "like", "count", "lower", "day", "integer", "EXTRACT", "union", ""]
)  # fmt: skip
JSON = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON, st.sampled_from([None, *DIALECTS]), st.sampled_from([*DIALECTS]))
def test_any_json_gets_an_answer(value, dialect, target):
    document = {"dialect": dialect, "query": {**USERS, "select": [{"expr": value}]}}
    answer = ir_judged(document, target)
    assert is_refused(answer) or is_clean(answer["sql"], target)


def test_every_answer_is_json():
    answers = [judged(sql, dialect) for _, dialect, sql, _ in ATTACKS[:40]]
    assert json.loads(json.dumps(answers, allow_nan=False))
