"""What is common and was refused: UNION BY NAME, frames with EXCLUDE, ASOF, JSON."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.servers import ENGINES

BY_NAME = [
    "SELECT id, n FROM item UNION ALL BY NAME SELECT k AS n, pid AS id FROM part",
    "SELECT id, n FROM item UNION BY NAME SELECT pid AS id, w FROM part",
    "SELECT id FROM item UNION BY NAME SELECT pid AS ID FROM part ORDER BY id LIMIT 3",
    "SELECT id FROM item UNION ALL BY NAME (SELECT k, pid AS id FROM part ORDER BY pid LIMIT 2)"
    " UNION ALL BY NAME SELECT 7 AS k",
    "WITH a AS (SELECT id, n FROM item UNION ALL BY NAME SELECT k AS n, pid AS id FROM part)"
    " SELECT n, COUNT(*) FROM a GROUP BY n",
]


@pytest.mark.parametrize("sql", BY_NAME)
@pytest.mark.parametrize("target", ENGINES)
def test_columns_are_matched_by_their_names(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM item UNION ALL BY NAME SELECT 7 AS k",
        "SELECT id AS x FROM item UNION ALL BY NAME SELECT 7",
        "SELECT id AS x, n AS x FROM item UNION ALL BY NAME SELECT 7 AS x",
    ],
)
def test_columns_without_a_name_are_not_matched(sql):
    assert refused(sql, "duckdb", "duckdb") == {"not_supported"}


def test_only_duckdb_matches_columns_by_name():
    assert refused(BY_NAME[0], "postgres", "postgres") == {"not_supported"}


FRAMES = [
    "SUM(n) OVER (ORDER BY ok RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW EXCLUDE TIES)",
    "COUNT(*) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE CURRENT ROW)",
    "COUNT(*) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE GROUP)",
    "COUNT(*) OVER (ORDER BY n ROWS BETWEEN 2 PRECEDING AND 1 FOLLOWING EXCLUDE NO OTHERS)",
]
EXCLUDING = ["sqlite", "postgres", "duckdb"]


@pytest.mark.parametrize("value", FRAMES)
@pytest.mark.parametrize("source", EXCLUDING)
@pytest.mark.parametrize("target", EXCLUDING)
def test_a_frame_leaves_rows_out(engines, value, source, target):
    assert_same(engines, f"SELECT id, {value} FROM item", source, target)


@pytest.mark.parametrize("value", FRAMES[:3])
def test_mysql_has_frames_of_all_rows_only(value):
    sql = f"SELECT id, {value} FROM item"
    assert refused(sql, "postgres", "mysql") == {"dialect"}
    assert refused(sql, "mysql", "mysql") == {"not_supported"}


def test_a_frame_that_leaves_rows_out_is_explained():
    explanation = " ".join(
        judged(f"SELECT {FRAMES[0]} FROM item", "postgres", "postgres").explanation
    )
    assert "without the equals of the current row" in explanation


JSON = "JSONB_BUILD_OBJECT('n', n, 's', s)"
CONTAINING = [
    f"{JSON} @> '{{\"n\": 7}}'",
    f"NOT {JSON} @> '{{\"n\": 7}}'::jsonb",
    f"('{{\"n\": 7}}'::jsonb <@ {JSON}) = TRUE",
    f"{JSON} ? 'n' AND NOT {JSON} ? 'm'",
    f"{JSON} -> 's' ? 'Ada'",
    f"{JSON} ?| ARRAY['a', 'n'] AND {JSON} ?& ARRAY['n', 's']",
    "ARRAY[n, m] @> ARRAY[7] OR ARRAY[m] <@ ARRAY[n, 3]",
]


@pytest.mark.parametrize("value", CONTAINING)
def test_postgres_asks_what_json_and_arrays_contain(engines, value):
    assert_same(engines, f"SELECT id, {value} FROM item", "postgres", "postgres")
    assert_same(engines, f"SELECT id FROM item WHERE {value}", "postgres", "postgres")
    for target in ("sqlite", "duckdb", "mysql"):
        assert refused(f"SELECT id FROM item WHERE {value}", "postgres", target) == {"dialect"}


def test_duckdb_asks_what_lists_contain(engines):
    assert_same(engines, "SELECT id, [n, m] @> [7], [m] <@ [n, 3] FROM item", "duckdb", "duckdb")
    assert refused("SELECT s ? 'a' FROM item", "duckdb", "duckdb") == {"not_supported"}


ASOF = [
    "SELECT i.id, p.pid FROM item i ASOF JOIN part p ON i.id >= p.pid",
    "SELECT i.id, p.pid, p.k FROM item i ASOF JOIN part p ON i.n >= p.k",
    "SELECT i.id, p.k FROM item i ASOF LEFT JOIN part p ON i.n > p.k AND p.w = 'x'",
    "SELECT i.id, p.k FROM item i ASOF LEFT JOIN part p ON p.k >= i.n",
    "SELECT i.id, p.k FROM item i ASOF JOIN part p ON p.item_id = i.id AND i.m <= p.k",
    "SELECT * FROM item i ASOF JOIN part ON i.id > part.pid",
]


@pytest.mark.parametrize("sql", ASOF)
@pytest.mark.parametrize("target", ["duckdb", "postgres"])
def test_a_row_is_joined_with_the_nearest(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id, k FROM item ASOF JOIN part ON n >= k",
        "SELECT i.id FROM item i ASOF JOIN part p USING (id)",
        "SELECT i.id FROM item i ASOF RIGHT JOIN part p ON i.id >= p.pid",
        "SELECT i.id FROM item i ASOF JOIN part p ON i.id >= p.pid AND i.n > p.k",
        "SELECT i.id FROM item i ASOF JOIN (SELECT pid FROM part) p ON i.id >= p.pid",
    ],
)
def test_a_nearest_row_that_is_not_clear_is_refused(sql):
    assert refused(sql, "duckdb", "duckdb") == {"not_supported"}


@pytest.mark.parametrize("target", ["sqlite", "bigquery"])
def test_the_nearest_row_needs_lateral(target):
    assert refused(ASOF[0], "duckdb", target) == {"dialect"}
