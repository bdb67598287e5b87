"""Texts in another dialect: casts to them, parts of them, and whether letters' case counts."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS


@pytest.mark.parametrize("type_", ["VARCHAR(2)", "CHAR(2)", "CHAR"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_text_is_cut_as_in_its_dialect(engines, type_, source, target):
    if source == "mysql":
        type_ = type_.replace("VARCHAR", "CHAR")
    sql = f"SELECT id, CAST('Eve' AS {type_}), CAST(s AS {type_}) FROM item WHERE id < 6"
    if (source, type_) == ("postgres", "CHAR(2)"):  # a shorter text gets spaces
        assert refused(sql, source, target) == {"dialect"}
        sql = sql.replace("CAST(s AS CHAR(2))", "CAST(s AS CHAR(2)) || 'x'")
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("value", ["ok", "n > 2", "NOT ok"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_boolean_as_a_text_is_the_same(engines, value, source, target):
    type_ = "CHAR" if source == "mysql" else "TEXT"
    assert_same(engines, f"SELECT id, CAST({value} AS {type_}) FROM item", source, target)


@pytest.mark.parametrize("start", ["0", "-2", "m", "COALESCE(m, id)", "CASE WHEN n > 0 THEN m END"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_start_below_1_is_the_same_or_refused(engines, start, source, target):
    sql = f"SELECT id, SUBSTR(s, {start}, 2) FROM item"
    if refused(sql, source, target) != {"dialect"}:
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("values", ["n, m", "n, 3", "NULL, m"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_the_greatest_of_values_is_null_or_skips_nulls(engines, values, source, target):
    name = "MAX" if source == "sqlite" else "GREATEST"
    assert_same(engines, f"SELECT id, {name}({values}) FROM item", source, target)


@pytest.mark.parametrize("target", ["sqlite", "postgres", "mysql"])
def test_nulls_that_are_counted_stay_null(engines, target):
    sql = "SELECT n, COUNT_IF(ok), COUNT_IF(n > 2) FROM item GROUP BY n"
    assert_same(engines, sql, "duckdb", target)


COMPARED = [
    "SELECT id FROM item WHERE s = 'Eve'",
    "SELECT id FROM item WHERE s IN (SELECT w FROM part)",
    "SELECT s, COUNT(*) FROM item GROUP BY s",
    "SELECT DISTINCT s FROM item",
    "SELECT id FROM item ORDER BY s",
    "SELECT MAX(s), COUNT(DISTINCT s) FROM item",
    "SELECT s FROM item UNION SELECT w FROM part",
    "SELECT RANK() OVER (ORDER BY s) FROM item",
    "SELECT NULLIF(s, 'EVE') FROM item",
    "SELECT s AS c, COUNT(*) FROM item GROUP BY c",
    "SELECT s AS c, COUNT(*) FROM item GROUP BY 1",
    "SELECT LOWER(s) AS c FROM item ORDER BY 1",
    "SELECT POSITION('v' IN s) FROM item",
    "SELECT s AS c, id FROM item UNION ALL SELECT w, pid FROM part ORDER BY c, 2 LIMIT 3",
    "SELECT 'a' AS c UNION ALL SELECT s FROM item ORDER BY 1 LIMIT 3",
]


def warnings(sql, source, target):
    return {i.code for i in judged(sql, source, target).issues if i.severity == "warning"}


@pytest.mark.parametrize("sql", COMPARED)
def test_comparing_texts_is_a_warning_where_case_counts_otherwise(sql):
    assert "collation" in warnings(sql, "postgres", "mysql")
    assert "collation" in warnings(sql, "mysql", "sqlite")
    assert "collation" not in warnings(sql, "postgres", "sqlite") | warnings(sql, "mysql", "mysql")


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT s FROM item",
        "SELECT n FROM item WHERE n > 1 ORDER BY n",
        "SELECT s, n AS c FROM item UNION ALL SELECT w, pid FROM part ORDER BY c LIMIT 3",
    ],
)
def test_what_compares_no_texts_has_no_warning(sql):
    assert "collation" not in warnings(sql, "postgres", "mysql")


def test_a_fraction_as_a_text_is_a_warning():
    assert "digits" in warnings("SELECT CAST(d AS TEXT) FROM item", "duckdb", "sqlite")
    assert "digits" not in warnings("SELECT CAST(n AS TEXT) FROM item", "duckdb", "sqlite")


@pytest.mark.parametrize("sql", ["SELECT 'a' || 2.50", "SELECT CONCAT('a', 2.50)"])
def test_a_fraction_that_is_joined_to_a_text_is_a_warning(sql):
    assert "digits" in warnings(sql, "postgres", "sqlite")
    assert "digits" not in warnings(sql.replace("2.50", "2"), "postgres", "sqlite")


def test_texts_that_functions_make_are_ordered_by_the_collation_too():
    sql = "SELECT id, DENSE_RANK() OVER (ORDER BY LPAD(s, 4, '.') DESC) FROM item"
    codes = {issue.code for issue in judged(sql, "duckdb", "mysql").issues}
    assert "collation" in codes


@pytest.mark.parametrize(
    ("source", "value"),
    [("postgres", "STRPOS(s, 'V')"), ("sqlite", "INSTR(s, 'V')"), ("duckdb", "GREATEST(s, 'b')"),
     ("sqlite", "MAX(s, 'b')"), ("postgres", "LEAST(s, 'b')"), ("duckdb", "INSTR(s, s)")],
)  # fmt: skip
def test_functions_that_compare_texts_are_a_warning_too(source, value):
    assert "collation" in warnings(f"SELECT {value} FROM item", source, "mysql")


def test_a_sign_that_has_no_case_is_found_without_a_warning():
    assert "collation" not in warnings("SELECT INSTR(s, '@') FROM item", "sqlite", "mysql")


@pytest.mark.parametrize("size", ["-1", "-9", "0", "id - 3", "2 - id", "LENGTH(s) - 2", "m"])
@pytest.mark.parametrize("call", ["LEFT", "RIGHT"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_an_end_of_less_than_no_letters_is_the_same(engines, call, size, source, target):
    sql = f"SELECT id, {call}(s, {size}) FROM item"
    if source != "sqlite":
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("start", ["1", "2", "id"])
@pytest.mark.parametrize("size", ["-1", "id - 3", "LENGTH(s) - 3", "2"])
@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_a_length_below_0_is_the_same_or_refused(engines, start, size, source, target):
    sql = f"SELECT id, SUBSTR(s, {start}, {size}) FROM item"
    fails = source == "postgres" and size != "2"
    if not fails and refused(sql, source, target) != {"dialect"}:
        assert_same(engines, sql, source, target)


@pytest.mark.parametrize("start", ["id % id", "n - 7", "id * 0", "(id - 1) / 2"])
def test_a_start_that_is_computed_of_columns_is_refused_where_0_differs(start):
    assert refused(f"SELECT SUBSTR(s, {start}, 2) FROM item", "sqlite", "mysql") == {"dialect"}


@pytest.mark.parametrize("target", ["postgres", "duckdb"])
@pytest.mark.parametrize("source", ["sqlite", "mysql"])
def test_char_of_several_numbers_is_refused(source, target):
    assert refused("SELECT CHAR(65, 66)", source, target) == {"dialect"}


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
def test_a_letter_of_several_bytes_is_refused(engines, source):
    assert refused("SELECT CHR(8364)", source, "mysql") == {"dialect"}
    assert_same(engines, "SELECT CHR(65) || s FROM item", source, "mysql")


@pytest.mark.parametrize("source", ["postgres", "duckdb", "mysql"])
@pytest.mark.parametrize(
    "call",
    ["CONCAT(s, '-', id)", "CONCAT(s)", "CONCAT(s, NULL)", "CONCAT_WS(', ', s, NULL, id, w)",
     "CONCAT_WS('', s, id)", "LENGTH(CONCAT(s, w, 'x'))", "CONCAT(LOWER(s), w) = 'adax'"],
)  # fmt: skip
def test_texts_are_joined_without_concat(engines, call, source):
    sql = f"SELECT id, {call} FROM item LEFT JOIN part ON item_id = id"
    assert_same(engines, sql, source, "sqlite")
