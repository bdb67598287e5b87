"""The databases in which the gate prepares queries."""

from __future__ import annotations

import sqlite3

import pytest

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
