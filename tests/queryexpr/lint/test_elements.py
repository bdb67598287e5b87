"""The elements of an array repeat the row that has it."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl

SCHEMA = "CREATE TABLE orders (id INT64, total INT64, items ARRAY<STRUCT<sku STRING, n INT64>>)"
ITEMS = "FROM orders AS o CROSS JOIN UNNEST(o.items) AS i"


def warnings(sql):
    dialect = DIALECTS["bigquery"]
    issues = judge(sql, dialect, read_ddl(SCHEMA, dialect)[0]).issues
    return [issue.message for issue in issues if issue.code == "fan_out"]


@pytest.mark.parametrize("call", ["SUM(o.total)", "AVG(o.total)", "COUNT(o.id)"])
def test_what_they_repeat_is_a_warning(call):
    (message,) = warnings(f"SELECT {call} {ITEMS}")
    assert "for each row of 'i'" in message


@pytest.mark.parametrize("call", ["SUM(i.n)", "COUNT(*)", "MAX(o.total)", "COUNT(DISTINCT o.id)"])
def test_what_they_do_not_repeat_is_none(call):
    assert warnings(f"SELECT {call} {ITEMS}") == []


def test_a_total_in_each_group_of_one_row_is_repeated_too():
    assert warnings(f"SELECT o.id, SUM(o.total) {ITEMS} GROUP BY o.id")
