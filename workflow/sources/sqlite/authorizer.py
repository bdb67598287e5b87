"""
What a query may do in a SQLite file, beyond that the file cannot be written: read listed tables.

SQLite asks about each thing while it prepares a query. The gate let none of the rest through; this
holds should it ever.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress

from workflow.sources.sqlite.schema import names_of

_UNSAFE = {
    "load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "zeroblob", "randomblob",
    "sqlite_compileoption_get", "sqlite_compileoption_used",
}  # fmt: skip
_OWN = ("sqlite_", "pragma_")  # names that SQLite keeps to itself
Read = tuple[str, str, str]  # table, column, the view that reads it


class Guard:
    """What SQLite asks. A view's columns are allowed one by one: to be read "by" a view says
    little, since SQLite says so of any WITH that has the view's name.
    """

    def __init__(self, tables: Iterable[str], reads: set[Read], others: set[str]) -> None:
        self._tables = {name.lower() for name in tables}
        self._reads = reads
        # To count rows no column is read, and SQLite names the table below a view, without it.
        self._counted = self._tables | {table for table, _, _ in reads}
        self._others = others - self._counted

    def allows(
        self, action: int, one: str | None, two: str | None, where: str | None, by: str | None
    ) -> int:
        """Return SQLite's word for yes or no."""
        if action in (sqlite3.SQLITE_SELECT, sqlite3.SQLITE_RECURSIVE):
            return sqlite3.SQLITE_OK
        if action == sqlite3.SQLITE_FUNCTION:
            return _word((two or "").lower() not in _UNSAFE)
        if action == sqlite3.SQLITE_READ and (where or "main").lower() == "main":
            return _word(self._may_read(*_read(one, two, by)))
        return sqlite3.SQLITE_DENY

    def _may_read(self, table: str, column: str, by: str) -> bool:
        if column:
            return table in self._tables or (table, column, by) in self._reads
        # A name that is no table's is that of a WITH in the query.
        return table not in self._others and not table.startswith(_OWN)


def _word(allowed: bool) -> int:
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY


def read_by_views(connection: sqlite3.Connection, tables: Iterable[str]) -> set[Read]:
    """Return what those of `tables` that are views read of tables that may not be listed."""
    reads: set[Read] = set()

    def note(action: int, one: str | None, two: str | None, _: object, by: str | None) -> int:
        if action == sqlite3.SQLITE_READ and by:
            reads.add(_read(one, two, by))
        return sqlite3.SQLITE_OK

    views = names_of(connection, ("view",))
    connection.set_authorizer(note)
    for name in set(tables) & views:
        quoted = name.replace('"', '""')
        with suppress(sqlite3.Error):  # it is broken: only queries that name it are refused
            connection.execute(f'EXPLAIN SELECT * FROM "{quoted}"').close()  # noqa: S608 — in quotes
    connection.set_authorizer(None)
    return reads


def _read(table: str | None, column: str | None, by: str | None) -> Read:
    return (table or "").lower(), (column or "").lower(), (by or "").lower()
