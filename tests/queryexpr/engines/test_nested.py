"""What is inside of a part that is written otherwise is written otherwise too."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same

NESTED = [
    "(day + 7) + 7",
    "DATE '2024-01-01' - (day + 1)",
    "ROUND(ROUND(d, -1) / 4, -1)",
    "GREATEST(n, GREATEST(m, 3))",
    "EXTRACT(YEAR FROM day + EXTRACT(MONTH FROM day)::INTEGER)",
    "CAST(CAST(r AS INTEGER) + 0.5 AS INTEGER)",
]


@pytest.mark.parametrize("value", NESTED)
@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_part_inside_of_another_is_translated(engines, value, source):
    assert_same(engines, f"SELECT id, {value} FROM item", source, "sqlite")
