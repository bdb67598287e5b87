"""The confirmed questions that are nearest to a question, for prompts: of its subject alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import Error

from core.access import Access
from core.database.threads import in_threads
from registry.gateway.marking import marked_aside
from registry.state.service import service
from workflow.confirmed.nearest import best
from workflow.confirmed.normal import digest_of
from workflow.confirmed.parts import changes
from workflow.confirming.embedding import scores
from workflow.confirming.fresh import check, tables_of
from workflow.pipeline.examples import MAX_EXAMPLES, Example

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.http.call import Call
    from workflow.models import Confirmation
    from workflow.subject import SchemaSubject


async def with_examples(
    question: str, subject: SchemaSubject, access: Access, call: Call
) -> SchemaSubject:
    """Return the subject with examples for a question that a model is asked.

    `access` is that of the question: no model for embeddings gets what it does not allow.
    """
    try:
        rows = await _rows(question, subject)
        if not rows:
            return subject
        near = best(await scores(question, rows, access, call), MAX_EXAMPLES)
    except Error:  # without the portal's database there are none
        return subject
    found = [await _example(rows[place], subject) for place in near]
    return replace(subject, examples=tuple(filter(None, found)))


async def _rows(question: str, subject: SchemaSubject) -> list[Confirmation]:
    """Return the confirmations of a subject whose parts are unchanged."""
    if subject.confirmed is None:
        return []
    rows = subject.confirmed.current.exclude(digest=digest_of(question))  # that one is stale
    current = await _listed(rows)
    tables = await tables_of(subject) if current else ()
    return [row for row in current if not changes(row.parts, tables, subject.meanings)]


@in_threads
def _listed(rows: QuerySet[Confirmation]) -> list[Confirmation]:
    return [*rows]


async def _example(row: Confirmation, subject: SchemaSubject) -> Example | None:
    """Return an example whose query the gate takes now; else None."""
    checked = await check(row, replace(subject, database=None), await tables_of(subject))
    if checked.stale or checked.judgement.sql is None:
        return None
    held = await stays_inside(row, subject)
    return Example(row.question, row.ir, checked.judgement.sql, held)


async def stays_inside(row: Confirmation, subject: SchemaSubject) -> bool:
    """May only local models see it? Its texts may hold values that only these may see."""
    if row.local_only or subject.local_only or subject.has_local_values:
        return True
    content = [row.question, row.ir]
    return (await marked_aside(service.current, Access(), content)).local_only
