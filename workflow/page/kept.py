"""
The last valid query after edits, which is kept with its inquiry, beside the models' own.

It has a version, as the answer has: while a new release is rolled out, old workers read it too. One
without a version is from before there were any, and is read as version 1.

    POST /workflow/restore  forget it → `{"html"}`, the query that the models wrote
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec
from django.db import Error
from django.utils.translation import gettext_lazy, gettext_noop

from core.database.threads import in_time
from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import Document, Judgement, as_json
from queryexpr.issues import Issue
from workflow.doubts.doubt import Doubt
from workflow.meanings.cited import Cited
from workflow.models import Inquiry
from workflow.near.issues import without_values
from workflow.page import context, fragments
from workflow.page.cards import elsewhere, make_cards
from workflow.page.confirming import confirmable
from workflow.page.inquiry import from_stored
from workflow.running import may_run

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from core.http.exchange import Exchange
    from workflow.page.context import QueryView
    from workflow.sources.source import Source

VERSION = 1
NEWER = gettext_lazy("Your edits are not shown: a newer version of the portal stored them.")
GONE = gettext_noop("This question was deleted meanwhile.")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptQuery:
    """A valid query in `dialect`, as Inquiry.edited has it."""

    dialect: str
    ir: Document
    sql: str
    explanation: tuple[str, ...] = ()
    issues: tuple[Issue, ...] = ()
    clauses: dict[str, str]
    meanings: tuple[Cited, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class Restore(msgspec.Struct, forbid_unknown_fields=True):
    """One of the caller's own inquiries."""

    id: int


def kept_of(
    judgement: Judgement,
    dialect: str,
    clauses: dict[str, str],
    meanings: tuple[Cited, ...],
    doubts: tuple[Doubt, ...],
) -> KeptQuery | None:
    """Return what is kept of a judged query; None if it is not valid."""
    if not judgement.valid:
        return None
    return KeptQuery(
        dialect=dialect,
        ir=judgement.ir or {},
        sql=judgement.sql or "",
        explanation=judgement.explanation,
        issues=without_values(judgement.issues),
        clauses=clauses,
        meanings=meanings,
        doubts=doubts,
    )


async def question_of(pk: int, principal: Principal) -> str:
    """Return the question of the caller's own inquiry; empty if there is none, or no database."""
    own = Inquiry.of(principal.user).filter(pk=pk).values_list("question", flat=True)
    try:
        return await in_time(own.afirst()) or ""
    except Error:
        return ""


async def keep_query(pk: int, kept: KeptQuery, principal: Principal) -> bool:
    """Keep a valid query with an inquiry; False if the database does not answer, or has none."""
    own = Inquiry.of(principal.user).filter(pk=pk)
    try:
        return bool(await in_time(own.aupdate(edited=to_edited(kept))))
    except Error:  # the edit is shown all the same, and the page says that it is not kept
        return False


async def restore(exchange: Exchange) -> None:
    """Forget the edits of an inquiry."""
    body = check_types(await exchange.json(), Restore)
    principal = exchange.principal
    own = Inquiry.of(principal.user).filter(pk=body.id)
    row = await in_time(own.afirst())
    if row is None:
        raise PortalError("not_found", GONE)
    await in_time(own.aupdate(edited=None))
    row.edited = None
    view = stored_view(row, await may_run(row.source, principal))
    view = await confirmable(view, principal)
    await exchange.answer({"html": fragments.query_html(view)})


def stored_view(row: Inquiry, runs: Source | None) -> QueryView:
    """Return what the page shows of a stored answer: as it was edited last."""
    schema = {"source": row.source} if row.source else row.schema
    view = context.answer_view(from_stored(row.answer), schema, runs, row.pk)
    if not row.edited:
        return view
    kept = kept_query(row.edited)
    return _edited(view, kept) if kept else replace(view, message=_said(view.message, NEWER))


def to_edited(kept: KeptQuery) -> dict[str, Any]:
    """Return a query as Inquiry.edited has it."""
    return {"version": VERSION, **as_json(kept)}


def kept_query(edited: dict[str, Any]) -> KeptQuery | None:
    """Return the query of Inquiry.edited; None if it is of a version that is not known here."""
    if edited.get("version", VERSION) != VERSION:
        return None
    return msgspec.convert(edited, KeptQuery)


def _said(*sentences: object) -> str:
    return " ".join(filter(None, map(str, sentences)))


def _edited(view: QueryView, kept: KeptQuery) -> QueryView:
    cards = make_cards(kept.clauses, kept.issues)
    return replace(
        view,
        dialect=kept.dialect,
        message="",
        ir=kept.ir,
        sql=kept.sql,
        explanation=kept.explanation,
        cards=cards,
        issues=elsewhere(kept.issues, cards),
        meanings=kept.meanings,
        is_edited=True,
        **{**context.NOT_THE_MODELS, "doubts": kept.doubts},
    )
