"""Names of three parts: a database, a schema and a table."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.dialects.postgres import POSTGRES as DIALECT
from queryexpr.gate.judge import judge
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.schema.from_json import read_tables
from queryexpr.schema.render import to_ddl, to_json
from tests.queryexpr.attacks import judged

BIGQUERY = "CREATE TABLE `p-1.d.t` (x INT64, y STRING); CREATE TABLE `p-1`.d.u (x INT64)"
SNOWFLAKE = 'create or replace TABLE D.S.T ("Id" NUMBER(38,0), X VARCHAR); create TABLE E.S.T (Y INT, K INT)'
TSQL = "CREATE TABLE db.dbo.t (x INT); CREATE TABLE db..u (x INT)"
POSTGRES = "CREATE TABLE db.public.t (x INT)"
READ: list[tuple[str, str, str, str]] = [
    ("bigquery", BIGQUERY, "SELECT a.x FROM `p-1.d.t` a", "SELECT a.x FROM `p-1`.d.t AS a"),
    ("bigquery", BIGQUERY, "SELECT x FROM p-1.d.t", "SELECT x FROM `p-1`.d.t"),
    ("bigquery", BIGQUERY, "SELECT x FROM `p-1.d`.t", "SELECT x FROM `p-1`.d.t"),
    ("bigquery", BIGQUERY, "SELECT x FROM d.t", "SELECT x FROM `p-1`.d.t"),
    ("bigquery", BIGQUERY, "SELECT x FROM t", "SELECT x FROM `p-1`.d.t"),
    ("bigquery", BIGQUERY, "SELECT `p-1.d.t`.y FROM `p-1.d.t`", "SELECT t.y FROM `p-1`.d.t"),
    ("snowflake", SNOWFLAKE, 'SELECT D.S.T."Id" FROM D.S.T', 'SELECT T."Id" FROM D.S.T'),
    ("snowflake", SNOWFLAKE, "SELECT Y FROM e.s.t", "SELECT Y FROM E.S.T"),
    ("snowflake", SNOWFLAKE, 'SELECT X FROM "D"."S"."T"', "SELECT X FROM D.S.T"),
    ("tsql", TSQL, "SELECT x FROM db..t", "SELECT x FROM db.dbo.t"),
    ("tsql", TSQL, "SELECT x FROM [db].[dbo].[u]", "SELECT x FROM db.dbo.u"),
    ("postgres", POSTGRES, "SELECT x FROM db.public.t", "SELECT x FROM db.public.t"),
    ("postgres", POSTGRES, "SELECT x FROM public.t", "SELECT x FROM db.public.t"),
    ("duckdb", POSTGRES, "SELECT t.x FROM db.public.t", "SELECT t.x FROM db.public.t"),
]


def written(answer: dict[str, Any]) -> str:
    assert answer["valid"], answer["issues"]
    return " ".join(answer["sql"].split())


@pytest.mark.parametrize(("dialect", "schema", "sql", "right"), READ)
def test_a_table_is_written_with_all_parts_that_the_schema_has(
    dialect: str, schema: str, sql: str, right: str
) -> None:
    answer = judged(sql, dialect, schema=schema)
    assert written(answer) == right
    assert not [issue for issue in answer["issues"] if issue["code"] == "bind"]
    again = judged(right, dialect, schema=schema)
    assert written(again) == right


@pytest.mark.parametrize(
    ("dialect", "schema", "sql"),
    [
        ("bigquery", BIGQUERY, "SELECT x FROM `other.d.t`"),
        ("bigquery", BIGQUERY, "SELECT * FROM `p-1.d.INFORMATION_SCHEMA.TABLES`"),
        ("bigquery", BIGQUERY, "SELECT * FROM `p-1`.d.__TABLES__"),
        ("snowflake", SNOWFLAKE, "SELECT 1 FROM SNOWFLAKE.ACCOUNT_USAGE.USERS"),
        ("snowflake", SNOWFLAKE, "SELECT X FROM E.PUBLIC.T"),
        ("tsql", TSQL, "SELECT name FROM master..sysobjects"),
        ("tsql", TSQL, "SELECT x FROM other.dbo.t"),
        ("postgres", POSTGRES, "SELECT 1 FROM db.pg_catalog.pg_authid"),
        ("duckdb", POSTGRES, "SELECT 1 FROM system.information_schema.tables"),
        ("duckdb", POSTGRES, "SELECT x FROM memory.public.t"),
        ("postgres", "CREATE TABLE other.t (x INT)", "SELECT x FROM public.t"),
        ("postgres", "CREATE TABLE other.t (x INT)", "SELECT x FROM db.public.t"),
        ("tsql", "CREATE TABLE sales.t (x INT)", "SELECT x FROM db..t"),
    ],
)
def test_a_name_in_another_database_is_no_table_of_the_schema(
    dialect: str, schema: str, sql: str
) -> None:
    answer = judged(sql, dialect, schema=schema)
    assert [issue["code"] for issue in answer["issues"] if issue["severity"] == "error"] == [
        "unknown_table"
    ]


def test_a_table_of_no_schema_is_in_the_main_one() -> None:
    schema = "CREATE TABLE other.t (y INT); CREATE TABLE t (x INT)"
    for name in ("t", "public.t"):
        assert written(judged(f"SELECT x FROM {name}", "postgres", schema=schema)).endswith(
            "FROM t"
        )


def test_more_parts_are_refused() -> None:
    (issue,) = judged("SELECT x FROM server.db.dbo.t", "tsql", schema=TSQL)["issues"]
    assert "at most three parts" in issue["message"]


@pytest.mark.parametrize("dialect", ["sqlite", "mysql", "oracle"])
def test_dialects_without_databases_in_names_say_so(dialect: str) -> None:
    schema = "CREATE TABLE t (x INT)"
    (issue,) = judged("SELECT x FROM a.b.t", dialect, schema=schema)["issues"]
    assert "no names of three parts" in issue["message"]
    translated = judged("SELECT x FROM db.public.t", "postgres", dialect, schema=POSTGRES)
    assert not translated["valid"]
    assert "three parts" in str(translated["issues"])


def test_a_database_that_the_schema_does_not_name_is_left_out_and_reported() -> None:
    answer = judged("SELECT x FROM db.s.t", "snowflake", schema="CREATE TABLE s.t (x INT)")
    assert written(answer) == "SELECT x FROM s.t"
    assert "database_ignored" in [issue["code"] for issue in answer["issues"]]


def test_two_databases_may_have_a_table_of_one_name() -> None:
    sql = 'SELECT a.X, b.Y FROM D.S.T AS a JOIN E.S.T AS b ON b.K = a."Id"'
    assert written(judged(sql, "snowflake", schema=SNOWFLAKE)) == sql
    swapped = sql.replace("D.S.T", "?").replace("E.S.T", "D.S.T").replace("?", "E.S.T")
    assert not judged(swapped, "snowflake", schema=SNOWFLAKE)["valid"]


@pytest.mark.parametrize(("dialect", "folded"), [("snowflake", "ID"), ("postgres", "id")])
def test_a_name_without_quotes_is_not_the_same_name_in_quotes(dialect: str, folded: str) -> None:
    schema = 'CREATE TABLE a ("Id" INT); CREATE TABLE b (Id INT)'
    sql = 'SELECT a."Id" FROM a JOIN b ON b.Id = a."Id"'
    answer = judged(sql, dialect, schema=schema)
    assert written(answer) == f'SELECT a."Id" FROM a JOIN b ON b.{folded} = a."Id"'


def test_a_foreign_key_finds_its_table_in_the_same_database() -> None:
    catalogue = read(
        "CREATE TABLE a.s.t (id INT PRIMARY KEY); CREATE TABLE b.s.t (id INT PRIMARY KEY, n INT);"
        "CREATE TABLE b.s.u (t_id INT REFERENCES s.t (id), a_id INT REFERENCES a.s.t (id))"
    )
    keys = catalogue.tables[2].foreign_keys
    assert [catalogue.table(key.table) for key in keys] == [
        catalogue.tables[1],
        catalogue.tables[0],
    ]


def test_a_dump_adds_keys_to_the_table_of_the_right_database() -> None:
    catalogue = read(
        "CREATE TABLE a.s.t (id INT); CREATE TABLE b.s.t (id INT);"
        "ALTER TABLE b.s.t ADD PRIMARY KEY (id)"
    )
    assert [table.primary_key for table in catalogue.tables] == [(), ("id",)]


def read(ddl: str) -> Catalogue:
    catalogue, issues = read_ddl(ddl, DIALECT)
    assert not issues
    return catalogue


def test_a_catalogue_is_the_same_from_its_json_and_its_own_statements() -> None:
    catalogue = read(POSTGRES)
    assert read_tables(to_json(catalogue))[0].tables == catalogue.tables
    assert read(to_ddl(catalogue, DIALECT)).tables == catalogue.tables


def test_duckdb_runs_what_was_written() -> None:
    with duckdb.connect() as connection:
        connection.execute("ATTACH ':memory:' AS db; CREATE SCHEMA db.public")
        connection.execute("CREATE TABLE db.public.t AS SELECT 7 AS x")
        sql = written(judged("SELECT x FROM db.public.t", "postgres", "duckdb", schema=POSTGRES))
        assert connection.execute(sql).fetchall() == [(7,)]


EVENTS = "CREATE TABLE `p.shop.sales_2019` (id INT64); CREATE TABLE `p.shop.sales_2020` (id INT64, n INT64)"


@pytest.mark.parametrize("name", ["sales_*", "shop.sales_*", "p.shop.sales_20*"])
def test_a_wildcard_means_tables_with_the_columns_of_the_last(name):
    bigquery = DIALECTS["bigquery"]
    catalogue, _ = read_ddl(EVENTS, bigquery)
    sql = f"SELECT n, _TABLE_SUFFIX FROM `{name}` WHERE _TABLE_SUFFIX >= '2019'"
    judgement = judge(sql, bigquery, catalogue)
    assert judgement.valid, judgement.issues
    assert "p.shop.`sales_" in str(judgement.sql)
    wrong = judge(sql.replace("SELECT n", "SELECT nn"), bigquery, catalogue)
    assert [issue.code for issue in wrong.issues] == ["unknown_column"]
    (issue,) = judge(sql, DIALECTS["postgres"], catalogue, source=bigquery).issues
    assert "which means many" in issue.message


def test_a_wildcard_of_no_table_is_unknown():
    catalogue, _ = read_ddl(EVENTS, DIALECTS["bigquery"])
    issues = judge("SELECT id FROM `rents_*`", DIALECTS["bigquery"], catalogue).issues
    assert [issue.code for issue in issues] == ["unknown_table"]
