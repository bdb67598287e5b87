"""
Reading the schemas of sources without delaying anyone else.

A source that hangs holds one thread of a few, however many people ask for its schema; the others
are read in turn, by person.
"""

from __future__ import annotations

import asyncio

from channels.db import database_sync_to_async

from core.database.threads import database_threads
from core.fair_queue import FairQueue
from core.person import person
from workflow.sources.schema import SourceSchema, cached, schema_of
from workflow.sources.source import Source

THREADS = 4
WAIT_SECONDS = 30.0
MAX_WAITING, MAX_WAITING_EACH = 64, 16

_turns = FairQueue("the schemas of data sources", THREADS, MAX_WAITING, MAX_WAITING_EACH)
_schema_of = database_sync_to_async(schema_of, False, database_threads(THREADS, "sources-database"))
_reads: dict[str, tuple[Source, asyncio.Task[SourceSchema]]] = {}  # under way, by source


async def read_schema_of(source: Source) -> SourceSchema:
    """`schema_of`, in a thread. Raises PortalError as that does, and `overloaded`."""
    schema = cached(source)
    if schema is not None:
        return schema
    of, read = _reads.get(source.name, (None, None))
    if read is None or of != source:  # the file may have changed meanwhile
        read = asyncio.ensure_future(_read(source))
        _reads[source.name] = source, read
        read.add_done_callback(lambda done: _ended(source, done))
    return await asyncio.shield(read)  # it is also for others who ask meanwhile


async def _read(source: Source) -> SourceSchema:
    async with _turns.place(person.get(), WAIT_SECONDS):
        return await _schema_of(source)


def _ended(source: Source, read: asyncio.Task[SourceSchema]) -> None:
    if _reads.get(source.name, (None, None))[1] is read:
        del _reads[source.name]
    if not read.cancelled():
        read.exception()  # everyone who asked may have left
