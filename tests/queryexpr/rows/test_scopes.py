"""Which names a part of a query sees."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written

JOINED = "FROM emp e JOIN dept d ON d.id = e.dept_id"


@pytest.mark.parametrize(
    "sql",
    [
        f"SELECT e.id, d.name AS dept {JOINED} ORDER BY id",
        f"SELECT e.id, d.name {JOINED} ORDER BY name, id",
        f"SELECT e.*, d.name AS dept {JOINED} ORDER BY id",
        f"SELECT e.id, COUNT(*) {JOINED} GROUP BY e.id ORDER BY id",
    ],
)
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_rows_are_ordered_by_a_column_of_the_result(sql, target):
    assert carried(sql, "duckdb", target) == run("duckdb", sql)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "bigquery", "snowflake"])
def test_the_column_of_the_result_is_written_with_its_table(dialect):
    sql = written(f"SELECT e.id, d.name {JOINED} ORDER BY id LIMIT 1", dialect)
    assert "ORDER BY e.id" in sql


@pytest.mark.parametrize(
    ("dialect", "shown"), [("postgres", "e.id, d.id"), ("postgres", "e.salary"), ("sqlite", "e.id")]
)
def test_a_name_that_may_be_two_columns_is_ambiguous(dialect, shown):
    assert errors(f"SELECT {shown} {JOINED} ORDER BY id", dialect) == ["ambiguous_column"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, (SELECT AVG(a) FROM (SELECT amount AS a FROM sale WHERE sale.emp_id = emp.id"
        " ORDER BY id LIMIT 2) x) FROM emp",
        "SELECT id FROM emp WHERE EXISTS (SELECT 1 FROM (SELECT emp_id FROM sale"
        " WHERE sale.emp_id = emp.id) x)",
    ],
)
@pytest.mark.parametrize("source", ["sqlite", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_a_query_in_from_sees_the_query_around_its_subquery(sql, source, target):
    assert carried(sql, source, target) == run(source, sql)


def test_a_query_in_from_does_not_see_the_tables_beside_it():
    sql = "SELECT 1 FROM emp, (SELECT amount FROM sale WHERE sale.emp_id = emp.id) x"
    assert errors(sql, "postgres") == ["unknown_alias"]


NUMBERS = (
    "WITH {} n (i) AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5)"
    " SELECT SUM(i) FROM n"
)


@pytest.mark.parametrize("source", ["sqlite", "tsql", "oracle", "snowflake"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_recursion_needs_no_word_in_some_dialects(source, target):
    assert carried(NUMBERS.format(""), source, target) == [(15.0,)]


@pytest.mark.parametrize("target", ["tsql", "oracle"])
@pytest.mark.parametrize("source", ["postgres", "tsql", "oracle"])
def test_recursion_has_no_word_where_there_is_none(source, target):
    word = "RECURSIVE" if source == "postgres" else ""
    assert "RECURSIVE" not in written(NUMBERS.format(word), source, target)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "duckdb", "bigquery"])
def test_recursion_needs_the_word_in_the_others(dialect):
    assert errors(NUMBERS.format(""), dialect) == ["unknown_table"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT dept_id + 1 AS k FROM emp GROUP BY dept_id + 1 ORDER BY dept_id + 1",
        "SELECT dept_id AS k, SUM(id - 1) FROM emp GROUP BY dept_id ORDER BY SUM(id - 1), dept_id",
        "SELECT dept_id AS k, MAX(id + 1) AS m FROM emp GROUP BY k ORDER BY m DESC, k",
    ],
)
@pytest.mark.parametrize(("source", "target"), [("duckdb", "sqlite"), ("sqlite", "duckdb")])
def test_groups_are_ordered_by_a_value_elsewhere(sql, source, target):
    assert carried(sql, source, target) == run(source, sql)
