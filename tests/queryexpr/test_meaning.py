"""What a query means stays what it means, wherever it goes."""

from __future__ import annotations

import re

import pytest

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.document.read import read
from queryexpr.gate.judge import judge_ir
from queryexpr.issues import Refused
from queryexpr.lift.lift import lift
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.triples import (
    carried,
    catalogue,
    compiled,
    database,
    duck,
    in_duckdb,
    portable,
    rows,
)

SEVEN_HALVES = {"op": "/", "args": [7, 2]}


@pytest.mark.parametrize("sql", ["SELECT 7 / 2", "SELECT MAX(quantity) / 2 FROM sale"])
@pytest.mark.parametrize("source", ["sqlite", "postgres", "tsql"])
def test_division_of_whole_numbers_stays_whole(sql, source):
    assert rows(carried(sql, source, "sqlite"), "shop") == [(3.0,)]
    assert in_duckdb(carried(sql, source, "duckdb")) == [(3.0,)]


@pytest.mark.parametrize("sql", ["SELECT 7 / 2", "SELECT MAX(quantity) / 2 FROM sale"])
@pytest.mark.parametrize("source", ["mysql", "oracle", "bigquery", "snowflake", "duckdb"])
def test_division_that_keeps_fractions_keeps_them(sql, source):
    assert rows(carried(sql, source, "sqlite"), "shop") == [(3.5,)]
    assert in_duckdb(carried(sql, source, "duckdb")) == [(3.5,)]


@pytest.mark.parametrize("target", ["mysql", "oracle", "bigquery", "snowflake", "duckdb"])
def test_division_of_whole_columns_is_cut_off_where_slash_is_not(target):
    sql = carried("SELECT quantity / 2 FROM sale", "sqlite", target)
    assert any(word in sql for word in ("CAST(", "TRUNC", "DIV", "//"))


def test_portable_division_never_cuts_off():
    assert rows(portable(SEVEN_HALVES, "sqlite"), "shop")[0] == (3.5,)
    assert in_duckdb(portable(SEVEN_HALVES, "duckdb"))[0] == (3.5,)


@pytest.mark.parametrize("target", ["sqlite", "postgres", "tsql"])
def test_portable_division_is_of_fractions_where_slash_cuts_off(target):
    sql = portable({"op": "/", "args": [{"column": "quantity"}, 2]}, target)
    assert "CAST(quantity AS " in sql


@pytest.mark.parametrize("target", DIALECTS)
def test_portable_division_by_zero_is_null(target):
    sql = portable({"op": "/", "args": [1, {"column": "quantity"}]}, target)
    assert "nullif(quantity, 0)" in sql.lower() or target in ("sqlite", "mysql")


A_NAMES = "SELECT name FROM customer WHERE name LIKE 'a%'"


@pytest.mark.parametrize("source", ["sqlite", "mysql", "tsql"])
def test_like_that_ignores_case_goes_on_ignoring_it(source):
    for found in (rows(carried(A_NAMES, source, "sqlite"), "shop"), in_duckdb(carried(A_NAMES, source, "duckdb"))):  # fmt: skip
        assert found == [("Ada",), ("adam",)]


@pytest.mark.parametrize("source", ["postgres", "duckdb", "oracle", "bigquery", "snowflake"])
def test_like_that_minds_case_goes_on_minding_it(source):
    for found in (rows(carried(A_NAMES, source, "sqlite"), "shop"), in_duckdb(carried(A_NAMES, source, "duckdb"))):  # fmt: skip
        assert found == [("adam",)]


@pytest.mark.parametrize("target", DIALECTS)
def test_not_like_keeps_its_case_as_well(target):
    sql = carried(A_NAMES.replace("LIKE", "NOT LIKE"), "sqlite", target)
    assert "NOT" in sql
    assert "ILIKE" in sql or "LOWER" in sql or not DIALECTS[target].like_minds_case


def test_a_pattern_with_marks_of_glob_finds_what_like_finds():
    for pattern in ("flu*", "flu[*]", "flu_", "fl?*", "flu%"):
        wanted = {"op": "like", "args": [{"column": "note"}, pattern]}
        document = {"query": {"from": {"table": "visit"}, "where": wanted, "select": [{"expr": {"column": "id"}}]}}  # fmt: skip
        here, there = (compiled(read(document), name, "clinic") for name in ("sqlite", "duckdb"))
        assert rows(here, "clinic") == in_duckdb(there, "clinic")


NULLS_LAST = {"duckdb"}  # in either direction
NULLS_SMALL = {"sqlite", "mysql", "tsql", "bigquery"}  # less than any value; elsewhere more


@pytest.mark.parametrize("source", DIALECTS)
@pytest.mark.parametrize("direction", ["", " DESC"])
def test_nulls_stay_where_the_source_has_them(source, direction):
    sql = f"SELECT id FROM product ORDER BY stock{direction}, id"
    in_duck = duck("shop").execute(carried(sql, source, "duckdb")).fetchall()
    in_sqlite = database("shop").execute(carried(sql, source, "sqlite")).fetchall()
    assert in_duck == in_sqlite
    is_first = source not in NULLS_LAST and (source in NULLS_SMALL) is (direction == "")
    assert in_duck[0 if is_first else -1] == (5,)


CONCATENATION = {
    "mysql": "CONCAT(name, city)", "tsql": "customer.name + customer.city",
    "bigquery": "customer.name || customer.city",
}  # fmt: skip


@pytest.mark.parametrize("target", DIALECTS)
def test_texts_are_concatenated_in_every_dialect(target):
    sql = carried("SELECT name || city FROM customer", "sqlite", target)
    assert CONCATENATION.get(target, "name || city") in sql


@pytest.mark.parametrize("target", DIALECTS)
@pytest.mark.parametrize("word", ["IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE"])
@pytest.mark.parametrize("negation", ["", "NOT "])
def test_is_true_is_never_null(negation, word, target):
    sql = f"SELECT id FROM product WHERE {negation}(stock > 3 OR stock = 0) {word}"
    found = rows(sql, "shop")
    assert ((5.0,) in found) is (bool(negation) != ("NOT" in word)), "it has no stock"
    assert in_duckdb(carried(sql, "postgres", target)) == found


@pytest.mark.parametrize("word", ["IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE"])
def test_a_bit_of_sql_server_is_compared_with_a_number(word):
    sql = f"SELECT id FROM product WHERE (stock = 0) {word} OR stock {word}"
    written = carried(sql, "postgres", "tsql")
    assert "TRUE" not in written
    assert "FALSE" not in written
    assert re.search(r"COALESCE\(stock, [01]\) (=|<>) 0", written)
    assert in_duckdb(written) == rows(sql, "shop")


def test_two_bars_are_or_in_mysql():
    assert "OR" in carried("SELECT id FROM sale WHERE id = 1 || id = 2", "mysql", "postgres")


@pytest.mark.parametrize("target", DIALECTS)
def test_odd_names_are_quoted_as_the_dialect_does(target):
    sql = carried('SELECT "order", "Points (%)" FROM "Exam Result"', "sqlite", target, "school")
    ticks = ("`", "`")
    marks = {"mysql": ticks, "bigquery": ticks, "tsql": ("[", "]")}
    start, end = marks.get(target, ('"', '"'))
    assert f"{start}Points (%){end}" in sql
    assert f"{start}Exam Result{end}" in sql
    assert f"{start}order{end}".lower() in sql.lower()


@pytest.mark.parametrize("target", ["postgres", "snowflake", "oracle"])
def test_plain_names_have_no_quotes_where_quotes_change_them(target):
    sql = carried("SELECT NAME, City FROM CUSTOMER", "sqlite", target)
    assert sql == "SELECT name, city FROM customer"


@pytest.mark.parametrize("target", ["postgres", "snowflake", "oracle"])
def test_a_name_that_the_schema_quotes_keeps_its_letters(target):
    quoted, _ = read_ddl('CREATE TABLE "People" (id INT, "firstName" TEXT)', DIALECTS["postgres"])
    document = {"query": {"from": {"table": "people"}, "select": [{"expr": {"column": "firstname"}}]}}  # fmt: skip
    judgement = judge_ir(document, DIALECTS[target], quoted)
    assert (judgement.sql or "").split() == ["SELECT", '"firstName"', "FROM", '"People"']


def test_a_collation_keeps_its_name():
    sql = 'SELECT name FROM customer ORDER BY name COLLATE "en_US"'
    assert '"en_US"' in carried(sql, "postgres", "postgres")


def test_an_interval_of_a_column_is_no_text():
    value = {"op": "+", "args": [{"column": "sold"}, {"interval": {"column": "quantity"}, "unit": "day"}]}  # fmt: skip
    with pytest.raises(Refused, match="computed number"):
        portable(value, "postgres")


def test_an_order_that_no_name_is_for_keeps_its_aggregate():
    sql = "SELECT MODE() WITHIN GROUP (ORDER BY quantity) FROM sale"
    assert carried(sql, "postgres", "postgres") == sql


def test_an_alias_does_not_carry_an_aggregate_into_where():
    sql = "SELECT customer_id, COUNT(*) AS n FROM sale WHERE n > 1 GROUP BY customer_id"
    checked = check(lift(sql, DIALECTS["postgres"]).expression, DIALECTS["postgres"], catalogue("shop"))  # fmt: skip
    assert not checked.valid
