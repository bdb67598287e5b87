"""Arrays that are written out, lengths of time in frames, and other words that analysts write."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, refused

LISTS = [
    "SELECT id FROM item WHERE s LIKE ANY (ARRAY['A%', 'e%'])",
    "SELECT id FROM item WHERE s NOT LIKE ALL (ARRAY['A%', 'e%'])",
    "SELECT id FROM item WHERE s NOT LIKE ALL ('{A%,e%}'::text[])",
    "SELECT id FROM item WHERE NOT s LIKE ANY (ARRAY['A%', 'b%'])",
    "SELECT id FROM item WHERE s ILIKE ANY ('{a%, eve}'::text[])",
    "SELECT id FROM item WHERE s = ANY ('{Ada,bob}'::text[])",
    "SELECT id FROM item WHERE n <> ALL ('{7,2}'::int[]) AND n > ANY ('{1, 100}'::int[])",
    "SELECT id FROM item WHERE n = ANY ('{-7,2}'::int[])",
]


@pytest.mark.parametrize("sql", LISTS)
@pytest.mark.parametrize("target", ["postgres", "sqlite", "duckdb", "mysql"])
def test_a_list_that_is_written_out_is_compared_value_by_value(engines, sql, target):
    assert_same(engines, sql, "postgres", target)


@pytest.mark.parametrize("text", ['{a,"b"}', "{a,NULL}", "{{a},{b}}", "{a,b", "{}"])
def test_a_list_that_is_not_plain_is_refused(text):
    sql = f"SELECT id FROM item WHERE s = ANY ('{text}'::text[])"
    assert "not_supported" in refused(sql, "postgres", "postgres")


@pytest.mark.parametrize("length", ["30 days", "1 month", "2 weeks", "1 Year"])
@pytest.mark.parametrize("target", ["postgres", "duckdb"])
def test_a_frame_takes_a_length_of_time_as_a_text(engines, length, target):
    frame = f"ORDER BY seen RANGE BETWEEN '{length}' PRECEDING AND CURRENT ROW"
    assert_same(engines, f"SELECT id, SUM(id) OVER ({frame}) FROM item", "postgres", target)


@pytest.mark.parametrize("target", ["duckdb", "postgres", "sqlite", "mysql"])
def test_len_is_the_length_in_duckdb(engines, target):
    assert_same(engines, "SELECT id, LEN(s) FROM item WHERE LEN(s) > 2", "duckdb", target)
