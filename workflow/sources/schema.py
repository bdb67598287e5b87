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

from queryexpr.gate.operations import Document
from workflow.sources.errors import to_error
from workflow.sources.failures import Failure, Unreachable
from workflow.sources.fitting import fitting, left_out
from workflow.sources.identity import Identity
from workflow.sources.own_database import own
from workflow.sources.process.client import ask, job_of
from workflow.sources.source import Source
from workflow.sources.tables import TableJSON
from workflow.sources.values import ColumnValues

CACHE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class SourceSchema:
    """`document` is `{"tables": […]}`, as `from_json.read_tables` reads it.

    `values` has each column whose values local models see, and `left_out` a sentence for each part
    of the listed tables that is not in the document.
    """

    document: Document
    values: tuple[ColumnValues, ...]
    left_out: tuple[str, ...] = ()


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
        schema = read_schema(source)
    except Failure as failure:
        raise to_error(source, failure) from None
    _cache[source.name] = (time.monotonic() + CACHE_SECONDS, source, schema)
    return schema


def read_schema(source: Source) -> SourceSchema:
    """Return a source's schema as it is now. Raises Failure."""
    answer = ask(job_of(source, "schema", portal_identity()), _Answer)
    document = {"tables": fitting(answer.tables)}
    return SourceSchema(document, answer.values, tuple(left_out(answer.tables)))


def cached(source: Source) -> SourceSchema | None:
    """Return the schema of a source if it was read within a minute."""
    until, known, schema = _cache.get(source.name, (0.0, None, None))
    return schema if known == source and time.monotonic() < until else None


def last_known(name: str) -> Document | None:
    """Return the schema of a source as it was read last, however long ago."""
    _, _, schema = _cache.get(name, (0.0, None, None))
    return schema.document if schema else None


def portal_identity() -> Identity | None:
    """Return which database is the portal's own. Raises Unreachable: no source is safe without."""
    try:
        return own()
    except DatabaseError:
        raise Unreachable("the portal's own database does not answer") from None
