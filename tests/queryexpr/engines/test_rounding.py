"""A half is rounded as where the query was written: away from zero, to the even number, or off."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import PAIRS

pytestmark = pytest.mark.parametrize(("source", "target"), PAIRS)


@pytest.mark.parametrize(
    "value",
    [
        "r",
        "2.5e0",
        "d",
        "2.5",
        "-r",
        "n / 4.0",
        "AVG(r)",
        "AVG(n)",
        "(n + 2) / 2",
        "SUM(n + 2) / 2",
    ],
)
def test_a_half_is_rounded_as_in_its_dialect(engines, value, source, target):
    assert_same(
        engines, f"SELECT id, ROUND({value}) FROM item GROUP BY id, r, d, n", source, target
    )


@pytest.mark.parametrize("value", ["1e0 / 3", "COUNT(*) / 1e2", "7 / 2E0", "1e1 % 4", "2.5e1 / 10"])
def test_a_number_with_an_exponent_is_no_whole_one(engines, value, source, target):
    assert_same(engines, f"SELECT {value} FROM item", source, target)


@pytest.mark.parametrize("value", ["r", "d", "1.25", "d * r"])
def test_places_are_kept(engines, value, source, target):
    if source == "postgres" and "r" in value:
        value = f"({value})::numeric"
    assert_same(engines, f"SELECT id, ROUND({value}, 1) FROM item", source, target)


@pytest.mark.parametrize("value", ["150", "n", "n * 10", "d * 100"])
@pytest.mark.parametrize("places", [-1, -2])
def test_tens_are_rounded_where_only_places_are(engines, value, places, source, target):
    assert_same(engines, f"SELECT id, ROUND({value}, {places}) FROM item", source, target)


@pytest.mark.parametrize(
    "value",
    [
        "r",
        "2.5e0",
        "d",
        "2.5",
        "-0.5",
        "r * 3",
        "r - 1",
        "r + 4",
        "n / 2",
        "r + n / 2",
        "(n + 2) / 2",
    ],
)
def test_a_cast_rounds_or_cuts_as_in_its_dialect(engines, value, source, target):
    type_ = "SIGNED" if source == "mysql" else "INTEGER"
    assert_same(engines, f"SELECT id, CAST({value} AS {type_}) FROM item", source, target)


def test_a_computed_number_of_places_is_refused_where_it_may_differ(source, target):
    if {source, target} & {"sqlite"}:
        assert refused("SELECT ROUND(d, m) FROM item", source, target) == {"dialect"}


@pytest.mark.parametrize("value", ["d", "r * 1.1", "n / 7"])
def test_a_computed_number_of_places_is_kept(engines, value, source, target):
    if (source, target) == ("mysql", "postgres"):
        sql = f"SELECT id, ROUND({value}, CAST(1 AS SIGNED)), ROUND({value}, 4 - id) FROM item"
        assert_same(engines, f"{sql} WHERE id < 4", source, target)
