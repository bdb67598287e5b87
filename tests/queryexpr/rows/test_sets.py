"""Calls in SELECT that make rows: they mean a source in FROM."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.queryexpr.rows.arrays import carried, errors, judged, run, with_postgres, written


@pytest.fixture(scope="module")
def postgres() -> Iterator[None]:
    with with_postgres():
        yield


BOTH = [
    "SELECT id, unnest(tags) FROM shop",
    "SELECT id, unnest(tags) AS tag FROM shop WHERE id <> 1",
    "SELECT DISTINCT unnest(counts) AS n FROM shop ORDER BY n",
    "SELECT unnest(tags) AS tag, COUNT(*), MAX(id) FROM shop GROUP BY tag",
    "SELECT unnest(tags) AS tag, COUNT(*) AS n FROM shop GROUP BY 1 HAVING COUNT(*) > 1",
    "SELECT word.*, unnest(ARRAY[1, 2]) AS n FROM word",
    "SELECT id, unnest(counts) AS n FROM shop ORDER BY n, id LIMIT 4",
    "SELECT word FROM word WHERE word IN (SELECT unnest(tags) FROM shop)",
    "SELECT x.tag FROM (SELECT unnest(tags) AS tag FROM shop, word WHERE word = 'a') AS x",
    "SELECT unnest(tags) AS t FROM shop UNION ALL SELECT word FROM word",
    "SELECT name, unnest(tags) AS t FROM shop LEFT JOIN word ON word = 'a' AND id = 1",
    "SELECT id FROM shop WHERE 'a' IN (SELECT unnest(tags))",
    "SELECT unnest(ARRAY[1, 2]) AS n",
]
SERIES = [
    "SELECT id, unnest(counts) AS n FROM shop ORDER BY id DESC LIMIT 4",
    "SELECT generate_series(1, 5) AS n", "SELECT id, generate_series(1, 2) FROM shop",
    "SELECT generate_series(1, 9) AS n ORDER BY n DESC LIMIT 3",
    "SELECT CAST(d AS DATE) FROM (SELECT generate_series(DATE '2024-01-01', '2024-03-01', '1 month') AS d) AS x",
]  # fmt: skip


@pytest.mark.parametrize("sql", BOTH)
def test_rows_are_those_of_the_engine(sql: str, postgres: None) -> None:
    expected = run("postgres", sql)
    assert carried(sql, "postgres") == carried(sql, "postgres", "duckdb") == expected != []
    assert carried(sql, "duckdb") == carried(sql, "duckdb", "postgres") == run("duckdb", sql)


@pytest.mark.parametrize("sql", SERIES)
def test_postgres_counts_in_select(sql: str, postgres: None) -> None:
    assert carried(sql, "postgres") == run("postgres", sql) != []


def test_elements_of_a_row_keep_their_order() -> None:
    sql = written("SELECT id, unnest(tags) FROM shop ORDER BY id LIMIT 3", "postgres")
    assert "ORDER BY id, unnested.unnested_place LIMIT 3" in " ".join(sql.split())


def test_the_column_keeps_its_name() -> None:
    assert judged("SELECT unnest(tags) FROM shop", "postgres").columns == ("unnest",)
    assert judged(SERIES[2], "postgres").columns == ("id", "generate_series")
    assert judged("SELECT unnest(tags) FROM shop", "duckdb").columns == ("unnest(tags)",)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT unnest(tags), COUNT(*) OVER () FROM shop",
        "SELECT id, unnest(counts) FROM shop GROUP BY id, counts",
        "SELECT DISTINCT ON (id) id, unnest(tags) FROM shop", "SELECT *, unnest(tags) FROM shop",
        "SELECT unnest(tags), unnest(counts) FROM shop",
        "SELECT unnest(tags) FROM shop AS unnested",
    ],
)  # fmt: skip
def test_what_may_mean_other_rows_is_refused_with_a_remedy(sql: str) -> None:
    assert any("Write it in FROM" in message for _, message in errors(sql, "postgres"))


def test_an_aggregate_in_the_call_is_refused() -> None:
    assert errors("SELECT unnest(ARRAY_AGG(id)) FROM shop", "postgres")[0][0] == "aggregate"


def test_a_series_without_an_end_in_sight_is_refused() -> None:
    assert errors("SELECT generate_series(1, id) FROM shop", "postgres")[0][0] == "too_large"


@pytest.mark.parametrize("target", ["mysql", "sqlite", "tsql", "snowflake"])
def test_what_another_dialect_lacks_is_named(target: str) -> None:
    assert " has no " in errors(BOTH[0], "postgres", target)[0][1]
