"""Paths of JSON: arrows, and functions that take a path."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from tests.queryexpr.rows.arrays import carried, errors, judged, run, with_postgres, written

TEXT = '{"a": {"b": [1, "x", null]}, "n": 5, "t": true}'


@pytest.fixture(scope="module")
def postgres() -> Iterator[None]:
    with with_postgres():
        yield


def of(dialect: str) -> str:
    kind = {"postgres": "JSONB", "duckdb": "JSON", "sqlite": "TEXT", "mysql": "JSON"}[dialect]
    return f"FROM (SELECT CAST('{TEXT}' AS {kind}) AS j) AS t"


POSTGRES = [
    "SELECT j -> 'a' ->> 'b', j ->> 'n', j -> 'a' -> 'b' -> 0, j ->> 'nosuch'",
    "SELECT j #>> '{a,b}', j #> '{a}' ->> 'b', j -> 'a' -> 'b' ->> 1",
    "SELECT CAST(j ->> 'n' AS INT) + 1, (j ->> 'n')::int * 2, ('x' || (j ->> 'n'))",
    "SELECT j ->> 'n' || 'x', j ->> 'n' = '5', j ->> 'n' LIKE '5%', j ->> 'n' IN ('5')",
    "SELECT COUNT(*), j ->> 'n'",
]


@pytest.mark.parametrize("sql", POSTGRES)
def test_postgres_has_arrows(sql: str, postgres: None) -> None:
    group = " GROUP BY j ->> 'n'" if "COUNT" in sql else ""
    sql = f"{sql} {of('postgres')}{group}"
    assert carried(sql, "postgres") == run("postgres", sql)


SQLITE = [
    "SELECT j -> '$.a.b[0]', j ->> '$.a.b[1]', j ->> 'n', j -> 'a', j ->> '$.t'",
    "SELECT j ->> 'n' + 1, typeof(j ->> 'n'), JSON_EXTRACT(j, '$.n') = j ->> 'n'",
    "SELECT j -> 'a' -> 'b' ->> 0, j ->> '$.nosuch', j ->> 'n' || 'x', 1 + j ->> 'n', -j ->> 'n'",
    "SELECT 2 * j ->> 'n' - 1, j ->> 'n' % 2, '{\"n\": ' || '2}' ->> 'n'",
]


@pytest.mark.parametrize("sql", SQLITE)
def test_sqlite_has_arrows_whose_values_keep_their_types(sql: str) -> None:
    sql = f"{sql} {of('sqlite')}"
    assert carried(sql, "sqlite") == run("sqlite", sql)


FIRST_OPERANDS = [
    "SELECT LOWER(j -> 'a' ->> 'b'), COALESCE(j -> 'a' ->> 'b', 'x'), NULLIF(j -> 'a' ->> 'z', '')",
    "SELECT COUNT(j -> 'n'), MAX(j -> 'a' ->> 'b'), COUNT(DISTINCT j -> 'a' ->> 'b')",
    "SELECT COALESCE(j ->> 'z', j -> 'a' ->> 'b', 'y'), LENGTH(j -> 'a' -> 'b' ->> 1)",
]


@pytest.mark.parametrize("sql", FIRST_OPERANDS)
@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres"])
def test_an_arrow_of_a_function_s_operand_is_no_lambda(
    sql: str, dialect: str, postgres: None
) -> None:
    sql = f"{sql} {of(dialect)}"
    assert carried(sql, dialect) == run(dialect, sql)


DUCKDB = [
    "SELECT j -> '$.a.b[0]', j ->> '$.a.b[1]', j ->> 'n', j -> 'a'",
    "SELECT (j ->> 'n') = '5', json_extract_string(j, '$.a.b[1]'), json_extract(j, '$.a')",
]


@pytest.mark.parametrize("sql", DUCKDB)
def test_duckdb_has_functions(sql: str) -> None:
    sql = f"{sql} {of('duckdb')}"
    assert carried(sql, "duckdb") == run("duckdb", sql)
    assert "->" not in written(sql, "duckdb")


@pytest.mark.parametrize(
    ("dialect", "sql", "text"),
    [
        ("bigquery", "SELECT JSON_VALUE(name, '$.a.b[0]'), JSON_QUERY(name, '$.a') FROM shop", "JSON_VALUE(name, '$.a.b[0]'), JSON_QUERY(name, '$.a')"),
        ("bigquery", "SELECT JSON_VALUE(name, '$.\"a b\"') FROM shop", "JSON_VALUE(name, '$.\"a b\"')"),
    ],
)  # fmt: skip
def test_bigquery_has_functions(dialect: str, sql: str, text: str) -> None:
    assert text in written(sql, dialect)


@pytest.mark.parametrize(
    ("sql", "dialect", "code"),
    [
        ("SELECT j ->> 'a.b'", "postgres", "not_supported"),
        ("SELECT j ->> '$.a'", "postgres", "not_supported"),
        ("SELECT j ->> '[0]'", "postgres", "not_supported"),
        ("SELECT j ->> '$.a.*'", "sqlite", "not_supported"),
        ("SELECT j ->> 'a.b'", "duckdb", "not_supported"),
        ("SELECT j #>> '{a,0}'", "postgres", "not_supported"),
        ("SELECT j ->> -1", "postgres", "not_supported"),
        ("SELECT j -> 'a' ->> 'b' = 5", "postgres", "type_mismatch"),
    ],
)  # fmt: skip
def test_what_would_mean_something_else_is_refused(sql: str, dialect: str, code: str) -> None:
    assert code in [found for found, _ in errors(f"{sql} {of(dialect)}", dialect)]


@pytest.mark.parametrize(
    ("source", "target"), [("postgres", "sqlite"), ("postgres", "duckdb"), ("duckdb", "postgres")]
)
def test_it_is_not_translated(source: str, target: str) -> None:
    messages = [m for _, m in errors(f"SELECT j ->> 'n' {of(source)}", source, target)]
    assert any("has no paths of JSON as those of" in message for message in messages)


def test_a_number_has_no_paths() -> None:
    assert errors("SELECT id ->> 'a' FROM shop", "postgres")[0][0] == "type_mismatch"
    assert errors("SELECT name ->> 'a' FROM shop", "postgres")[0][0] == "type_mismatch"


def test_it_is_explained_and_a_query_expression_may_have_it() -> None:
    answer = judged(f"SELECT j -> 'a' ->> 'b' {of('postgres')}", "postgres")
    assert "the field b of the field a of j (as a text)" in " ".join(answer.explanation)
    assert judged(json.loads(json.dumps(answer.ir)), "postgres").sql == answer.sql
    part = {"part": {"column": "tags"}, "path": [0], "form": "scalar"}
    document = {"query": {"from": {"table": "shop"}, "select": [{"expr": part}]}}
    assert carried(document, "sqlite") == run("sqlite", "SELECT tags ->> 0 FROM shop")  # type: ignore[arg-type]
    part["form"] = "text"
    assert "has no paths of JSON" in errors(document, "sqlite")[0][1]
