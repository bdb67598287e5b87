"""The tables of a DuckDB database as JSON. No row is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from workflow.sources.declared import declare
from workflow.sources.missing import no_table
from workflow.sources.tables import ColumnJSON, KeyJSON, TableJSON

Tables = list[tuple[str, str]]
Connection = duckdb.DuckDBPyConnection

_TABLES = """
SELECT schema_name, table_name, comment FROM duckdb_tables() WHERE database_name = $1
UNION ALL SELECT schema_name, view_name, comment FROM duckdb_views() WHERE database_name = $1
"""
_COLUMNS = """
SELECT schema_name, table_name, column_name, data_type, is_nullable, comment
FROM duckdb_columns() WHERE database_name = $1 ORDER BY column_index
"""
_CONSTRAINTS = """
SELECT schema_name, table_name, constraint_type, constraint_column_names, referenced_table,
  referenced_column_names, constraint_text
FROM duckdb_constraints() WHERE database_name = $1 ORDER BY constraint_index
"""
_INDEXES = """
SELECT schema_name, table_name, expressions FROM duckdb_indexes()
WHERE database_name = $1 AND is_unique AND NOT is_primary ORDER BY index_oid
"""


def missing(connection: Connection, catalogue: str, tables: Tables) -> list[str]:
    """Return a message for each table that is not there."""
    known = {(row[0], row[1]) for row in _ask(connection, _TABLES, catalogue)}
    names = [*map(".".join, known)]
    return [no_table(".".join(table), names) for table in tables if table not in known]


def describe(
    connection: Connection, catalogue: str, tables: Tables, broken: Mapping[tuple[str, str], str]
) -> list[TableJSON]:
    """Return `tables`, and of their foreign keys those among them.

    Those that are `broken` have no columns but a reason.
    """
    described = {table: _empty(*table) for table in tables if table not in broken}
    for schema, name, comment in _ask(connection, _TABLES, catalogue):
        if table := described.get((schema, name)):
            table["comment"] = comment or ""
    for schema, name, *column in _ask(connection, _COLUMNS, catalogue):
        if table := described.get((schema, name)):
            table["columns"].append(_column(*column))
    for schema, name, kind, columns, other, references, text in _ask(
        connection, _CONSTRAINTS, catalogue
    ):
        if table := described.get((schema, name)):
            declare(table["columns"], [text] if kind == "CHECK" else [])
            _constrain(table, kind, columns, (schema, other) in described and other, references)
    for schema, name, expressions in _ask(connection, _INDEXES, catalogue):
        if table := described.get((schema, name)):
            _index(table, expressions)
    for table in described.values():
        declare(table["columns"], [])
    faulty: list[TableJSON] = [{**_empty(*t), "fault": fault} for t, fault in broken.items()]
    return [*described.values(), *faulty]


def _empty(schema: str, name: str) -> TableJSON:
    return {"name": name, "schema": schema, "columns": [], "foreign_keys": [],
            "unique_keys": []}  # fmt: skip


def _ask(connection: Connection, query: str, catalogue: str) -> list[tuple[Any, ...]]:
    return connection.execute(query, [catalogue]).fetchall()


def _column(name: str, type_name: str, nullable: bool, comment: str | None) -> ColumnJSON:
    return {
        "name": name,
        "type": type_name,
        "nullable": nullable,
        "primary_key": False,
        "comment": comment or "",
    }


def _index(table: TableJSON, expressions: str) -> None:
    """Add the key of a unique index, if it is one of plain columns: `[a, b]`."""
    columns = [part.strip("'\" ") for part in expressions.strip("[]").split(",")]
    if {column["name"] for column in table["columns"]}.issuperset(columns):
        table["unique_keys"].append(columns)


def _constrain(
    table: TableJSON, kind: str, columns: list[str], other: str | bool, references: list[str]
) -> None:
    if kind == "PRIMARY KEY":
        for column in table["columns"]:
            column["primary_key"] = column["name"] in columns
    elif kind == "UNIQUE":
        table["unique_keys"].append(columns)
    elif kind == "FOREIGN KEY" and other:
        name = f"{table['schema']}.{other}"
        key: KeyJSON = {"columns": columns, "table": name, "references": references}
        table["foreign_keys"].append(key)
