"""
Questions whose SQL was prepared: of the example, and about the portal's own data.

    POST /workflow/example  the number of a question, and its source if it has one → `{"html"}`

The SQL is checked, explained and written as a model's would be, and it is not stored.
"""

from __future__ import annotations

from asyncio import to_thread
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext_lazy

from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import Schema, check_sql
from workflow.meanings.cited import cited
from workflow.page import fragments
from workflow.page.cards import elsewhere, make_cards
from workflow.page.context import QueryView
from workflow.page.example import Prepared, example
from workflow.page.own_questions import questions_of
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources
from workflow.subject import SchemaSubject, read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange

PREPARED = gettext_lazy("This is an example: people prepared its SQL, no model wrote it.")


class Try(msgspec.Struct, forbid_unknown_fields=True):
    """The number of a question, from 0; without a source, one of the example."""

    number: Annotated[int, msgspec.Meta(ge=0)]
    source: str = ""


async def show_example(exchange: Exchange) -> None:
    """Answer what the page shows of a prepared question."""
    body, access = check_types(await exchange.json(), Try), exchange.principal.access
    source = sources().get(body.source, access) if body.source else None
    questions = await to_thread(questions_of, source) if source else example().questions
    if body.number >= len(questions):
        message = f"There are {len(questions)} questions, numbered from 0."
        raise PortalError("not_found", message, param="number")
    prepared = questions[body.number]
    schema: Schema = {"source": source.name} if source else example().ddl
    subject = await read_subject(schema, source.dialect if source else example().dialect, access)
    view = replace(await _view(prepared, subject), schema=schema, runs=source)
    await exchange.answer({"html": fragments.result_html(prepared.ask, view, None)})


async def _view(prepared: Prepared, subject: SchemaSubject) -> QueryView:
    dialect = subject.dialect
    judgement = await sandbox.run(check_sql(prepared.sql, dialect, dialect, subject.schema))
    cards = make_cards(await fragments.clauses_of(judgement.ir, dialect, subject), judgement.issues)
    return QueryView(
        schema=subject.schema,
        dialect=dialect,
        written=dialect,
        ir=judgement.ir,
        sql=judgement.sql or "",
        explanation=judgement.explanation,
        cards=cards,
        issues=elsewhere(judgement.issues, cards),
        meanings=cited(judgement.meanings, subject.meanings),
        basis=str(PREPARED),
    )
