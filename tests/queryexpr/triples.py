"""Our own questions, query expressions and SQL, and what runs them."""

from __future__ import annotations

import datetime
import decimal
import json
import re
import sqlite3
from functools import cache
from typing import Any

import pytest
import yaml

from queryexpr.check.check import check
from queryexpr.dialects.all import DIALECTS
from queryexpr.document.read import read
from queryexpr.expression import QueryExpression
from queryexpr.lift.lift import lift
from queryexpr.schema.catalogue import Catalogue
from queryexpr.schema.ddl.read import read_ddl
from queryexpr.translate.compile import compile_sql
from tests.support.paths import DATA

CASES = yaml.safe_load((DATA / "triples.yaml").read_text())
TRIPLES = [pytest.param(triple, id=triple["question"]) for triple in CASES["triples"]]
SCHEMAS: dict[str, Any] = CASES["schemas"]


@cache
def catalogue(schema: str) -> Catalogue:
    return read_ddl(SCHEMAS[schema]["ddl"], DIALECTS["sqlite"])[0]


@cache
def database(schema: str) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(SCHEMAS[schema]["ddl"] + SCHEMAS[schema]["rows"])
    return connection


@cache
def duck(schema: str) -> Any:
    duckdb = pytest.importorskip("duckdb")
    connection = duckdb.connect(":memory:")
    ddl = re.sub(r" REFERENCES \w+ \(id\)", "", SCHEMAS[schema]["ddl"]).replace("REAL", "DOUBLE")
    connection.execute(ddl + SCHEMAS[schema]["rows"])
    return connection


def expression(triple: Any) -> QueryExpression:
    return read({"dialect": triple["dialect"], "query": triple["query"]})


def document(expression: QueryExpression) -> Any:
    """The query as JSON has it."""
    return json.loads(json.dumps(expression.as_dict()["query"]))


def compiled(expression: QueryExpression, dialect: str, schema: str = "shop") -> str:
    return compile_sql(expression, DIALECTS[dialect], catalogue(schema))


def rows(sql: str, schema: str) -> list[Any]:
    return plain(database(schema).execute(sql).fetchall())


def plain(rows: list[Any]) -> list[Any]:
    """The rows in an order of their own, with values that do not depend on the engine."""
    return sorted((tuple(map(_plain, row)) for row in rows), key=repr)


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return float(value)
    if isinstance(value, int | float | decimal.Decimal):
        return round(float(value), 6)
    if isinstance(value, datetime.date):
        return value.isoformat()[:10]
    return value


def in_duckdb(sql: str, schema: str = "shop") -> list[Any]:
    return plain(duck(schema).execute(sql).fetchall())


def carried(sql: str, source: str, target: str, schema: str = "shop") -> str:
    """SQL of `source`, as the gate writes it for `target`."""
    dialect = DIALECTS[source]
    checked = check(lift(sql, dialect).expression, dialect, catalogue(schema))
    return compiled(checked.expression, target, schema)


def portable(select: Any, target: str, **clauses: Any) -> str:
    document = {"query": {"from": {"table": "sale"}, "select": [{"expr": select}], **clauses}}
    return compiled(read(document), target)
