"""MySQL refuses a column outside of GROUP BY, unless keys and joins determine it."""

from __future__ import annotations

import pytest

from tests.queryexpr.rows.staff import errors, written

JOINED = "FROM emp e JOIN dept d ON d.id = e.dept_id"


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT dept_id, name, COUNT(*) FROM emp GROUP BY dept_id",
        "SELECT name, COUNT(*) FROM emp",
        f"SELECT d.id, e.name, COUNT(*) {JOINED} GROUP BY d.id",
    ],
)
@pytest.mark.parametrize("source", ["mysql", "sqlite"])
def test_a_column_outside_of_the_groups_is_an_error(sql, source):
    assert errors(sql, source, "mysql") == ["group_by"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, name, COUNT(*) FROM emp GROUP BY id",
        "SELECT name, COUNT(*) FROM emp WHERE name = 'Ada'",
        f"SELECT e.id, d.name, COUNT(*) {JOINED} GROUP BY e.id",
        "SELECT e.dept_id, d.name FROM emp e LEFT JOIN dept d ON d.id = e.dept_id GROUP BY e.dept_id",
    ],
)
def test_a_column_that_the_groups_determine_is_allowed(sql):
    assert written(sql, "mysql")
