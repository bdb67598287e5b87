"""Medians, whose places DuckDB cuts to those of its values."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged

QUANTILES = ["PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY d)",
             "PERCENTILE_CONT(0.3) WITHIN GROUP (ORDER BY d DESC)",
             "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY n)"]  # fmt: skip


@pytest.mark.parametrize("value", QUANTILES)
def test_quantiles_of_decimals_are_not_cut(engines, value):
    assert_same(engines, f"SELECT {value} FROM item", "postgres", "duckdb")


@pytest.mark.parametrize(("value", "codes"), [("d", {"digits"}), ("n", set()), ("r", set())])
def test_places_that_are_cut_are_a_warning(value, codes):
    found = judged(f"SELECT MEDIAN({value}) FROM item", "duckdb", "postgres")
    assert {issue.code for issue in found.issues} == codes


@pytest.mark.parametrize("target", ["sqlite", "mysql"])
def test_a_database_without_medians_is_named(target):
    found = judged("SELECT MEDIAN(n) FROM item", "duckdb", target)
    assert "has no MEDIAN" in found.issues[0].message
