"""Texts beside dates: what is no date, and what each database reads in its own way."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import PAIRS

ODD = ["2020", "2020-06", "2020-6-1", "20200601", "01.06.2020", "x", "today", "1/6/2020"]
ISO = ["2020-06-01", "2020-06-01 10:00:00", "2020-06-01T10:00:00"]


@pytest.mark.parametrize(("source", "target"), [pair for pair in PAIRS if pair[0] != pair[1]])
@pytest.mark.parametrize("text", ODD)
def test_an_odd_date_is_not_translated(text, source, target):
    for condition in (f"day > '{text}'", f"seen BETWEEN '{text}' AND '2024-01-01'"):
        assert "odd_date" in refused(f"SELECT id FROM item WHERE {condition}", source, target)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_an_iso_date_is(engines, source, target):
    assert_same(engines, "SELECT id FROM item WHERE day > '2020-06-01'", source, target)
    for text in ISO:
        issues = judged(f"SELECT id FROM item WHERE seen > '{text}'", source, target).issues
        assert "odd_date" not in {issue.code for issue in issues}


@pytest.mark.parametrize("text", ["2020", "2020-06", "x"])
@pytest.mark.parametrize("dialect", ["postgres", "duckdb"])
def test_what_is_no_date_is_refused_where_it_is_an_error(engines, dialect, text):
    sql = f"SELECT id FROM item WHERE day > '{text}'"
    assert refused(sql, dialect, dialect) == {"odd_date"}
    with pytest.raises(Exception, match="invalid"):
        engines.run(dialect, sql)


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_what_is_no_date_is_reported_where_it_runs(engines, dialect):
    judgement = judged("SELECT id FROM item WHERE day > '2020'", dialect, dialect)
    assert judgement.valid
    assert "odd_date" in {issue.code for issue in judgement.issues}
    engines.run(dialect, str(judgement.sql))


@pytest.mark.parametrize("condition", ["s", "NOT s", "s AND id > 1", "SUBSTRING(s, 1, 1)"])
def test_a_text_is_no_condition_in_duckdb(engines, condition):
    sql = f"SELECT id FROM item WHERE {condition}"
    assert refused(sql, "sqlite", "duckdb") == {"type_mismatch"}
    with pytest.raises(Exception, match="convert"):
        engines.run("duckdb", sql)
