"""Lengths of time that are added to dates, in calls, multiplied, and of computed numbers."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

CALLS = [
    *(f"DATE_ADD({{}}, INTERVAL {n} {unit})" for n in ("1", "id") for unit in
      ("YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "HOUR")),
    "DATE_SUB({}, INTERVAL 1 MONTH)", "DATE_SUB({}, INTERVAL id + 1 WEEK)",
    "ADDDATE({}, 3)", "SUBDATE({}, INTERVAL 1 DAY)", "TIMESTAMPADD(MONTH, 1, {})",
    "TIMESTAMPADD(HOUR, id, {})", "DATE_ADD(DATE_ADD({}, INTERVAL 1 MONTH), INTERVAL 1 DAY)",
]  # fmt: skip
PRODUCTS = [
    "day + INTERVAL '1 day' * id", "seen + id * INTERVAL '1 month'", "INTERVAL '2 days' * 2 + day",
    "seen - INTERVAL '1 hour' * (id + 1)", "day - 2 * INTERVAL '1 week'",
]  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("column", ["day", "seen"])
@pytest.mark.parametrize("target", ["sqlite", "postgres"])
def test_mysql_adds_the_same_by_a_call(engines, call, column, target):
    assert_same(engines, f"SELECT id, {call.format(column)} FROM item", "mysql", target)


@pytest.mark.parametrize("number", ["r", "d", "1.5", "id / 2", "s"])
def test_a_number_that_may_be_no_whole_one_is_refused(number):
    sql = f"SELECT DATE_ADD(day, INTERVAL {number} + 0 DAY) FROM item"
    for target in ("sqlite", "postgres"):
        assert refused(sql, "mysql", target) == {"dialect"}


@pytest.mark.parametrize("value", PRODUCTS)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_a_length_may_be_multiplied(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize(
    "value",
    ["INTERVAL '1 day'", "day + (INTERVAL '1 day' + INTERVAL '1 hour')", "day + r * INTERVAL '1 d'",
     "day + d * INTERVAL '1 day'", "day + 1.5 * INTERVAL '1 day'", "INTERVAL '1 day' * id"],
)  # fmt: skip
@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_lengths_on_their_own_are_refused(value, target):
    assert refused(f"SELECT {value} FROM item", "postgres", target)


@pytest.mark.parametrize("length", ["1 month - 1 day", "1 year +2 days", "+1 month -2 days"])
@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_a_length_has_signs_inside(engines, length, target):
    assert_same(engines, f"SELECT day + INTERVAL '{length}' FROM item", "postgres", target)
