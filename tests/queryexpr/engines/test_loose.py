"""Values that MySQL and SQLite take for those of another type: numbers, dates, booleans, texts."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused
from tests.queryexpr.engines.servers import PAIRS

TARGETS = ["sqlite", "duckdb", "postgres"]
DATES = [
    "day > 20201231", "day = 20200131", "day BETWEEN 20200101 AND 20211231", "20200131 <= day",
    "day IN (20200131, 20210228)", "seen >= 20210228", "seen = 20210228235959",
    "DATE(seen) > 20210228",
]  # fmt: skip


@pytest.mark.parametrize("condition", DATES)
@pytest.mark.parametrize("target", TARGETS)
def test_a_number_is_the_date_that_it_is_compared_with(engines, condition, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", "mysql", target)


@pytest.mark.parametrize("condition", ["day > 2020", "day = n", "day <> 0", "seen > 1.5"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_any_other_number_is_compared_with_no_date(condition, source, target):
    if source in ("mysql", "sqlite"):
        assert refused(f"SELECT id FROM item WHERE {condition}", source, target)


@pytest.mark.parametrize("condition", ["ok = 'abc'", "ok <> ''", "ok IN ('1', 'x')", "ok > 'a'"])
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
@pytest.mark.parametrize("source", ["mysql", "sqlite"])
def test_a_boolean_is_compared_with_no_text(condition, source, target):
    assert refused(f"SELECT id FROM item WHERE {condition}", source, target) == {"dialect"}
