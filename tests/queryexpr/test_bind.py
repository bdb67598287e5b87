"""The databases in which the gate prepares queries."""

from __future__ import annotations

import sqlite3

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.postgres import POSTGRES
from queryexpr.gate import bind
from queryexpr.gate.judge import judge
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl


def test_a_database_that_leaves_the_cache_is_closed() -> None:
    connection = bind._sqlite(Catalogue(())).connection
    bind._sqlite.cache_clear()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_type_that_duckdb_does_not_know_costs_one_column() -> None:
    pytest.importorskip("duckdb")
    schema, _ = read_ddl("CREATE TABLE t (j JSONB, tags TEXT[], n INTEGER)", POSTGRES)
    judgement = judge("SELECT x, n + 1 FROM t, unnest(tags) AS x", POSTGRES, schema)
    assert judgement.valid
    assert [issue.code for issue in judgement.issues if issue.severity == "warning"] == []


DUMP = """CREATE TABLE `f` (`id` int(11) unsigned NOT NULL AUTO_INCREMENT, `big` bigint(20) unsigned,
 `small` smallint(6), `tiny` tinyint(4), `is_on` tinyint(1), `medium` mediumint(8) unsigned zerofill,
 `year` year(4), `price` decimal(10,2) unsigned, `ratio` double(10,2), `part` float(7,3), `at` time(3),
 `seen` datetime(6), `note` longtext, `fixed` fixed(10,2), PRIMARY KEY (`id`))"""


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id + 1, big * 2, small - tiny, medium % 2, year - 2000, price / 2, ratio, part FROM f",
        "SELECT SUM(id), AVG(big), SUM(tiny), SUM(is_on), MAX(year), SUM(fixed), AVG(part) FROM f",
        "SELECT HOUR(at), YEAR(seen), LOWER(note) FROM f WHERE year > 2000 AND is_on = 1 AND id IN (1, 2)",
    ],
)
@pytest.mark.parametrize("target", ["mysql", "duckdb"])
def test_the_types_of_a_dump_are_known(sql, target):
    catalogue = read_ddl(DUMP, DIALECTS["mysql"])[0]
    judgement = judge(sql, DIALECTS[target], catalogue, source=DIALECTS["mysql"])
    assert judgement.valid, judgement.issues
    assert judgement.binding == "duckdb"
    assert "bind" not in {issue.code for issue in judgement.issues}


@pytest.mark.parametrize(
    ("dialect", "columns"),
    [
        ("tsql", "n MONEY, x FLOAT(53), seen DATETIME2(7)"),
        ("oracle", "n NUMBER(10), x BINARY_DOUBLE, seen TIMESTAMP(6) WITH LOCAL TIME ZONE"),
        ("snowflake", "n NUMBER(38,0), x BYTEINT, seen TIMESTAMP_LTZ(9)"),
        ("bigquery", "n BIGNUMERIC, x FLOAT64, seen DATETIME"),
    ],
)
def test_a_type_that_the_engine_does_not_know_is_one_of_its_family(dialect, columns):
    catalogue = read_ddl(f"CREATE TABLE f ({columns}, odd GEOMETRY)", DIALECTS[dialect])[0]
    issues = judge("SELECT SUM(n), AVG(x), MAX(seen) FROM f", DIALECTS[dialect], catalogue).issues
    assert "bind" not in {issue.code for issue in issues}
