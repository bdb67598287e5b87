"""ADD_MONTHS, which keeps the end of a month, and CHAR, which fills texts with spaces."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain
from tests.queryexpr.engines.servers import ENGINES

LATER = {
    ("day", "1"): ["2020-02-29", "2021-03-31", "2020-01-30", None, "2024-03-31", "2023-02-01"],
    ("day", "-12"): ["2019-01-31", "2020-02-29", "2018-12-30", None, "2023-02-28", "2022-01-01"],
    ("day", "id"): ["2020-02-29", "2021-04-30", "2020-03-30", None, "2024-07-31", "2023-07-01"],
    ("seen", "1"): [
        "2020-02-29 10:20:30", "2021-03-31 23:59:59", None, "2024-03-31 12:00:00",
        "2023-02-01 06:30:00", "2024-01-31 18:45:10",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("value", "months"), LATER)
@pytest.mark.parametrize("source", ["oracle", "snowflake"])
@pytest.mark.parametrize("target", ENGINES)
def test_the_end_of_a_month_stays_one(engines, value, months, source, target):
    sql = f"SELECT id, ADD_MONTHS({value}, {months}) FROM item"
    rows = engines.run(target, str(judged(sql, source, target).sql))
    assert plain(rows) == [(float(n), day) for n, day in enumerate(LATER[value, months], 1)]


JOINED = [
    "CAST(s AS CHAR(8)) || 'x', LENGTH(CAST(s AS CHAR(8)))",
    "CAST(s AS CHAR(2)) || 'x' || CAST(s AS CHAR(3))",
    "CAST(day AS CHAR(7)), CAST(s AS CHAR)",
]


@pytest.mark.parametrize("value", JOINED)
@pytest.mark.parametrize("target", ENGINES)
def test_spaces_at_the_end_of_char_are_not_joined(engines, value, target):
    assert_same(engines, f"SELECT id, {value} FROM item", "postgres", target)


@pytest.mark.parametrize("target", ["sqlite", "duckdb", "mysql"])
def test_a_text_filled_with_spaces_is_not_translated(target):
    assert refused("SELECT CAST(s AS CHAR(8)) FROM item", "postgres", target) == {"dialect"}
    assert refused("SELECT CAST(s AS CHAR(8)) FROM item", "oracle", target) == {"dialect"}
    assert not refused("SELECT CAST(s AS VARCHAR(8)) FROM item", "postgres", target)
