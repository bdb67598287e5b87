"""Casts keep what they mean: whether they round, and to which scale."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, judged, run, written


@pytest.mark.parametrize(
    ("target", "type_"),
    [
        ("mysql", "DECIMAL(65, 30)"), ("tsql", "NUMERIC(38, 10)"), ("snowflake", "DECIMAL(38, 10)"),
        ("duckdb", "DECIMAL(38, 10)"), ("postgres", "DECIMAL"), ("oracle", "NUMBER"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("sql", ["bonus::numeric", "AVG(bonus)::numeric", "100.0::decimal"])
def test_a_numeric_of_postgres_keeps_its_fraction(sql, target, type_):
    assert f"AS {type_})" in written(f"SELECT {sql} FROM emp", "postgres", target)


@pytest.mark.parametrize(
    ("source", "type_"),
    [("mysql", "DECIMAL(10, 0)"), ("tsql", "DECIMAL(18, 0)"), ("duckdb", "DECIMAL(18, 3)")],
)
def test_a_decimal_has_the_scale_of_its_dialect_elsewhere(source, type_):
    sql = written("SELECT CAST(bonus AS DECIMAL) FROM emp", source, "postgres")
    assert sql == f"SELECT CAST(emp.bonus AS {type_}) FROM emp AS emp"


@pytest.mark.parametrize("type_", ["DECIMAL(10, 1)", "DECIMAL(10, 2)", "DECIMAL(5)", "DECIMAL"])
def test_a_decimal_is_rounded_in_sqlite_as_elsewhere(type_):
    sql = f"SELECT id, CAST(bonus AS {type_}), CAST(1.23456 AS {type_}) FROM emp"
    assert carried(sql, "duckdb", "sqlite") == run("duckdb", sql)


@pytest.mark.parametrize("value", ["2.7", "-1.4", "bonus", "bonus * 2.9", "AVG(id)", "'12'", "id"])
@pytest.mark.parametrize("type_", ["INTEGER", "BIGINT"])
@pytest.mark.parametrize(("source", "target"), [("duckdb", "sqlite"), ("sqlite", "duckdb")])
def test_a_cast_to_a_whole_number_rounds_or_cuts_as_where_it_was_written(
    value, type_, source, target
):
    sql = f"SELECT CAST({value} AS {type_}) FROM emp GROUP BY id, bonus HAVING id <> 2"
    assert carried(sql, source, target) == run(source, sql)


def test_columns_of_a_translated_query_keep_their_names():
    judgement = judged("SELECT id, id / 2, MAX(id) AS m FROM emp GROUP BY id", "mysql", "sqlite")
    assert " AS id" not in str(judgement.sql)
    assert "_col_" not in str(judgement.sql)


@pytest.mark.parametrize("target", ["sqlite", "mysql", "postgres"])
def test_a_cast_that_may_fail_is_named_where_there_is_none(target):
    assert errors("SELECT TRY_CAST(name AS INTEGER) FROM emp", "duckdb", target) == ["dialect"]
    query = {"select": [{"expr": {"cast": {"column": "name"}, "type": "integer", "safe": True}}],
             "from": {"table": "emp"}}  # fmt: skip
    assert errors({"query": query}, target) == ["dialect"]


@pytest.mark.parametrize("value", ["DATE '2021-01-01'", "'2021-01-01'::DATE", "seen::timestamp"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_sqlite_makes_no_number_of_a_date_that_it_cannot_spell(value, target):
    assert errors(f"SELECT id FROM emp WHERE hired < {value}", "sqlite", target) == ["syntax"]
    assert judged(f"SELECT id FROM emp WHERE hired < {value}", "postgres", "sqlite").valid


@pytest.mark.parametrize("value", ["salary AS BOOLEAN", "id - 1 AS BOOLEAN", "active AS VARCHAR"])
@pytest.mark.parametrize(
    "sql", ["SELECT id, CAST({}) FROM emp", "SELECT id FROM emp WHERE NOT (CAST({}) IS NULL)"]
)
def test_a_boolean_is_converted_in_sqlite_as_elsewhere(value, sql):
    sql = sql.format(value)
    assert carried(sql, "duckdb", "sqlite") == run("duckdb", sql)


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgres"), ("postgres", "duckdb")])
def test_a_start_from_the_end_of_a_text_is_named(source, target):
    assert errors("SELECT SUBSTR(name, -2) FROM emp", source, target) == ["dialect"]
