"""What would take all memory or all time is refused, in the library itself."""

from __future__ import annotations

import time
from typing import Any

import pytest

from queryexpr.dialects.all import DIALECTS
from tests.queryexpr.rows.staff import carried, errors, written


def nested(call: str, times: int, inside: str = "name") -> str:
    for _ in range(times):
        inside = call.format(inside)
    return inside


@pytest.mark.parametrize("dialect", DIALECTS)
def test_columns_that_double_are_refused_at_once(dialect):
    doubled = (f"c{n} AS (SELECT x.*, y.* FROM c{n - 1} x, c{n - 1} y)" for n in range(1, 24))
    started = time.process_time()
    sql = f"WITH c0 AS (SELECT 1 AS a), {', '.join(doubled)} SELECT * FROM c23"
    assert errors(sql, dialect) == ["too_many_columns"]
    assert time.process_time() - started < 2


@pytest.mark.parametrize(
    "value",
    [
        nested("HEX({})", 24),
        nested("QUOTE({})", 30),
        nested("REPLACE({}, 'a', 'aaaaaaaaaa')", 12),
        nested("REPLACE({}, name, name)", 12),
        nested("COALESCE(HEX({}), 'x')", 12),
        nested("CASE WHEN id = 1 THEN HEX({}) END", 12),
    ],
)
def test_texts_that_grow_are_refused(value):
    assert "too_large" in errors(f"SELECT {value} FROM emp", "sqlite")


def test_texts_that_grow_through_other_queries_are_refused():
    steps = (
        f"c{n} AS (SELECT {nested('HEX({})', 4, 'x')} AS x FROM c{n - 1})" for n in range(1, 5)
    )
    sql = f"WITH c0 AS (SELECT name AS x FROM emp), {', '.join(steps)} SELECT x FROM c4"
    assert set(errors(sql, "sqlite")) == {"too_large"}


@pytest.mark.parametrize(
    ("dialect", "value"),
    [
        ("bigquery", "FORMAT('%1000000000d', 1)"),
        ("bigquery", "FORMAT('%*d', 1000000000, 1)"),
        ("tsql", "FORMAT(1, 'D999999999')"),
        ("postgres", "FACTORIAL(32177)"),
        ("duckdb", "FACTORIAL(id)"),
        ("snowflake", "FACTORIAL(id)"),
    ],
)
def test_calls_that_grow_are_refused(dialect, value):
    assert errors(f"SELECT {value} FROM emp", dialect) == ["operands"]


@pytest.mark.parametrize(
    ("dialect", "value"),
    [
        ("sqlite", "REPLACE(HEX(name), '0', '')"),
        ("bigquery", "FORMAT('%d', id)"),
        ("tsql", "FORMAT(salary, 'N2')"),
        ("postgres", "FACTORIAL(5)"),
        ("postgres", "CONCAT(name, ', ', name, ', ', name)"),
    ],
)
def test_calls_that_people_need_are_allowed(dialect, value):
    assert written(f"SELECT {value} FROM emp", dialect)


STEP = (
    "WITH RECURSIVE c(x, t) AS (SELECT 1, 'a' UNION ALL SELECT {} FROM {}) SELECT COUNT(*) FROM c"
)


@pytest.mark.parametrize(
    ("step", "tables"),
    [
        ("x + 1, t", "c"),
        ("x + 1, t", "c WHERE 1 = 1"),
        ("x + 1, t", "c WHERE x > 0"),
        ("x - 1, t", "c WHERE x < 9"),
        ("x, t", "c WHERE x = x AND x < 9"),
        ("x + 1, t", "c, emp"),
        ("x + 1, t", "c CROSS JOIN emp e JOIN dept d ON e.dept_id = d.id"),
    ],
)
def test_a_recursion_without_an_end_is_an_error(step, tables):
    assert errors(STEP.format(step, tables), "sqlite") == ["endless"]


@pytest.mark.parametrize(
    "text", ["t || t", "HEX(t)", "REPLACE(t, 'a', 'aa')", "CONCAT_WS(t, t, t)"]
)
def test_texts_that_double_in_each_step_are_an_error(text):
    assert "too_large" in errors(STEP.format(f"x + 1, {text}", "c WHERE x < 99"), "sqlite")


@pytest.mark.parametrize(
    ("step", "tables", "count"),
    [
        ("x + 1, t || 'b'", "c WHERE x < 10", 10),
        ("x + 1, t", "c WHERE 10 > x", 10),
        ("x + 1, t", "c LIMIT 7", 7),
        ("e.id, t || '/' || e.name", "emp e JOIN c ON e.id = c.x + 1", 5),
        ("x - 1, t", "c WHERE x BETWEEN 0 AND 1", 3),
    ],
)
def test_a_recursion_with_an_end_is_allowed(step: str, tables: str, count: Any):
    assert carried(STEP.format(step, tables), "sqlite") == [(count,)]
