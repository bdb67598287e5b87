"""Functions that make rows or arrays of a value: those of JSON, of texts, and of queries."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge_ir
from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import ENGINES
from tests.queryexpr.engines.tables import catalogue

JSON = """'[1, "a", null, {"k": 2}]'::jsonb"""
OWN = [
    f"SELECT id, value FROM item, jsonb_array_elements_text({JSON})",
    f"SELECT id, e->>'k', e::text FROM item CROSS JOIN LATERAL jsonb_array_elements({JSON}) AS e",
    f"SELECT id, e.value->>'k' FROM item, jsonb_array_elements({JSON}) AS e",
    f"SELECT id, x FROM item, jsonb_array_elements_text({JSON}) AS e(x) WHERE x <> 'a'",
    f"SELECT id, jsonb_array_elements_text({JSON}) AS x FROM item",
    'SELECT key FROM jsonb_object_keys(\'{"a": 1, "b": 2}\'::jsonb) AS key',
    "SELECT id, regexp_split_to_table(s, 'v') FROM item",
    "SELECT word, COUNT(*) FROM item, regexp_split_to_table(s, 'v|d') AS word GROUP BY word",
    "SELECT id, x FROM item, string_to_table(s, 'v') AS t(x)",
    "SELECT id, unnest(string_to_array(s, 'v')) AS x FROM item",
    "SELECT id, (string_to_array(s, 'v'))[1], array_length(string_to_array(s, 'v'), 1) FROM item",
    "SELECT array_to_string(ARRAY(SELECT w FROM part ORDER BY pid), '-', '?')",
    "SELECT k, json_agg(w ORDER BY pid)::text, jsonb_agg(pid)::text FROM part GROUP BY k",
    "SELECT json_agg(json_build_object('id', pid, 'w', w) ORDER BY pid)::text FROM part",
    "SELECT json_object_agg(pid, k)::text, to_jsonb(MAX(w))::text FROM part",
]


@pytest.mark.parametrize("sql", OWN)
def test_postgres_makes_the_same_rows(engines, sql):
    assert_same(engines, sql, "postgres", "postgres")


@pytest.mark.parametrize("sql", OWN)
@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql", "tsql", "bigquery", "snowflake"])
def test_they_are_refused_elsewhere(sql, target):
    assert refused(sql, "postgres", target) == {"dialect"}


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("SELECT UPPER(regexp_split_to_table(s, 'v')) FROM item", "not_supported"),
        (f"SELECT e, value FROM jsonb_array_elements({JSON}) AS e", "not_supported"),
        ("SELECT a FROM regexp_split_to_table('a b', ' ') AS t(a, b)", "column_count"),
        ("SELECT pg_read_file(s) FROM item, pg_ls_dir('/') AS f", "table_function"),
        ("SELECT ARRAY(SELECT pid, k FROM part) FROM item", "operands"),
    ],
)
def test_other_uses_are_refused(sql, code):
    assert code in refused(sql, "postgres", "postgres")


@pytest.mark.parametrize("pair", [("postgres", "duckdb"), ("duckdb", "postgres")])
def test_an_array_of_a_query_is_the_same(engines, pair):
    array = "ARRAY(SELECT pid FROM part WHERE item_id = item.id ORDER BY pid DESC)"
    assert_same(engines, f"SELECT id, {array}, ({array})[1] FROM item", *pair)
    assert refused(f"SELECT {array} FROM item", pair[0], "sqlite") == {"dialect"}


def test_a_function_that_makes_rows_is_no_value_of_a_query_expression():
    call = {"native": "REGEXP_SPLIT_TO_TABLE", "args": ["a b", " "]}
    query = {"from": {"table": "item"}, "select": [{"expr": call}]}
    document = {"dialect": "postgres", "query": query}
    judgement = judge_ir(document, DIALECTS["postgres"], catalogue("postgres"))
    assert {issue.code for issue in judgement.issues if issue.severity == "error"} == {"function"}


@pytest.mark.parametrize("source", ["postgres", "mysql", "duckdb"])
@pytest.mark.parametrize("target", ENGINES)
def test_a_text_is_repeated(engines, source, target):
    assert_same(engines, "SELECT id, REPEAT('ab', 3), REPEAT('', 0) FROM item", source, target)
    if target != "sqlite":
        assert_same(engines, "SELECT id, REPEAT(s, 2) FROM item", source, target)
    else:
        assert refused("SELECT REPEAT(s, 2) FROM item", source, target) == {"function"}


@pytest.mark.parametrize("source", ["postgres", "mysql", "duckdb", "snowflake", "bigquery"])
def test_a_text_is_not_repeated_without_end(source):
    assert refused("SELECT REPEAT(s, n) FROM item", source, source) == {"operands"}
    assert refused("SELECT REPEAT('a', 101) FROM item", source, source) == {"operands"}
    nested = "SELECT REPEAT(REPEAT(s, 100), 100) FROM item"
    assert refused(nested, source, source) == {"too_large"}
    steps = """WITH RECURSIVE r(i, x) AS (SELECT 1, 'a' UNION ALL
        SELECT i + 1, REPEAT(x, 100) FROM r WHERE i < 50) SELECT x FROM r"""
    assert refused(steps, source, source)
