"""VALUES as a query of its own, and numbers of rows that are computed."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused

VALUES = [
    "VALUES (1, 'a'), (2, 'b')",
    "VALUES (3)",
    "SELECT id FROM item WHERE id IN (VALUES (1), (2))",
]


@pytest.mark.parametrize("sql", VALUES)
@pytest.mark.parametrize("source", ["postgres", "duckdb", "sqlite"])
@pytest.mark.parametrize("target", ["postgres", "duckdb", "sqlite", "mysql"])
def test_rows_that_are_written_out_are_a_query(engines, sql, source, target):
    assert_same(engines, sql, source, target)


@pytest.mark.parametrize("source", ["postgres", "duckdb"])
@pytest.mark.parametrize("target", ["postgres", "duckdb", "sqlite", "mysql"])
def test_they_may_be_sorted_and_limited(engines, source, target):
    sql = "VALUES (1, 'a'), (2, 'b'), (3, NULL) ORDER BY 1 DESC LIMIT 2"
    assert_same(engines, sql, source, target)


def test_rows_of_mysql_have_its_words_and_names(engines):
    judgement = judged("VALUES ROW(1, 'a'), ROW(2, 'b')", "mysql", "mysql")
    assert judgement.columns == ("column_0", "column_1")
    assert list(engines.run("mysql", str(judgement.sql))) == [(1, "a"), (2, "b")]
    assert judged("VALUES (1)", "duckdb", "duckdb").columns == ("col0",)
    assert judged("SELECT col1 FROM (VALUES (1, 2)) AS x", "duckdb", "duckdb").valid


@pytest.mark.parametrize("dialect", ["tsql", "oracle"])
def test_where_values_are_no_query_the_remedy_is_named(dialect):
    (issue,) = judged("VALUES (1)", dialect, dialect).issues
    assert "SELECT 1, 'a' UNION ALL SELECT 2, 'b'" in issue.message


@pytest.mark.parametrize("tail", ["LIMIT 2 + 1", "LIMIT (2 * 3) - 1 OFFSET 1 + 1"])
@pytest.mark.parametrize("source", ["postgres", "duckdb", "sqlite"])
def test_a_limit_may_be_computed(engines, tail, source):
    for target in ("postgres", "duckdb", "sqlite", "mysql"):
        assert_same(engines, f"SELECT id FROM item ORDER BY id {tail}", source, target)


def test_a_limit_is_a_whole_number_of_constants():
    assert refused("SELECT id FROM item LIMIT 2 + 1", "mysql", "mysql") == {"limit"}
    for limit in ("1 - 2", "id + 1", "5 / 2", "2 + 0.5"):
        assert refused(f"SELECT id FROM item LIMIT {limit}", "postgres", "postgres") == {"limit"}
