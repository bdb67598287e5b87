"""A comma between tables binds less than JOIN, but in SQLite and BigQuery."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import carried, errors, run, written

FROM = [
    "dept a, emp b RIGHT JOIN tag c ON b.id = c.id",
    "dept a, emp b FULL JOIN tag c ON b.id = c.id",
    "dept a, emp b JOIN tag c ON b.id = c.id LEFT JOIN sale d ON d.emp_id = b.id",
    "dept a, emp b JOIN tag c ON b.id = c.id, sale d RIGHT JOIN tag e ON d.id = e.id",
    "dept a JOIN emp b ON a.id = b.dept_id, tag c",
    "dept a CROSS JOIN emp b RIGHT JOIN tag c ON b.id = c.id",
    "dept a, (emp b LEFT JOIN tag c ON b.id = c.id) LEFT JOIN sale d ON d.id = b.id",
    "emp a, (SELECT id FROM dept) b LEFT JOIN tag c ON b.id = c.id",
    "emp a, (SELECT id FROM dept) b FULL JOIN (SELECT id FROM tag) c ON b.id = c.id, sale d",
    "((SELECT id FROM dept) b JOIN tag c ON b.id = c.id) RIGHT JOIN sale d ON d.id = b.id",
]


@pytest.mark.parametrize("tables", FROM)
@pytest.mark.parametrize("source", ["sqlite", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_a_comma_binds_as_in_the_dialect_that_was_read(tables, source, target):
    sql = f"SELECT COUNT(*) FROM {tables}"
    assert carried(sql, source, target) == run(source, sql)


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "oracle", "snowflake", "duckdb"])
def test_what_follows_a_comma_is_joined_first(dialect):
    sql = written("SELECT 1 FROM dept a, emp b RIGHT JOIN tag c ON b.id = c.id", dialect)
    assert "CROSS JOIN ( emp" in sql


@pytest.mark.parametrize("dialect", ["postgres", "mysql", "tsql", "oracle", "snowflake"])
def test_a_join_after_a_comma_does_not_see_what_is_before_it(dialect):
    sql = "SELECT 1 FROM dept a, emp b JOIN tag c ON a.id = c.id"
    assert errors(sql, dialect) == ["unknown_alias"]


def test_a_join_after_a_comma_sees_all_in_sqlite():
    sql = "SELECT COUNT(*) FROM dept a, emp b JOIN tag c ON a.id = c.id"
    assert carried(sql, "sqlite") == carried(sql, "sqlite", "duckdb") == run("sqlite", sql)
