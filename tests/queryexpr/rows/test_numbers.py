"""Numbers keep their digits, their scale and their form."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from tests.queryexpr.rows.staff import carried, errors, judged, run, written

NUMBERS = ["1.10", "12345678901234567890.123456789", "1e3", "7.50", "1.00", "0.30"]


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_number_is_written_as_it_was_read(number, dialect):
    assert number in written(f"SELECT {number}, -{number} FROM emp", dialect)


@pytest.mark.parametrize("target", DIALECTS)
def test_a_number_keeps_its_digits_on_the_way_to_another_dialect(target):
    assert "0.12345678901234567890" in written(
        "SELECT id FROM emp WHERE pay = 0.12345678901234567890", "postgres", target
    )


def test_an_exact_number_finds_its_row():
    sql = "SELECT id FROM emp WHERE pay = 12345678901234567.8900000000"
    assert carried(sql, "duckdb") == run("duckdb", sql) == [(1.0,)]


def test_a_usual_number_is_a_number_in_the_query_expression():
    query = (judged("SELECT 1.5, 7, 1.10 FROM emp", "postgres").ir or {})["query"]
    assert [item["expr"] for item in query["select"]] == [1.5, 7, {"number": "1.10"}]


@pytest.mark.parametrize("text", ["1; DROP", "", "1e", "--1", "0x10", "1\n"])
def test_only_a_number_is_an_exact_number(text):
    query = {"query": {"select": [{"expr": {"number": text}}]}}
    assert set(errors(query, "sqlite")) == {"shape"}


def test_an_infinite_number_is_refused():
    query = {"query": {"select": [{"expr": {"number": "1e999"}}]}}
    assert errors(query, "sqlite") == ["number"]


@pytest.mark.parametrize("dialect", ["sqlite", "postgres", "mysql", "duckdb"])
def test_a_sign_before_parentheses_is_read(dialect):
    assert (
        written("SELECT -(2), -(1.5), - -3 FROM emp", dialect) == "SELECT -2, -1.5, - -3 FROM emp"
    )
