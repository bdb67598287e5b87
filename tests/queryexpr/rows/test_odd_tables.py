"""A table or a column with an odd name costs no more than itself."""

from __future__ import annotations

import pytest

from queryexpr.dialects.all import DIALECTS
from queryexpr.gate.judge import judge
from queryexpr.schema.ddl.read import read_ddl

ODD = """
CREATE TABLE sqlite_sequence (name, seq);
CREATE TABLE "transaction" (id INTEGER, "nothing" TEXT);
CREATE TABLE "nothing" (id INTEGER, "if" TEXT);
CREATE TABLE "if" (id INTEGER, at TEXT, "lambda" TEXT, unpack TEXT, "raise" TEXT);
CREATE TABLE emp (id INTEGER PRIMARY KEY, name TEXT);
"""
QUERIES = [
    "SELECT id FROM emp",
    'SELECT id, "nothing" FROM "transaction"',
    'SELECT "if" FROM "nothing"',
    'SELECT at, "lambda", unpack, "raise" FROM "if"',
]


@pytest.mark.parametrize("dialect", ["sqlite", "duckdb", "postgres", "snowflake", "oracle"])
@pytest.mark.parametrize("sql", QUERIES)
def test_a_table_with_an_odd_name_is_read(dialect, sql):
    catalogue = read_ddl(ODD, DIALECTS[dialect])[0]
    judgement = judge(sql, DIALECTS[dialect], catalogue)
    assert judgement.valid, judgement.issues
    assert "bind" not in [issue.code for issue in judgement.issues]
