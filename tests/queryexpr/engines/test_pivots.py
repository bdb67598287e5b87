"""PIVOT is what it means: groups, and an aggregate for each value."""

from __future__ import annotations

import pytest

from tests.queryexpr.engines.pairs import assert_same, judged, refused
from tests.queryexpr.engines.rows import plain

FEW = "(SELECT w, k, item_id FROM part)"
QUERIES = [
    f"SELECT * FROM {FEW} PIVOT (SUM(k) FOR w IN ('x', 'Y'))",
    f"SELECT p.item_id, p.x FROM {FEW} AS f PIVOT (COUNT(*) FOR w IN ('x', 'z')) AS p WHERE p.x > 0",
    f"SELECT * FROM {FEW} PIVOT (SUM(k) AS s, COUNT(*) AS c FOR w IN ('x', 'z' AS last))",
    "SELECT * FROM part PIVOT (MAX(k) FOR item_id IN (1, 2, 99) GROUP BY pid)",
    "SELECT * FROM (SELECT w, k FROM part) PIVOT (SUM(k) FOR w IN ('x', 'z'))",
    "WITH c AS (SELECT w, k, item_id FROM part) SELECT * FROM c PIVOT (AVG(k) FOR w IN ('x'))",
]


@pytest.mark.parametrize("sql", QUERIES)
@pytest.mark.parametrize("target", ["duckdb", "postgres", "sqlite", "mysql"])
def test_it_has_the_same_rows_everywhere(engines, sql, target):
    assert_same(engines, sql, "duckdb", target)


@pytest.mark.parametrize(
    ("dialect", "names"),
    [("bigquery", ["s_x", "s_last"]), ("snowflake", ["'x'_S", "LAST_S"]), ("oracle", None)],
)
def test_each_dialect_has_its_own_names(engines, dialect, names):
    sql = f"SELECT * FROM {FEW} q PIVOT (SUM(k) AS s FOR w IN ('x', 'z' AS last))"
    judgement = judged(sql, dialect, "duckdb")
    assert judgement.valid, judgement.issues
    ours = engines.run("duckdb", sql.replace(" q PIVOT", " PIVOT"))
    assert plain(engines.run("duckdb", str(judgement.sql))) == plain(ours)
    if names and dialect == "bigquery":
        assert list(judgement.columns or ())[1:] == names


def test_what_is_not_written_out_is_refused():
    assert refused(
        "SELECT * FROM part PIVOT (SUM(k) FOR w IN (ANY))", "snowflake", "snowflake"
    ) == {"not_supported"}
    assert refused("SELECT * FROM part PIVOT (SUM(k) FOR w IN ('x'))", "postgres", "postgres")
    assert refused("SELECT * FROM part PIVOT (SUM(kk) FOR w IN ('x'))", "duckdb", "duckdb") == {
        "unknown_column"
    }


def test_unpivot_names_its_remedy():
    (issue,) = judged("SELECT * FROM part UNPIVOT (v FOR c IN (k, pid))", "duckdb", "duckdb").issues
    assert "UNION ALL" in issue.message
