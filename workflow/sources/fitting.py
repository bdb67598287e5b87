"""
What a schema can hold of a source's tables: one bad part costs that part, never the schema.

Pure. Each part that is left out is named, with its reason.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.text import quote
from queryexpr import Refused, fault, read_tables
from queryexpr.gate.operations import Document
from workflow.sources.engines import named
from workflow.sources.source import Source
from workflow.sources.tables import ColumnJSON, KeyJSON, TableJSON

MAX_TYPE, MAX_COMMENT = 200, 2000  # characters, as `from_json` reads them
MAX_KEYS, MAX_KEY_COLUMNS = 1000, 32  # foreign keys of a table, and columns of one
MAX_UNIQUE_KEYS = 100
_NONE = "It has no column that can be read"


def fitting(tables: Sequence[TableJSON]) -> list[TableJSON]:
    """Return the tables without what a schema cannot hold."""
    return [_fitted(table) for table in tables if _named(table)]


def known_tables(source: Source, document: Document) -> list[str]:
    """Return the tables that a source lists and its schema has, as the file names them."""
    known = {(table.get("schema", ""), table["name"]) for table in document["tables"]}
    return [table for table in source.tables if named(table, source.dialect) in known]


def left_out(tables: Sequence[TableJSON]) -> Iterator[str]:
    """Yield a sentence for each part of `tables` that the gate does not know."""
    for table in tables:
        name = quote(table["name"])
        if not _named(table):
            reason = (table.get("fault") or _NONE).rstrip(". ")
            yield f"The table {name} is left out: {reason}."
            continue
        for column in table["columns"]:
            if wrong := fault(column["name"]):
                yield f"The column {quote(column['name'])} of {name} is left out: {wrong}"
    yield from _unread(fitting(tables))


def _unread(tables: list[TableJSON]) -> Iterator[str]:
    if not tables:
        return
    try:
        _, issues = read_tables({"tables": tables})
    except Refused as refused:
        issues = refused.issues
    yield from (issue.message for issue in issues)


def _named(table: TableJSON) -> list[ColumnJSON]:
    """Return the columns that can be named in a query."""
    return [column for column in table["columns"] if not fault(column["name"])]


def _fitted(table: TableJSON) -> TableJSON:
    columns = _named(table)
    names = {column["name"] for column in columns}
    keys = [key for key in table["foreign_keys"] if _is_fit(key, names)][:MAX_KEYS]
    return {
        **table,
        "comment": table.get("comment", "")[:MAX_COMMENT],
        "columns": [_cut(column) for column in columns],
        "foreign_keys": keys,
        "unique_keys": [*_unique(table, names)][:MAX_UNIQUE_KEYS],
    }


def _unique(table: TableJSON, names: set[str]) -> Iterator[list[str]]:
    """Yield the unique keys whose columns can all be named."""
    for key in table.get("unique_keys", []):
        if 0 < len(key) <= MAX_KEY_COLUMNS and names.issuperset(key):
            yield key


def _is_fit(key: KeyJSON, names: set[str]) -> bool:
    fits = names.issuperset(key["columns"]) and not any(map(fault, key["references"]))
    return fits and len(key["columns"]) <= MAX_KEY_COLUMNS


def _cut(column: ColumnJSON) -> ColumnJSON:
    comment = column.get("comment", "")[:MAX_COMMENT]
    return {**column, "type": column["type"][:MAX_TYPE], "comment": comment}
