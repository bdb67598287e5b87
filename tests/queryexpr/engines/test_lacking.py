"""What the other dialect lacks is an error that names it, and never passed on."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.tables import catalogue

UNTYPED = [
    "SELECT SUM(NULL) FROM item",
    "SELECT AVG(NULL) OVER () FROM item",
    "SELECT -NULL, NULL + NULL FROM item",
    "SELECT LAG(NULL) OVER (ORDER BY id) FROM item",
    "SELECT CASE NULL WHEN 1 THEN 2 END FROM item",
    "SELECT COUNT(*) FROM item GROUP BY NULL",
    "SELECT CASE WHEN n THEN 1 END FROM item",
    "SELECT id FROM item WHERE ok OR n",
    "SELECT NOT n FROM item",
    "SELECT id + (CASE id WHEN 1 THEN NULL END) FROM item",
    "SELECT id % (CASE id WHEN 1 THEN NULL END) FROM item",
    "SELECT ROUND(CASE id WHEN 1 THEN NULL END, 1) FROM item",
    "SELECT id FROM item WHERE id = CASE id WHEN 1 THEN NULL END",
    "SELECT ABS(CASE id WHEN 1 THEN NULL END) FROM item",
]


@pytest.mark.parametrize("sql", UNTYPED)
@pytest.mark.parametrize("source", ["sqlite", "duckdb", "mysql", "postgres"])
def test_postgres_wants_types(engines, sql, source):
    assert refused(sql, source, "postgres") == {"type_mismatch"}
    with pytest.raises(
        Exception,
        match=r"unknown|must be type boolean|operator|polymorphic|constant|does not exist",
    ):
        engines.run("postgres", sql)


@pytest.mark.parametrize("sql", ["SELECT MAX(ok) FROM item", "SELECT MIN(n > 1) FROM item"])
def test_the_greatest_condition_is_a_number_where_conditions_are(engines, sql):
    for source in ("duckdb", "postgres"):
        assert refused(sql, source, "postgres") == {"type_mismatch"}
    for source in ("sqlite", "mysql"):
        assert_same(engines, sql, source, "postgres")


@pytest.mark.parametrize(
    "sql", ["SELECT MAX(NULL), NULL + 1, COALESCE(NULL, id), BOOL_OR(ok), 'a' || 'b' FROM item"]
)
def test_postgres_takes_the_rest(engines, sql):
    sql = sql.replace("COALESCE(NULL, id)", "MAX(COALESCE(NULL, id))")
    assert_same(engines, sql, "postgres", "duckdb")


CONDITIONS = ["NULL", "NOT NULL", "NULL OR n > 1", "(n > 1) = (m > 1)", "n > 1 IS NULL"]


@pytest.mark.parametrize("condition", CONDITIONS)
@pytest.mark.parametrize("target", ["tsql", "oracle"])
def test_a_condition_is_no_value(condition, target):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert refused(sql, "postgres", target) == {"type_mismatch"}


@pytest.mark.parametrize("condition", ["ok", "NOT ok", "TRUE", "ok = TRUE", "ok IS TRUE"])
def test_oracle_has_no_booleans(condition):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert refused(sql, "postgres", "oracle") == {"type_mismatch"}
    assert not refused(sql, "postgres", "tsql")


@pytest.mark.parametrize("target", ["tsql", "oracle"])
def test_a_condition_that_is_selected_may_be_null(target):
    sql = " ".join(str(judged("SELECT n > 1 AS x FROM item", "postgres", target).sql).split())
    assert "CASE WHEN n > 1 THEN 1 WHEN NOT n > 1 THEN 0 END" in sql


def test_snowflake_tries_only_texts():
    def codes(sql):
        issues = judge(sql, DIALECTS["snowflake"], catalogue("snowflake")).issues
        return {issue.code for issue in issues if issue.severity == "error"}

    assert codes("SELECT TRY_CAST(n AS VARCHAR) FROM item") == {"type_mismatch"}
    sql = judged("SELECT TRY_CAST(s AS INTEGER) FROM item", "duckdb", "snowflake").sql
    assert "TRY_CAST(item.s AS INT)" in str(sql)
    assert not codes("SELECT TRY_CAST(s AS INTEGER) FROM item")


def test_a_tilde_of_duckdb_is_read(engines):
    assert_same(engines, "SELECT id FROM item WHERE s ~ '[ve]'", "duckdb", "postgres")
    assert judged("SELECT id FROM item WHERE s ~ 'v'", "duckdb", "duckdb").valid


@pytest.mark.parametrize("type_", ["DATE", "NUMERIC", "INTEGER", "REAL"])
def test_a_date_that_is_cast_to_a_number_is_a_warning_or_refused(type_):
    sql = f"SELECT CAST(day AS {type_}) FROM item"
    codes = {i.code for i in judged(sql, "sqlite", "sqlite").issues if i.severity == "warning"}
    assert "type_mismatch" in codes
    for target in ("postgres", "duckdb", "mysql"):
        assert refused(sql, "sqlite", target) & {"dialect", "type_mismatch"}


@pytest.mark.parametrize("source", ["tsql", "oracle"])
def test_a_condition_that_is_selected_where_there_is_none_is_a_case(source):
    for target in (source, "sqlite"):
        sql = " ".join(str(judged("SELECT n > 1 AS x FROM item", source, target).sql).split())
        assert "CASE WHEN" in sql
        assert "n > 1 THEN 1 WHEN NOT" in sql


FULL_JOINS = [
    "SELECT COUNT(*) FROM item FULL JOIN part ON item_id = id",
    "SELECT id, pid FROM item FULL JOIN part ON item_id = id",
    "SELECT id FROM item LEFT JOIN (SELECT a.pid FROM part a FULL JOIN part b ON a.k = b.k) p"
    " ON p.pid = id",
]


@pytest.mark.parametrize("sql", FULL_JOINS)
@pytest.mark.parametrize("source", ["sqlite", "duckdb", "postgres", "mysql"])
def test_mysql_has_no_full_join(sql, source):
    assert refused(sql, source, "mysql") == {"dialect"}
    assert source == "mysql" or not refused(sql, source, "sqlite")


def test_a_portable_full_join_is_refused_too():
    on = {"op": "=", "args": [{"column": "pid"}, {"column": "id"}]}
    join = {"join": "full", "source": {"table": "part"}, "on": on}
    query = {"from": {"table": "item"}, "joins": [join], "select": [{"expr": {"agg": "count"}}]}
    issues = judge({"query": query}, DIALECTS["mysql"], catalogue("mysql")).issues
    assert any("FULL JOIN" in issue.message for issue in issues)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM item WHERE (s, ok) IN (SELECT s, 1 FROM item)",
        "SELECT id FROM item WHERE (s, ok) NOT IN (SELECT s, m FROM item)",
        "SELECT id FROM item WHERE (ok, m) < (1, 3)",
    ],
)
@pytest.mark.parametrize("source", ["mysql", "sqlite"])
def test_a_row_with_a_boolean_is_compared_with_no_number(sql, source):
    assert refused(sql, source, "postgres") == {"type_mismatch"}


@pytest.mark.parametrize("source", ["mysql", "sqlite"])
@pytest.mark.parametrize("test", ["= ('Ada', 1)", "IN (('Ada', 1), ('bob', 0))", "<> ('Ada', 1)"])
def test_a_1_beside_a_boolean_in_a_row_is_true(engines, test, source):
    assert_same(engines, f"SELECT id FROM item WHERE (s, ok) {test}", source, "postgres")


def test_rows_of_the_same_types_are_compared_with_a_query(engines):
    sql = "SELECT id FROM item WHERE (s, ok) IN (SELECT s, ok FROM item WHERE n > 2)"
    assert_same(engines, sql, "mysql", "postgres")
