"""The tables of a MySQL or MariaDB database as JSON. No row is read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pymysql

from workflow.sources.declared import checks_in, declare
from workflow.sources.tables import ColumnJSON, KeyJSON, TableJSON

Ask = Callable[..., list[tuple[Any, ...]]]

_TABLES = """
SELECT table_name, IF(table_type = 'VIEW', '', table_comment) FROM information_schema.tables
WHERE table_schema = database()
"""
_COLUMNS = """
SELECT table_name, column_name, column_type, is_nullable = 'YES', column_key = 'PRI', column_comment
FROM information_schema.columns WHERE table_schema = database() ORDER BY ordinal_position
"""
_KEYS = """
SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name
FROM information_schema.key_column_usage
WHERE table_schema = database() AND referenced_table_schema = database()
ORDER BY constraint_name, ordinal_position
"""
_UNIQUE = """
SELECT table_name, index_name, column_name FROM information_schema.statistics
WHERE table_schema = database() AND non_unique = 0 AND index_name <> 'PRIMARY'
ORDER BY table_name, index_name, seq_in_index
"""


def describe(ask: Ask, tables: Sequence[str]) -> list[TableJSON]:
    """Return what the user may read of `tables`, and of their foreign keys those among them."""
    described: dict[str, TableJSON] = {
        name: {"name": name, "columns": [], "foreign_keys": [], "unique_keys": []}
        for name in tables
    }
    for name, comment in ask(_TABLES):
        if name in described:
            described[name]["comment"] = comment or ""
    for name, *column in ask(_COLUMNS):
        if name in described:
            described[name]["columns"].append(_column(*column))
    for table in described.values():
        declare(table["columns"], _checks(ask, table["name"]))
    for (name, _), key in _keys(ask).items():
        if name in described and key["table"] in described:
            described[name]["foreign_keys"].append(key)
    for (name, _), columns in _unique(ask).items():
        if name in described and None not in columns:  # of an expression
            described[name]["unique_keys"].append(columns)
    return [*described.values()]


def _checks(ask: Ask, table: str) -> list[str]:
    """Return a table's CHECKs. Who may read some columns alone does not see them."""
    try:
        return [
            check
            for row in ask(f"SHOW CREATE TABLE {_quoted(table)}")
            for check in checks_in(row[1])
        ]
    except pymysql.Error:
        return []


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _column(name: str, kind: str, nullable: int, primary: int, comment: str) -> ColumnJSON:
    return {
        "name": name,
        "type": kind,
        "nullable": bool(nullable),
        "primary_key": bool(primary),
        "comment": comment or "",
    }


def _unique(ask: Ask) -> dict[tuple[str, str], list[Any]]:
    """Return the columns of unique indexes by their table and name."""
    keys: dict[tuple[str, str], list[Any]] = {}
    for table, name, column in ask(_UNIQUE):
        keys.setdefault((table, name), []).append(column)
    return keys


def _keys(ask: Ask) -> dict[tuple[str, str], KeyJSON]:
    """Return foreign keys by their table and name."""
    keys: dict[tuple[str, str], KeyJSON] = {}
    for table, name, column, other, reference in ask(_KEYS):
        empty: KeyJSON = {"columns": [], "table": other, "references": []}
        key = keys.setdefault((table, name), empty)
        key["columns"].append(column)
        key["references"].append(reference)
    return keys
