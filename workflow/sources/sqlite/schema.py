"""The tables of a SQLite file as JSON. No row is read."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from workflow.sources.declared import checks_in, declare
from workflow.sources.sqlite.remarks import add_remarks
from workflow.sources.tables import ColumnJSON, KeyJSON, TableJSON

Row = dict[str, Any]  # of a PRAGMA, by column
_HIDDEN = 1  # a virtual table's column that SELECT * leaves out


def names_of(
    connection: sqlite3.Connection, types: tuple[str, ...] = ("table", "view")
) -> frozenset[str]:
    """Return the names of all tables and views."""
    rows = connection.execute("SELECT type, name FROM sqlite_schema")
    return frozenset(name for kind, name in rows if kind in types)


def describe(connection: sqlite3.Connection, tables: Iterable[str]) -> list[TableJSON]:
    """Return `tables`, and of their foreign keys those among them."""
    exact = {name.lower(): name for name in tables}
    described = [_described(connection, name, exact) for name in tables]
    for table in described:
        statement = _statement(connection, table["name"])
        declare(table["columns"], checks_in(statement))
        add_remarks(table, statement)
    return described


def _described(connection: sqlite3.Connection, name: str, exact: dict[str, str]) -> TableJSON:
    """Return a table; without columns if it is a view of what is no longer there."""
    try:
        columns = _ask(connection, "table_xinfo", name)
        keys = _ask(connection, "foreign_key_list", name)
        unique = [*_unique(connection, name)]
    except sqlite3.OperationalError as error:
        return {"name": name, "columns": [], "foreign_keys": [], "fault": str(error)}
    return {
        "name": name,
        "columns": [_column(row) for row in columns if row["hidden"] != _HIDDEN],
        "foreign_keys": _keys(keys, exact),
        "unique_keys": unique,
    }


def _unique(connection: sqlite3.Connection, table: str) -> Iterator[list[str]]:
    """Yield the columns of each unique index of all rows, besides that of the primary key."""
    for index in reversed(_ask(connection, "index_list", table)):  # SQLite has the last first
        if index["unique"] and index["origin"] != "pk" and not index["partial"]:
            columns = [row["name"] for row in _ask(connection, "index_info", index["name"])]
            if None not in columns:  # of an expression
                yield columns


def _statement(connection: sqlite3.Connection, table: str) -> str:
    """Return what the file keeps of the table's CREATE TABLE."""
    query = "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?"
    found = connection.execute(query, [table]).fetchone()
    return str(found[0] or "") if found else ""


def _ask(connection: sqlite3.Connection, pragma: str, table: str) -> list[Row]:
    quoted = table.replace('"', '""')
    cursor = connection.execute(f'PRAGMA {pragma}("{quoted}")')
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor]


def _column(row: Row) -> ColumnJSON:
    return {
        "name": row["name"],
        "type": row["type"] or "",
        "nullable": not row["notnull"] and not row["pk"],
        "primary_key": bool(row["pk"]),
    }


def _keys(rows: list[Row], exact: dict[str, str]) -> list[KeyJSON]:
    """Return foreign keys; one that names no columns means the other table's primary key."""
    keys: dict[int, KeyJSON] = {}
    for row in sorted(rows, key=lambda row: (row["id"], row["seq"])):
        if table := exact.get(row["table"].lower()):
            key = keys.setdefault(row["id"], {"columns": [], "table": table, "references": []})
            key["columns"].append(row["from"])
            key["references"] += [row["to"]] if row["to"] else []
    return [*keys.values()]
