"""Quotients and remainders: of whole numbers, of fractions, by zero."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged
from tests.queryexpr.engines.servers import PAIRS

pytestmark = pytest.mark.parametrize(("source", "target"), PAIRS)
FRACTIONS = [
    "d % m",
    "d % (id / id)",
    "(n / m) % d",
    "7.5 % 2",
    "n % 2.5",
    "d % 0.3",
    "-7.5 % 2",
    "d % -2",
]


@pytest.mark.parametrize("value", FRACTIONS)
def test_what_remains_of_fractions_is_the_same(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


def test_what_remains_of_doubles_is_the_same(engines, source, target):
    if source != "postgres":  # it has no % of doubles
        assert_same(engines, "SELECT id, r % m, r % 2 FROM item", source, target)


@pytest.mark.parametrize("value", ["n / m", "n / 2", "-7 / 2", "n * 1.0 / m", "d / m", "n % m"])
def test_a_division_cuts_or_not_as_in_its_dialect(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


CHAINS = (
    "n / 4 / 3, (n / m) / 2, 100 * n / id / 3, n / (id + 1) / 2, (n / id) / (id / 1), n / id / d,"
    " n / id / 1.5 / 2, -n / 4 / 3 + n / 2 / 2, (n / id) * 2 / 3, ROUND(n / 4 / 3, 2), ABS(n / 4) / 3"
)
QUOTIENTS = [
    f"SELECT id, {CHAINS} FROM item WHERE n / 4 / 3 > -99",
    "SELECT SUM(n) / COUNT(*) / 4, SUM(n / 2) / 3 FROM item",
    "SELECT id FROM item WHERE n / 4 / 3 > 0.5 ORDER BY n / 4 / 3",
    "SELECT x / 3, x / 3 / 2 FROM (SELECT n / 4 AS x FROM item) AS q",
    "WITH q AS (SELECT n / 4 AS x FROM item) SELECT SUM(x) / 3 / 2, x / 3 FROM q GROUP BY x",
    "SELECT CASE WHEN n > 2 THEN n / 4 ELSE 1 END / 3 FROM item",
]


def test_each_quotient_of_a_chain_is_divided_alike(engines, source, target):
    for sql in QUOTIENTS:
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("value", ["n / 0", "n % 0", "d / (m - 2)", "id % (id - 1)", "7 / NULL"])
def test_a_division_by_zero_stays_null(engines, value, source, target):
    if source in ("sqlite", "mysql"):
        assert_same(engines, f"SELECT id, {value} FROM item", source, target)


def test_whole_divisions_are_the_same(engines, source, target):
    words = {"mysql": "n DIV m", "duckdb": "n // m"}
    assert_same(engines, f"SELECT id, {words.get(source, 'n / m')} FROM item", source, target)


@pytest.mark.parametrize(
    ("value", "warned"),
    [("id / d", True), ("d / (n - 7)", True), ("d / 2", False), ("d / -2.5", False), ("d / NULLIF(n, 0)", False), ("d % (m - 2)", True), ("n % m", False)],
)  # fmt: skip
def test_what_is_infinite_by_zero_is_warned_of_where_it_is_not(value, warned, source, target):
    codes = {issue.code for issue in judged(f"SELECT {value} FROM item", source, target).issues}
    assert ("by_zero" in codes) == (warned and source == "duckdb" and target != "duckdb")


def test_a_division_by_0_is_refused_where_it_is_an_error(source, target):
    judgement = judged("SELECT d / 0 FROM item", source, target)
    has_result = source in ("sqlite", "mysql") or "postgres" not in (source, target)
    assert bool(judgement.sql) == has_result, judgement.issues


@pytest.mark.parametrize("value", ["id % SIGN(id)", "n % FLOOR(m)", "CEIL(n) % m"])
def test_what_remains_of_whole_functions_is_the_same(engines, value, source, target):
    if source not in ("postgres", "sqlite") or ("SIGN" in value and source == "sqlite"):
        assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize("value", ["EXTRACT(YEAR FROM day)", "ABS(EXTRACT(YEAR FROM day))"])
def test_a_part_of_a_date_is_divided_as_in_its_dialect(engines, value, source, target):
    if source != "sqlite":  # it has no EXTRACT
        assert_same(engines, f"SELECT id, {value} / 100 FROM item", source, target)


WHOLE = ["d {} 1", "r {} 2", "n {} m", "-7 {} 2", "7.5 {} 2", "n {} d", "(n + 0.5) {} m"]


@pytest.mark.parametrize("value", WHOLE)
def test_a_division_without_a_remainder_is_the_same(engines, value, source, target):
    word = {"mysql": "DIV", "duckdb": "//"}.get(source)
    if word:
        assert_same(engines, f"SELECT id, {value.format(word)} FROM item", source, target)
    elif source == "postgres" and "r" not in value:
        call = f"DIV({value.replace(' {}', ',')})"
        assert_same(engines, f"SELECT id, {call} FROM item", source, target)


@pytest.mark.parametrize(
    "value",
    ["n / (SELECT MAX(id) FROM item)", "n % (SELECT MAX(id) FROM item)",
     "d * 100.0 / (SELECT SUM(d) FROM item)", "d % (SELECT MAX(id) FROM item)",
     "(SELECT SUM(n) FROM item) / (SELECT COUNT(*) FROM part)"],
)  # fmt: skip
def test_a_query_may_be_the_divisor(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)
