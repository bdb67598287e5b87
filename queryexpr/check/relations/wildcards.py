"""Tables such as `events_*`, which mean all tables whose names begin so."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from queryexpr.schema.catalogue import Column, Table

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.expression import TableName

_SUFFIX = Column("_TABLE_SUFFIX", "STRING", nullable=False)


def wildcard(checker: Checker, node: TableName) -> Table | None:
    """Return the table that a wildcard means: its columns are those of the last by name."""
    if not checker.dialect.wildcards or not node.table.endswith("*"):
        return None
    begin = node.table.removesuffix("*").lower()
    tables = checker.catalogue.tables if checker.catalogue else ()
    matches = [table for table in tables if table.name.lower().startswith(begin)]
    schema, database = (node.schema_ or "").lower(), (node.database or "").lower()
    matches = [
        table for table in matches
        if (not schema or table.schema.lower() in ("", schema))
        and (not database or table.database.lower() in ("", database))
    ]  # fmt: skip
    if not matches:
        return None
    last = max(matches, key=lambda table: table.name)
    return replace(last, name=node.table, columns=(*last.columns, _SUFFIX), foreign_keys=())
