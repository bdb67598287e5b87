"""What is said of queries: names, groups, and what may stand where."""

from __future__ import annotations

from typing import Any

import pytest

from queryexpr.gate.engine import run

SCHEMA = """
CREATE TABLE dept (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE emp (id INTEGER PRIMARY KEY, name TEXT, dept_id INTEGER REFERENCES dept (id), pay REAL);
"""


def judged(sql: str, dialect: str = "sqlite", target: str = "", schema: Any = SCHEMA) -> Any:
    given = {"sql": sql, "source": dialect, "target": target or dialect, "schema": schema}
    return run("sql", given)


def codes(sql: str, *where: str) -> list[str]:
    return [i["code"] for i in judged(sql, *where)["issues"] if i["severity"] == "error"]


def test_a_column_that_another_table_has_says_which() -> None:
    found = judged("SELECT d.pay, d.id FROM dept d")["issues"]
    assert found[0]["message"] == (
        "'d' has no column 'pay'. It is a column of emp: add JOIN emp ON d.id = emp.dept_id."
    )
    assert "It is a column" not in judged("SELECT salary FROM emp")["issues"][0]["message"]


def test_a_column_that_another_table_in_from_has_says_how_to_write_it() -> None:
    found = judged("SELECT d.pay FROM dept d JOIN emp e ON e.dept_id = d.id")["issues"][0]
    assert found["message"] == "'d' has no column 'pay'. Did you mean 'e.pay'?"
    assert found["near"] == ["e.pay"]


def test_a_column_of_two_tables_needs_its_table() -> None:
    found = judged("SELECT name FROM emp JOIN dept ON dept.id = emp.dept_id")["issues"][0]
    assert (found["code"], found["near"]) == ("ambiguous_column", ["emp.name", "dept.name"])


def test_names_are_written_as_the_schema_spells_them() -> None:
    assert judged("SELECT E.NAME FROM EMP E LIMIT 1")["sql"].split() == [
        "SELECT", "E.name", "FROM", "emp", "AS", "E", "LIMIT", "1"]  # fmt: skip


def test_what_a_column_of_the_result_is_called_does_not_hide_a_tables_own() -> None:
    answer = judged("SELECT MAX(pay) AS pay FROM emp WHERE pay > 3")
    assert answer["valid"]
    assert "MAX" not in answer["sql"].partition("WHERE")[2]
    unknown = judged("SELECT MAX(day) AS day FROM t WHERE day > 3", schema=None)
    assert unknown["valid"]
    assert "MAX" not in unknown["sql"].partition("WHERE")[2]


def test_an_alias_in_where_is_written_out() -> None:
    assert "pay * 12 > 9" in judged("SELECT pay * 12 AS year FROM emp WHERE year > 9")["sql"]


def test_an_aggregate_behind_an_alias_is_none_for_where() -> None:
    assert codes("SELECT dept_id, COUNT(*) AS n FROM emp WHERE n > 1") == ["aggregate"]


@pytest.mark.parametrize(
    ("dialect", "target", "severity"),
    [("sqlite", "sqlite", "warning"), ("mysql", "mysql", "error"), ("sqlite", "tsql", "error"),
     ("postgres", "postgres", "error"), ("mysql", "postgres", "error")],
)  # fmt: skip
def test_a_loose_column_is_an_error_only_where_the_dialect_refuses_it(
    dialect: str, target: str, severity: str
) -> None:
    issues = judged("SELECT name, COUNT(*) FROM emp GROUP BY dept_id", dialect, target)["issues"]
    (found,) = [issue for issue in issues if issue["code"] == "group_by"]
    assert found["severity"] == severity
    assert found["fix"] == [{"op": "add", "path": "/query/group_by/-", "value": {"column": "name"}}]


def test_what_a_primary_key_determines_is_not_loose() -> None:
    sql = "SELECT d.name, COUNT(*) FROM dept d JOIN emp e ON e.dept_id = d.id GROUP BY d.id LIMIT 9"
    assert codes(sql, "postgres") == []


def test_double_quotes_are_a_text_where_sqlite_takes_them_for_one() -> None:
    assert "name = 'Ada'" in judged('SELECT id FROM emp WHERE name = "Ada"')["sql"]
    assert codes('SELECT id FROM emp WHERE name = "Ada"', "postgres") == ["unknown_column"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT SUM(COUNT(*)) FROM emp",
        "SELECT name FROM emp WHERE ROW_NUMBER() OVER (ORDER BY id) = 1",
        "SELECT 1 UNION SELECT 1, 2",
        "SELECT 1 FROM emp e, dept e",
        "SELECT * WHERE 1 = 1",
        "SELECT x.* FROM emp",
        "WITH a (b, c) AS (SELECT 1) SELECT b FROM a",
        "SELECT id FROM emp JOIN dept USING (nothing)",
    ],
)
def test_what_cannot_stand_there_is_an_error(sql: str) -> None:
    assert codes(sql)
