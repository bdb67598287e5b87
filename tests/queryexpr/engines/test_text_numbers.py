"""Texts of rows that are compared with numbers, or cast to them, whatever the texts are."""

from __future__ import annotations

import pytest

from queryexpr.gate.engine import answer
from queryexpr.gate.operations import check_sql
from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

LOOSE = [(s, t) for s in ("mysql", "sqlite") for t in ENGINES]
TEXTS = ("12.5x", " -7", ".5e1", "x1", "", "5.", "7", "1e2 ", "+3", "-", ".", "\n4", "9\n9")
ROWS = " UNION ALL ".join(f"SELECT {n} AS id, '{text}' AS x" for n, text in enumerate(TEXTS))
CASTS = {
    "mysql": ("SIGNED", "DECIMAL(9, 2)", "DOUBLE"), "sqlite": ("INTEGER", "REAL", "NUMERIC"),
}  # fmt: skip


@pytest.mark.parametrize(
    "condition",
    ["s = 0", "s <> 0", "s > 5", "5 < s", "s IN (1, 0)", "s NOT IN (1, -2)", "s BETWEEN 0 AND 2"],
)
@pytest.mark.parametrize(("source", "target"), LOOSE)
def test_a_text_beside_a_number_finds_the_same_rows(engines, condition, source, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", source, target)


@pytest.mark.parametrize("target", ENGINES)
def test_texts_beside_columns_of_numbers_are_numbers_in_mysql(engines, target):
    assert_same(engines, "SELECT id FROM item WHERE s = n OR s < m", "mysql", target)


@pytest.mark.parametrize(
    "condition",
    ["s = n", "s = 1.5", "UPPER(s) = 1", "(SELECT q.x = 1 FROM (SELECT s || '' AS x) AS q)"],
)
@pytest.mark.parametrize("target", ["duckdb", "postgres", "mysql"])
def test_what_sqlite_compares_by_storage_is_refused(condition, target):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert "type_mismatch" in refused(sql, "sqlite", target)
    assert not refused(sql, "sqlite", "sqlite")


@pytest.mark.parametrize(("source", "target"), LOOSE)
def test_a_cast_reads_the_number_that_a_text_begins_with(engines, source, target):
    for kind in CASTS[source]:
        sql = f"SELECT q.id, CAST(q.x AS {kind}) FROM ({ROWS}) AS q"
        assert_same(engines, sql, source, target)
        assert_same(engines, f"SELECT id, CAST(s AS {kind}) FROM item", source, target)


@pytest.mark.parametrize(("source", "target"), LOOSE)
def test_a_cast_of_a_part_of_a_text_is_the_same(engines, source, target):
    kind = CASTS[source][0]
    sql = f"SELECT id, CAST(SUBSTR(s, 2) AS {kind}), CAST(TRIM(s) AS {kind}) FROM item"
    assert_same(engines, sql, source, target)
    assert "text_numbers" not in {issue.code for issue in judged(sql, source, target).issues}


@pytest.mark.parametrize(
    "condition",
    ["n = 'abc'", "n = '7x'", "n IN ('7x', '2', '-')", "n > '-8.5y'", "d > '1.1zz'", "n = ' 7'"],
)
@pytest.mark.parametrize("target", ENGINES)
def test_mysql_reads_the_number_that_a_literal_begins_with(engines, condition, target):
    assert_same(engines, f"SELECT id FROM item WHERE {condition}", "mysql", target)


@pytest.mark.parametrize("condition", ["n = '7x'", "n > 'abc'", "n IN (1, 'x')"])
@pytest.mark.parametrize("target", ["mysql", "duckdb", "postgres"])
def test_sqlite_orders_texts_after_numbers(condition, target):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert refused(sql, "sqlite", target) & {"type_mismatch", "odd_text"}


@pytest.mark.parametrize(
    "value", ["CASE s WHEN 0 THEN 2 ELSE 3 END", "CASE s WHEN 'Ada' THEN 1 END"]
)
@pytest.mark.parametrize(("source", "target"), LOOSE)
def test_a_case_compares_texts_with_numbers_too(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize("target", ["sqlite", "duckdb", "postgres"])
def test_a_choice_of_texts_and_numbers_is_not_translated(engines, target):
    for value in ("NULLIF(s, 0)", "GREATEST(s, 1)", "LEAST(1, s)"):
        assert refused(f"SELECT {value} FROM item", "mysql", target) == {"type_mismatch"}
    sql = "SELECT id, NULLIF(s, 'Ada'), GREATEST(n, 2), NULLIF(n, '7') FROM item"
    assert_same(engines, sql, "mysql", target)


@pytest.mark.parametrize("target", ["mysql", "duckdb", "postgres"])
def test_a_choice_of_sqlite_is_not_translated_either(target):
    for value in ("NULLIF(s, 0)", "MAX(s, 1)", "NULLIF(n, '7')"):
        assert refused(f"SELECT {value} FROM item", "sqlite", target) == {"type_mismatch"}


@pytest.mark.parametrize("source", ["mysql", "duckdb", "postgres"])
def test_a_literal_beside_a_number_is_one_where_one_is_chosen(engines, source):
    sql = (
        "SELECT id, NULLIF(n, '7'), GREATEST(n, '2'), LEAST('-1', n) FROM item WHERE n IS NOT NULL"
    )
    assert_same(engines, sql, source, "sqlite")


@pytest.mark.parametrize("target", ENGINES)
@pytest.mark.parametrize("source", ["snowflake", "oracle"])
def test_without_a_schema_names_stay_as_they_are_written(source, target):
    sql = "SELECT author.name AS who FROM author WHERE author.aid = 1"
    judgement = answer(check_sql(sql, source, target, None))
    assert judgement.valid
    assert " ".join((judgement.sql or "").replace("`", "").split()) == sql


@pytest.mark.parametrize("target", ["duckdb", "postgres", "mysql"])
def test_texts_beside_texts_need_no_other_names(target):
    judgement = judged("SELECT id FROM item WHERE s = s", "sqlite", target)
    assert "AS item" not in (judgement.sql or "")
