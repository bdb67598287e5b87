"""Elements of arrays, fields of records, and UNNEST, which makes rows of elements."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from queryexpr.dialects.snowflake import SNOWFLAKE
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl
from tests.queryexpr.rows.arrays import carried, errors, judged, run, with_postgres, written


@pytest.fixture(scope="module")
def postgres() -> Iterator[None]:
    with with_postgres():
        yield


BOTH = [  # DuckDB and Postgres say these in the same words
    "SELECT id, tag FROM shop, unnest(tags) AS tag",
    "SELECT id, tag FROM shop, unnest(shop.tags) AS t (tag) WHERE tag <> 'a'",
    "SELECT s.id, tag, n FROM shop s CROSS JOIN unnest(s.tags) WITH ORDINALITY AS t (tag, n)",
    "SELECT id, tag FROM shop LEFT JOIN unnest(tags) AS t (tag) ON TRUE",
    "SELECT id, tag FROM shop LEFT JOIN LATERAL unnest(tags) AS t (tag) ON tag = 'b'",
    "SELECT id, w.word FROM shop, unnest(tags) AS tag JOIN word w ON w.word = tag",
    "SELECT id, (SELECT COUNT(*) FROM unnest(tags) AS t (tag) WHERE tag = 'b') AS n FROM shop",
    "SELECT id FROM shop WHERE EXISTS (SELECT 1 FROM unnest(counts) AS c (n) WHERE n > id)",
    "SELECT tag, COUNT(*) FROM shop, unnest(tags) AS tag GROUP BY tag HAVING COUNT(*) > 1",
    "SELECT t.tag, c.n FROM shop, unnest(tags) AS t (tag), unnest(counts) AS c (n)",
    "SELECT x FROM unnest(ARRAY[3, 1, NULL]) AS t (x) ORDER BY x",
    "SELECT id, tags[1], counts[2] + 1, counts[9] FROM shop",
    "SELECT id FROM shop WHERE id = ANY (ARRAY[1, 4]) AND name <> 'Di'",
    "WITH t AS (SELECT id, tags AS all_of FROM shop) SELECT id, x FROM t, unnest(all_of) AS x",
]


@pytest.mark.parametrize("sql", BOTH)
def test_duckdb_and_postgres_give_the_same_rows(sql: str, postgres: None) -> None:
    expected = run("postgres", sql)
    assert expected
    assert carried(sql, "duckdb") == run("duckdb", sql) == expected
    assert carried(sql, "postgres") == expected
    assert carried(sql, "postgres", "duckdb") == carried(sql, "duckdb", "postgres") == expected


def test_a_computed_number_of_an_element_is_counted_as_the_dialect_does(postgres: None) -> None:
    sql = "SELECT id, counts[id] FROM shop WHERE id < 9"
    assert carried(sql, "postgres") == run("postgres", sql) != []
    sql = "SELECT id, counts[id] FROM shop"
    assert carried(sql, "duckdb") == run("duckdb", sql) == run("postgres", sql)
    assert "computed numbers" in errors(sql, "postgres", "duckdb")[0][1]


DUCKDB = [
    "SELECT id, place.city, shop.place.zip FROM shop WHERE place.zip > 1",
    "SELECT id, p.sku, p.n FROM shop, unnest(parts) AS t (p)",
    "SELECT id, parts[1].sku, counts[-1] FROM shop",
    "SELECT place.city, COUNT(*) FROM shop GROUP BY place.city",
    "SELECT id FROM shop ORDER BY place.zip LIMIT 2",
]


@pytest.mark.parametrize("sql", DUCKDB)
def test_duckdb_has_records_and_counts_from_the_end(sql: str) -> None:
    assert carried(sql, "duckdb") == run("duckdb", sql)


BIGQUERY = [
    ("SELECT id, tag FROM shop, UNNEST(tags) AS tag", "SELECT id, tag FROM shop, unnest(tags) t(tag)"),
    ("SELECT id, tag FROM shop LEFT JOIN UNNEST(tags) AS tag", "SELECT id, tag FROM shop LEFT JOIN unnest(tags) t(tag) ON TRUE"),
    ("SELECT id, tag FROM shop, shop.tags AS tag", "SELECT id, tag FROM shop, unnest(tags) t(tag)"),
    ("SELECT id, p.sku, n FROM shop, UNNEST(parts) AS p", "SELECT id, p.sku, p.n FROM shop, unnest(parts) t(p)"),
    ("SELECT id, (SELECT SUM(n) FROM UNNEST(parts) WHERE sku = 'x') AS n FROM shop", "SELECT id, (SELECT SUM(p.n) FROM unnest(parts) t(p) WHERE p.sku = 'x') AS n FROM shop"),
    ("SELECT id, tags[OFFSET(0)], tags[SAFE_OFFSET(1)], counts[ORDINAL(1)], counts[SAFE_ORDINAL(2)] FROM shop WHERE id = 1", "SELECT id, tags[1], tags[2], counts[1], counts[2] FROM shop WHERE id = 1"),
    ("SELECT place.city, s.place.zip, s.parts[SAFE_OFFSET(0)].sku FROM shop AS s", "SELECT place.city, place.zip, parts[1].sku FROM shop"),
    ("SELECT id FROM shop WHERE 'b' IN UNNEST(tags) OR id IN UNNEST([2, 3])", "SELECT id FROM shop WHERE id IN (1, 2, 3, 4)"),
    ("SELECT id FROM shop WHERE 'a' NOT IN UNNEST(tags)", "SELECT id FROM shop WHERE id IN (2, 3)"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "same"), BIGQUERY)
def test_bigquery_means_what_duckdb_says_otherwise(sql: str, same: str) -> None:
    assert carried(sql, "bigquery", "duckdb") == run("duckdb", same)
    again = written(sql, "bigquery")
    assert written(again, "bigquery") == again


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        (BIGQUERY[3][0], "SELECT id, p.sku, p.n FROM shop CROSS JOIN UNNEST(parts) AS p"),
        ("SELECT x, n FROM shop, UNNEST(tags) AS x WITH OFFSET AS n", "UNNEST(tags) AS x WITH OFFSET AS n"),
        ("SELECT counts[ORDINAL(2)] FROM shop", "counts[OFFSET(1)]"),
        ("SELECT counts[SAFE_OFFSET(id)] FROM shop", "counts[SAFE_OFFSET(id)]"),
        ("SELECT tags.x FROM (SELECT parts AS tags FROM shop), UNNEST(tags) AS x", None),
    ],
)  # fmt: skip
def test_bigquery_keeps_its_own_words(sql: str, text: str | None) -> None:
    if text is None:
        assert errors(sql, "bigquery")[0][0] == "type_mismatch"
    else:
        assert text in written(sql, "bigquery")


@pytest.mark.parametrize(
    ("sql", "text"),
    [
        ("SELECT v:a.b[0]::string FROM shop", "CAST(v['a']['b'][0] AS VARCHAR)"),
        ("SELECT v:\"A b\", GET_PATH(v, 'a.b'), GET(v, 'c'), v['d'] FROM shop", "v['A b'], v['a']['b'], v['c'], v['d']"),
        ("SELECT f.value, f.index FROM shop, LATERAL FLATTEN(input => tags) f", "CROSS JOIN LATERAL FLATTEN(input => tags) AS f"),
        ("SELECT f.value:x FROM shop, TABLE(FLATTEN(v:a, outer => TRUE)) f", "LATERAL FLATTEN(input => v['a'], outer => TRUE) AS f"),
        ("SELECT g.key FROM shop, LATERAL FLATTEN(v) f, LATERAL FLATTEN(input => f.value) g", "LATERAL FLATTEN(input => f.VALUE) AS g"),
        ("SELECT f.value FROM TABLE(FLATTEN(input => PARSE_JSON('[1]'))) f", "FROM TABLE(FLATTEN(input => PARSE_JSON('[1]'))) AS f"),
        ("SELECT w.word FROM shop, LATERAL FLATTEN(tags) f JOIN word w ON w.word = f.value", "AS f JOIN word AS w"),
        ("SELECT TRY_CAST(name AS INT) FROM shop", "TRY_CAST(name AS INT)"),
    ],
)  # fmt: skip
def test_snowflake_has_paths_and_flatten(sql: str, text: str) -> None:
    assert text in written(sql, "snowflake")
    assert written(written(sql, "snowflake"), "snowflake") == written(sql, "snowflake")


def test_sqlite_has_json_each() -> None:
    sql = "SELECT shop.id, t.value, t.key FROM shop, json_each(shop.tags) AS t WHERE t.value IS NOT NULL"
    assert carried(sql, "sqlite") == run("sqlite", sql) != []
    assert carried(f"{sql} AND EXISTS (SELECT 1 FROM json_each(tags))", "sqlite") == run(
        "sqlite", sql
    )


@pytest.mark.parametrize(
    ("sql", "source", "target"),
    [
        (BOTH[0], "postgres", "sqlite"), (BOTH[0], "postgres", "mysql"), (BOTH[0], "duckdb", "tsql"),
        (BOTH[0], "postgres", "snowflake"), (BOTH[0], "duckdb", "oracle"),
        (BOTH[2], "postgres", "bigquery"),
        (BIGQUERY[6][0], "bigquery", "postgres"), (BIGQUERY[6][0], "bigquery", "snowflake"),
        ("SELECT counts[-1] FROM shop", "duckdb", "bigquery"),
        ("SELECT v:a FROM shop", "snowflake", "duckdb"),
        ("SELECT f.value FROM shop, LATERAL FLATTEN(tags) f", "snowflake", "bigquery"),
        ("SELECT value FROM shop, json_each(tags)", "sqlite", "duckdb"),
        ("SELECT x, n FROM shop, UNNEST(tags) AS x WITH OFFSET AS n", "bigquery", "duckdb"),
        ("SELECT t.* FROM shop, unnest(tags) AS t (tag)", "postgres", "bigquery"),
        ("SELECT * FROM shop, UNNEST(parts) AS p", "bigquery", "duckdb"),
    ],
)  # fmt: skip
def test_what_the_other_dialect_lacks_is_named(sql: str, source: str, target: str) -> None:
    assert [code for code, message in errors(sql, source, target) if " has no " in message]


@pytest.mark.parametrize(
    ("sql", "dialect", "code"),
    [
        ("SELECT place.town FROM shop", "bigquery", "unknown_column"),
        ("SELECT p.skull FROM shop, UNNEST(parts) AS p", "bigquery", "unknown_column"),
        ("SELECT nosuch FROM shop, UNNEST(parts) AS p", "bigquery", "unknown_column"),
        ("SELECT parts.sku FROM shop", "bigquery", "type_mismatch"),
        ("SELECT name.first FROM shop", "bigquery", "type_mismatch"),
        ("SELECT name:first FROM shop", "snowflake", "type_mismatch"),
        ("SELECT place[1] FROM shop", "duckdb", "type_mismatch"),
        ("SELECT nosuch.city FROM shop", "bigquery", "unknown_alias"),
        ("SELECT x FROM shop, unnest(id) AS x", "postgres", "type_mismatch"),
        ("SELECT x FROM unnest(shop.tags) AS x, shop", "postgres", "unknown_alias"),
        ("SELECT x FROM shop RIGHT JOIN unnest(tags) AS t (x) ON TRUE", "postgres", "join"),
        ("SELECT x FROM shop, unnest(ARRAY[COUNT(*)]) AS x", "postgres", "aggregate"),
        ("SELECT counts[0] FROM shop", "duckdb", "operands"),
        ("SELECT counts[-1] FROM shop", "postgres", "operands"),
        ("SELECT counts[0] FROM shop", "bigquery", "not_supported"),
        ("SELECT x FROM pg_read_file('/etc/passwd') AS x", "postgres", "table_function"),
        ("SELECT f.nosuch FROM shop, LATERAL FLATTEN(tags) f", "snowflake", "unknown_column"),
        ("SELECT 1 FROM shop, LATERAL FLATTEN(tags, recursive => TRUE) f", "snowflake", "not_supported"),
    ],
)  # fmt: skip
def test_mistakes_are_errors(sql: str, dialect: str, code: str) -> None:
    assert code in [code for code, _ in errors(sql, dialect)]


def test_it_is_explained() -> None:
    text = " ".join(judged(BIGQUERY[3][0], "bigquery").explanation)
    assert "Pair each with every row of p (one for each element of shop's parts)." in text
    assert "the field sku of p" in text
    text = " ".join(judged("SELECT counts[-1], counts[2] FROM shop", "duckdb").explanation)
    assert "the element 1 from the end of counts" in text
    assert "the element 1 (the first is 0) of counts" in text


def test_a_query_expression_may_have_it() -> None:
    unnest = {"unnest": {"column": "tags", "table": "shop"}, "as": "t", "value": "tag"}
    first = {"part": {"column": "tags"}, "path": [0], "safe": True}
    document: dict[str, Any] = {"query": {
        "from": {"table": "shop"}, "joins": [{"join": "cross", "source": unnest}],
        "select": [{"expr": {"column": "tag"}}, {"expr": first, "as": "first"}]}}  # fmt: skip
    same = "SELECT tag, tags[1] AS first FROM shop CROSS JOIN unnest(shop.tags) AS t(tag)"
    assert carried(document, "duckdb") == run("duckdb", same)  # type: ignore[arg-type]
    for lifted in (BOTH[2], BOTH[11]):
        read = json.loads(json.dumps(judged(lifted, "postgres").ir))
        assert judged(read, "postgres").sql == judged(lifted, "postgres").sql
    assert errors(document, "sqlite") == errors(document, "sqlite", "sqlite") != []


def test_arrays_of_a_row_are_no_cartesian_join_and_of_no_row_are() -> None:
    codes = [issue.code for issue in judged(BOTH[0], "postgres").issues]
    assert "cartesian_join" not in codes
    other = "SELECT id, x FROM shop, unnest(ARRAY[1, 2]) AS x"
    assert "cartesian_join" in [issue.code for issue in judged(other, "postgres").issues]


def test_columns_of_flatten_are_not_those_of_a_table_in_quotes() -> None:
    schema, _ = read_ddl('CREATE TABLE t ("value" VARIANT)', SNOWFLAKE)
    sql = 'SELECT f.value:x, t."value":y FROM t, LATERAL FLATTEN(input => t."value") f'
    judgement = judge(sql, SNOWFLAKE, schema)
    assert "f.VALUE['x'],\n  t.\"value\"['y']" in str(judgement.sql)
