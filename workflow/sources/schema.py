"""
The tables of a source, as the gate and prompts read them.

The values that an operator allows to be shown to local models are apart from them, so that nothing
else gets them by mistake.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import msgspec
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
from workflow.sources.values import ColumnValues

CACHE_SECONDS = 60.0
MAX_TYPE, MAX_COMMENT = 200, 2000  # characters, as `from_json` reads them


@dataclass(frozen=True, slots=True)
class SourceSchema:
    """`document` is `{"tables": […]}`, as `from_json.read_tables` reads it.

    `values` has each column whose values local models see.
    """

    document: Document
    values: tuple[ColumnValues, ...]


class _Answer(msgspec.Struct):
    tables: list[TableJSON]
    values: tuple[ColumnValues, ...]


_cache: dict[str, tuple[float, Source, SourceSchema]] = {}


def schema_of(source: Source) -> SourceSchema:
    """Return a source's schema, up to a minute old.

    It waits for a process: call it in a thread. Raises PortalError if the source cannot be read,
    or did not pass its checks.
    """
    known = cached(source)
    if known is not None:
        return known
    try:
        answer = ask(job_of(source, "schema", portal_identity()), _Answer)
    except Failure as failure:
        raise to_error(source, failure) from None
    tables = [_fitting(table) for table in answer.tables if table["columns"]]
    schema = SourceSchema({"tables": tables}, answer.values)
    _cache[source.name] = (time.monotonic() + CACHE_SECONDS, source, schema)
    return schema


def cached(source: Source) -> SourceSchema | None:
    """Return the schema of a source if it was read within a minute."""
    until, known, schema = _cache.get(source.name, (0.0, None, None))
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
