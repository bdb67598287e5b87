"""Lengths of time that are added to dates, in calls, multiplied, and of computed numbers."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

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


WHOLE = [
    "1 day 12:00:00", "1 day 02:03:04", "3 days ago", "14 months ago", "-1 day 2:03", "1 quarter",
    "1 decade", "1.5 days", "1.5 months", "1 year 1 month", "2 weeks 1 day", "30:00", "1 sec",
    "1 hr 2 mins", "1 year -1 day", "1 month ago",
]  # fmt: skip
POSTGRES = [
    "-1 days +02:03", "1 day 5", "- 1 day", "+1 day", "P1Y2M3DT4H", "1-2", "1 12:00",
    "1 day, 2 hours", "02:03 1 day", "1 day 2:03 ago",
]  # fmt: skip


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_length_keeps_all_that_its_text_says(engines, source, target):
    texts = [text for text in WHOLE if (source, text) != ("postgres", "1 quarter")]
    for text in texts + POSTGRES * (source == "postgres"):
        sql = f"SELECT seen + INTERVAL '{text}', seen - INTERVAL '{text}' FROM item WHERE id <> 4"
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_a_text_that_is_cast_is_the_same_length(engines, target):
    for text in POSTGRES + WHOLE[:5]:
        assert_same(engines, f"SELECT seen + '{text}'::interval FROM item", "postgres", target)


@pytest.mark.parametrize(
    "text", ["2 hours 30:00", "1 day ago 2 hours", "1 day and 2 hours", "1 isoweek", "1:2:3:4", "5 1 day"]
)  # fmt: skip
def test_a_length_that_is_not_clear_is_refused(text):
    message = judged(f"SELECT seen + INTERVAL '{text}' FROM item", "postgres", "postgres").issues[0]
    assert "write each number with its unit" in message.message


def test_postgres_takes_a_week_after_a_length_for_a_name():
    assert refused("SELECT seen + INTERVAL '1' WEEK FROM item", "postgres", "postgres")
    assert refused("SELECT seen + INTERVAL '1.5' DAY FROM item", "postgres", "postgres")


@pytest.mark.parametrize(
    ("target", "expected"),
    [("oracle", "+ INTERVAL '2' MONTH + INTERVAL '7' DAY"), ("bigquery", "INTERVAL '7' DAY"),
     ("snowflake", "+ INTERVAL '2 MONTH' + INTERVAL '7 DAY'"), ("tsql", "DATEADD(DAY, 7, DATEADD(MONTH, 2")],
)  # fmt: skip
def test_a_length_of_several_units_is_a_sum_elsewhere(target, expected):
    sql = judged("SELECT day + INTERVAL '2 months 1 week' FROM item", "postgres", target).sql
    assert expected in " ".join(str(sql).split())
