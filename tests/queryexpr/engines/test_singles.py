"""Numbers of 4 bytes stay what they are in their own dialect, and are a warning in another one."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.engines.pairs import assert_same, judged

CASTS = [
    ("postgres", "real"), ("postgres", "float4"), ("postgres", "float"), ("duckdb", "REAL"),
    ("duckdb", "FLOAT"), ("duckdb", "DOUBLE"), ("mysql", "FLOAT"), ("mysql", "DOUBLE"),
]  # fmt: skip


@pytest.mark.parametrize(("dialect", "word"), CASTS)
def test_a_cast_keeps_its_size(engines, dialect, word):
    sql = f"SELECT id, CAST(r + 0.1 AS {word}) = r + 0.1 FROM item"
    assert_same(engines, sql, dialect, dialect)


def test_a_query_expression_s_float_has_full_precision():
    value = {"cast": {"column": "r"}, "type": "float"}
    query = {"query": {"from": {"table": "item"}, "select": [{"expr": value}]}}
    catalogue = read_ddl("CREATE TABLE item (r FLOAT)", DIALECTS["postgres"])[0]
    assert "DOUBLE PRECISION" in str(judge(query, DIALECTS["postgres"], catalogue).sql)


@pytest.mark.parametrize(
    ("source", "condition", "warns"),
    [
        ("postgres", "r = 0.1", True), ("postgres", "r IN (1, 0.1)", True),
        ("postgres", "r = 0.5", False), ("postgres", "d = 0.1", False),
        ("postgres", "CAST(d AS REAL) = d", True), ("postgres", "r > 1", False),
        ("duckdb", "r <> 0.1", True), ("mysql", "r = 0.1", False), ("mysql", "f = 0.1", True),
        ("sqlite", "r = 0.1", False),
    ],
)  # fmt: skip
def test_a_comparison_with_a_fraction_is_a_warning_elsewhere(source, condition, warns):
    ddl = "CREATE TABLE t (r REAL, d DOUBLE PRECISION, f FLOAT)"
    catalogue = read_ddl(ddl, DIALECTS[source])[0]
    sql = f"SELECT d FROM t WHERE {condition}"
    for target in {"sqlite", "duckdb", "postgres"} - {source}:
        issues = judge(sql, DIALECTS[target], catalogue, source=DIALECTS[source]).issues
        assert ("single" in {issue.code for issue in issues}) == warns
    own = judge(sql, DIALECTS[source], catalogue).issues
    assert "single" not in {issue.code for issue in own}


@pytest.mark.parametrize("target", ["mysql", "sqlite", "duckdb", "postgres"])
def test_group_concat_joins_several_values(engines, target):
    sql = "SELECT pid, GROUP_CONCAT(w, ':', k SEPARATOR ';') FROM part GROUP BY pid"
    assert_same(engines, sql, "mysql", target)


@pytest.mark.parametrize(
    ("dialect", "sql", "messages"),
    [
        ("mysql", "SELECT GROUP_CONCAT(DISTINCT s, n) FROM item",
         ["GROUP_CONCAT(DISTINCT a, b) is not read: write GROUP_CONCAT(DISTINCT CONCAT(a, b))."]),
        ("duckdb", "SELECT n FROM item ORDER BY ALL DESC",
         ["ORDER BY ALL is not read: name the columns."]),
        ("mysql", "SELECT s, BIT_XOR(n) FROM item GROUP BY s",
         ["BIT_XOR is not a function that may be called in MySQL."]),
        ("postgres", "SELECT s, 1 + bit_xor(n) FROM item GROUP BY s",
         ["BIT_XOR is not a function that may be called in PostgreSQL."]),
    ],
)  # fmt: skip
def test_a_message_names_what_to_write(dialect, sql, messages):
    issues = judged(sql, dialect, dialect).issues
    assert [issue.message for issue in issues if issue.severity == "error"] == messages
