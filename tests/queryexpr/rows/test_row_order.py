"""Rows that are less or more than another: `(a, b) < (1, 2)`, with nulls in them."""

from __future__ import annotations

from itertools import product

import pytest

from tests.queryexpr.rows.staff import carried, errors, run

OPERATORS = ("<", "<=", ">", ">=")
ROWS = ["(dept_id, salary) {} (1, 150)", "(salary, dept_id) {} (100, 1)",
        "(dept_id, salary, id) {} (1, 100, 2)", "NOT (dept_id, salary) {} (1, 150)",
        "((dept_id, salary) {} (2, NULL)) IS NULL"]  # fmt: skip


@pytest.mark.parametrize(("row", "operator"), list(product(ROWS, OPERATORS)))
@pytest.mark.parametrize("source", ["sqlite", "postgres", "mysql"])
@pytest.mark.parametrize("target", ["sqlite", "duckdb"])
def test_rows_are_ordered_by_their_values_in_turn(
    row: str, operator: str, source: str, target: str
) -> None:
    sql = f"SELECT id FROM emp WHERE {row.format(operator)}"
    assert carried(sql, source, target) == run("sqlite", sql)


def test_long_rows_and_rows_of_other_lengths_are_refused() -> None:
    nine = ", ".join(["id"] * 9)
    assert errors(f"SELECT id FROM emp WHERE ({nine}) < ({nine})", "sqlite") == ["too_many_terms"]
    assert errors("SELECT id FROM emp WHERE (id, salary) < (1, 2, 3)", "sqlite")


def test_what_would_be_computed_twice_is_refused() -> None:
    sql = "SELECT id FROM emp WHERE (RANDOM(), id) < (1, 2)"
    assert errors(sql, "sqlite") == ["not_supported"]
