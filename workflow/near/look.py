"""Looks for the texts of a valid query in the rows of its source, for someone who may run it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from queryexpr.gate.operations import find_texts
from queryexpr.issues import Issue, Refused
from workflow.meanings.names import column_of
from workflow.near.issues import Known, about_code, about_text
from workflow.near.rows import MAX_VALUES, is_complete, read, values_query
from workflow.sandbox import sandbox
from workflow.sources.run import CheckedSQL

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from queryexpr.gate.operations import Document, Judgement, Text
    from workflow.meanings.meanings import SourceMeanings
    from workflow.sources.result.table import Table
    from workflow.sources.source import Source
    from workflow.subject import SchemaSubject

MAX_LENGTH = 100  # characters of a value
Column = tuple[str, str, str]


async def look(
    judgement: Judgement, subject: SchemaSubject, source: Source, user: User
) -> tuple[Issue, ...]:
    """Return warnings about texts that no row has, or that rows have in other spellings too.

    Only columns with `values: true` are read, and only where the user may run the query. What a
    code means needs no row.
    """
    if not judgement.valid or judgement.ir is None:
        return ()
    columns = {_lower(one.schema, one.table, one.column) for one in subject.values}
    if not columns and not (subject.meanings and subject.meanings.config.codes):
        return ()
    try:
        operation = find_texts(judgement.ir, subject.dialect, subject.schema)
        texts = (await sandbox.run(operation)).texts
    except Refused:
        return ()
    shown = [text for text in texts if text.sql and _column(text) in columns]
    queries = [text.sql for text in shown] + [_values(text, source) for text in shown]
    query = CheckedSQL.of(judgement, source.dialect)
    rows = await read(source, query, dict.fromkeys(queries), user) if queries else {}
    found = _issues(texts, shown, rows, source, subject.meanings, judgement.ir)
    return await asyncio.to_thread(tuple, found)


def _issues(
    texts: Sequence[Text],
    shown: Sequence[Text],
    rows: Mapping[str, Table],
    source: Source,
    meanings: SourceMeanings | None,
    ir: Document,
) -> Iterator[Issue]:
    for text in texts:
        asked = rows.get(text.sql) if text in shown else None
        is_there = bool(asked and asked.rows)
        coded = None if is_there else _of_code(text, meanings)
        if coded:
            yield coded
        elif asked is not None:
            yield from about_text(text, is_there, _known(rows.get(_values(text, source))), ir)


def _values(text: Text, source: Source) -> str:
    return values_query((text.schema, text.table), text.column, source.dialect)


def _known(table: Table | None) -> Known | None:
    """Return the values that a column has; None where they are no texts, or were not read."""
    if table is None or table.kinds[0] not in ("text", ""):
        return None
    found = [row[0] for row in table.rows if row[0] is not None]
    texts = tuple(one for one in found if isinstance(one, str) and _fits(one))
    return Known(texts[:MAX_VALUES], is_complete(table), len(found))


def _fits(text: str) -> bool:
    """Is it short, and visible but for its spaces?"""
    shown = (one.isprintable() or (one.isspace() and one not in "\r\n\t") for one in text)
    return 0 < len(text) <= MAX_LENGTH and all(shown)


def _of_code(text: Text, meanings: SourceMeanings | None) -> Issue | None:
    for name, codes in meanings.config.codes.items() if meanings else ():
        if meanings and column_of(name) == (text.table.lower(), text.column.lower()):
            return about_code(text, codes, meanings.place("codes", name))
    return None


def _column(text: Text) -> Column:
    return _lower(text.schema, text.table, text.column)


def _lower(schema: str, table: str, column: str) -> Column:
    return schema.lower(), table.lower(), column.lower()
