"""The tables of a source, as the gate and prompts read them. Never a value of a row."""

from __future__ import annotations

import time

from django.db import Error as DatabaseError

from queryexpr import fault
from queryexpr.gate.operations import Document
from workflow.sources.errors import to_error
from workflow.sources.failures import Failure, Unreachable
from workflow.sources.identity import Identity
from workflow.sources.own_database import own
from workflow.sources.process.client import ask, job_of
from workflow.sources.source import Source
from workflow.sources.tables import ColumnJSON, TableJSON

CACHE_SECONDS = 60.0
MAX_TYPE, MAX_COMMENT = 200, 2000  # characters, as `from_json` reads them

_cache: dict[str, tuple[float, Source, Document]] = {}


def schema_of(source: Source) -> Document:
    """Return `{"tables": […]}`, as `from_json.read_tables` reads it, up to a minute old.

    It waits for a process: call it in a thread. Raises PortalError if the source cannot be read,
    or did not pass its checks.
    """
    known = cached(source)
    if known is not None:
        return known
    try:
        tables = ask(job_of(source, "schema", portal_identity()), list[TableJSON])
    except Failure as failure:
        raise to_error(source, failure) from None
    schema = {"tables": [_fitting(table) for table in tables if table["columns"]]}
    _cache[source.name] = (time.monotonic() + CACHE_SECONDS, source, schema)
    return schema


def cached(source: Source) -> Document | None:
    """Return the schema of a source if it was read within a minute."""
    until, known, schema = _cache.get(source.name, (0.0, None, {}))
    return schema if known == source and time.monotonic() < until else None


def portal_identity() -> Identity | None:
    """Return which database is the portal's own. Raises Unreachable: no source is safe without."""
    try:
        return own()
    except DatabaseError:
        raise Unreachable("the portal's own database does not answer") from None


def _fitting(table: TableJSON) -> TableJSON:
    """Return a table without what a schema cannot hold: columns that cannot be named."""
    columns = [_cut(column) for column in table["columns"] if not fault(column["name"])]
    return {**table, "comment": table.get("comment", "")[:MAX_COMMENT], "columns": columns}


def _cut(column: ColumnJSON) -> ColumnJSON:
    comment = column.get("comment", "")[:MAX_COMMENT]
    return {**column, "type": column["type"][:MAX_TYPE], "comment": comment}
