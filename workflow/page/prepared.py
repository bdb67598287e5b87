"""
Questions of the example, whose SQL was prepared.

    POST /workflow/example  the number of a question → `{"html"}`

It is checked, explained and written as a model's SQL would be, and it is not stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import msgspec
from django.utils.translation import gettext_lazy

from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import check_sql
from workflow.page import fragments
from workflow.page.cards import elsewhere, make_cards
from workflow.page.context import QueryView
from workflow.page.example import Prepared, example
from workflow.sandbox import sandbox
from workflow.subject import SchemaSubject

if TYPE_CHECKING:
    from core.http.exchange import Exchange

PREPARED = gettext_lazy("This is an example: people prepared its SQL, no model wrote it.")


class Try(msgspec.Struct, forbid_unknown_fields=True):
    """The number of a question, from 0."""

    number: Annotated[int, msgspec.Meta(ge=0)]


async def show_example(exchange: Exchange) -> None:
    """Answer what the page shows of a prepared question."""
    body = check_types(await exchange.json(), Try)
    questions = example().questions
    if body.number >= len(questions):
        message = f"There are {len(questions)} questions, numbered from 0."
        raise PortalError("not_found", message, param="number")
    prepared = questions[body.number]
    html = fragments.result_html(prepared.ask, await _view(prepared), None)
    await exchange.answer({"html": html})


async def _view(prepared: Prepared) -> QueryView:
    ddl, dialect = example().ddl, example().dialect
    judgement = await sandbox.run(check_sql(prepared.sql, dialect, dialect, ddl))
    subject = SchemaSubject(ddl, dialect)
    cards = make_cards(await fragments.clauses_of(judgement.ir, dialect, subject), judgement.issues)
    return QueryView(
        schema=ddl,
        dialect=dialect,
        written=dialect,
        ir=judgement.ir,
        sql=judgement.sql or "",
        explanation=judgement.explanation,
        cards=cards,
        issues=elsewhere(judgement.issues, cards),
        basis=str(PREPARED),
    )
