"""Conditions that are counted as 1 and 0, for databases where they are no numbers."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

pytestmark = pytest.mark.parametrize("target", ["postgres", "duckdb"])
source = pytest.mark.parametrize("source", ["sqlite", "mysql"])


@source
@pytest.mark.parametrize(
    "values",
    ["SUM(n > 2), AVG(n > 2), MAX(n IS NULL)", "SUM(ok), AVG(ok), MIN(ok), MAX(ok)",
     "SUM(n > 2 AND r < 1), SUM(NOT ok), SUM(s = 'Ada')", "SUM(n > 2) / COUNT(*), SUM(ok) / 2",
     "SUM((n > 2) = 1), SUM(ok = 0)", "SUM(ok IS NULL) * 100.0 / COUNT(*)"],
)  # fmt: skip
def test_conditions_are_added_up(engines, values, source, target):
    assert_same(engines, f"SELECT {values} FROM item", source, target)
    assert_same(engines, f"SELECT id % 2, {values} FROM item GROUP BY id % 2", source, target)


@source
@pytest.mark.parametrize(
    "condition", ["ok = 1", "ok <> 0", "1 = ok", "ok IN (0, 1)", "ok IN (1)", "NOT ok = 1"]
)
def test_a_boolean_is_compared_with_a_number(engines, condition, source, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", source, target)
    sql = f"SELECT CASE WHEN {condition} THEN 'y' ELSE 'n' END, COUNT(*) FROM item GROUP BY 1"
    assert_same(engines, sql, source, target)


def test_a_bit_of_sql_server_is_a_boolean(engines, target):
    ddl = "CREATE TABLE item (id INT PRIMARY KEY, ok BIT);"
    judgement = judged("SELECT id FROM item WHERE ok = 1", "tsql", target, ddl)
    assert [row[0] for row in sorted(engines.run(target, str(judgement.sql)))] == [1, 4]


def test_other_numbers_are_no_booleans(target):
    if target == "postgres":
        assert refused("SELECT id FROM item WHERE ok = 2", "mysql", target) == {"type_mismatch"}
