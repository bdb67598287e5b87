"""The doubts about an answer: by arithmetic, and without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from queryexpr.gate.operations import read_schema
from queryexpr.issues import Refused
from workflow.doubts.doubt import Doubt, doubt
from workflow.doubts.names import missing_names, unused_measures
from workflow.doubts.words import missing_words
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from collections.abc import Iterator

    from queryexpr.gate.operations import Document, Judgement
    from registry.entities import Resolution
    from workflow.basis import Basis
    from workflow.subject import SchemaSubject


async def doubts_about(
    question: str,
    judgement: Judgement,
    subject: SchemaSubject,
    basis: Basis | None,
    author: Resolution | None,
) -> tuple[Doubt, ...]:
    """Return the reasons to doubt a judged query; none if it is not valid."""
    if not judgement.valid or not judgement.sql:
        return ()
    first = [doubt("demo", _title(author))] if basis == "demo" else []
    return (*first, *await _of_question(question, judgement, subject), *_joins(judgement))


async def _of_question(
    question: str, judgement: Judgement, subject: SchemaSubject
) -> tuple[Doubt, ...]:
    if not question:
        return ()
    sql, tables = judgement.sql or "", await _tables(subject)
    names = [column["name"] for table in tables for column in table["columns"]]
    names += [table["name"] for table in tables]
    named = missing_names(question, sql, _unreferred(tables, judgement))
    measures = unused_measures(question, subject.meanings, (m.name for m in judgement.meanings))
    return (*named, *measures, *missing_words(question, sql, names))


def _unreferred(tables: tuple[Document, ...], judgement: Judgement) -> Iterator[str]:
    """Yield the names of tables, but not those to which keys of the query's tables refer: an
    enrolment is enough to count the students of a course.
    """
    used = {name.lower() for name in judgement.tables}
    read = [table for table in tables if table["name"].lower() in used]
    referred = {key["table"].lower() for table in read for key in table.get("foreign_keys", ())}
    for table in tables:
        if table["name"].lower() not in referred:
            yield table["name"]


async def _tables(subject: SchemaSubject) -> tuple[Document, ...]:
    try:
        return (await sandbox.run(read_schema(subject.schema, subject.dialect))).tables
    except (Refused, PortalError):  # too slow, or no process is free: that costs no answer
        return ()


def _joins(judgement: Judgement) -> Iterator[Doubt]:
    """Yield the first join that repeats rows."""
    for issue in judgement.issues:
        if issue.code == "fan_out":
            yield Doubt("join", sentence=issue.message, place=issue.pointer)
            return


def _title(author: Resolution | None) -> str:
    model = author.model if author else None
    return model.title if model else "The model that wrote this"
