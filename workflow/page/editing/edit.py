"""
POST /workflow/edit: an edited clause, query or SQL, or another dialect → `{"html", "valid"}`.

A valid query is kept with its `inquiry`; if that fails, there is a `"warning"`. What is not valid
is shown as it was typed, with its issues next to it; the other parts stay as they were before.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.utils.translation import gettext_lazy, gettext_noop

from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import (
    Document,
    Judgement,
    check_clauses,
    check_ir,
    check_sql,
)
from queryexpr.issues import Issue
from workflow import bodies
from workflow.confirming.confirm import may_confirm
from workflow.doubts.names import unused_measures
from workflow.meanings.cited import cited
from workflow.near.near import with_near
from workflow.page import fragments
from workflow.page.cards import elsewhere, make_cards, views
from workflow.page.context import NOT_VALID_YET, Edited, QueryView
from workflow.page.kept import KeptQuery, keep_query, kept_of, question_of
from workflow.pipeline.fixes import patch
from workflow.running import judged_by_source, may_run
from workflow.sandbox import sandbox
from workflow.subject import SchemaSubject, as_tables, read_dialect, read_subject

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from core.http.exchange import Exchange
    from workflow.doubts.doubt import Doubt

Text = Annotated[str, msgspec.Meta(max_length=64 * 1024)]
NOT_KEPT = gettext_lazy("This edit is not stored: it is gone when you leave the page.")
UNFIT = gettext_noop("This does not fit the query any more. Fix it by hand.")
EMPTY = Issue("empty", "Write a query: it begins with SELECT or WITH.")


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """An edit of what the page shows. `what` names which of the others it is.

    `ir` is the query before the edit. For `reading`, `words` and `undo` it is the one that is
    shown from now on: a reading that is kept, what a model made of words, or an earlier query.
    `dialect` is the one in which the page shows it, and `written` the one of the schema. `fix` is
    a JSON Patch of the query, as issues have them. `inquiry` is the caller's own that keeps it.
    """

    what: Literal["clauses", "ir", "sql", "dialect", "fix", "reading", "words", "undo"]
    schema: bodies.Schema
    dialect: str
    written: str | None = None
    target: str | None = None
    ir: Document | None = None
    clauses: dict[str, Text] | None = None
    text: Text | None = None
    fix: list[Document] | None = None
    inquiry: int | None = None


async def edit(exchange: Exchange) -> None:
    """Judge an edit, and render the query again: every part follows."""
    body = check_types(await exchange.json(), Edit)
    subject = await _subject(body, exchange.principal)
    target = read_dialect(body.target) if body.target else subject.dialect
    judgement = await _judge(body, subject, target)
    if target == subject.dialect:
        subject = await judged_by_source(subject, exchange.principal)
        judgement = await with_near(judgement, subject)
    clauses = await _clauses(body, judgement, subject, target)
    meanings = cited(judgement.meanings, subject.meanings)
    view = _view(body, judgement, clauses, target)
    runs = await may_run(subject.source, exchange.principal)
    may = body.inquiry is not None and await may_confirm(exchange.principal.user)
    doubts = await _doubts(body, judgement, subject, exchange.principal)
    view = replace(view, runs=runs, meanings=meanings, may_confirm=may, doubts=doubts)
    kept = kept_of(judgement, target, clauses, meanings, doubts)
    warning = await _keep(body, kept, exchange.principal)
    html = fragments.query_html(view)
    await exchange.answer({"html": html, "valid": judgement.valid, **warning})


async def _doubts(
    body: Edit, judgement: Judgement, subject: SchemaSubject, principal: Principal
) -> tuple[Doubt, ...]:
    """Return a doubt for each measure of the question that an edited query calculates otherwise."""
    if not judgement.valid or body.inquiry is None:
        return ()
    question = await question_of(body.inquiry, principal)
    used = (measure.name for measure in judgement.meanings)
    return tuple(unused_measures(question, subject.meanings, used))


async def _keep(body: Edit, query: KeptQuery | None, principal: Principal) -> dict[str, str]:
    """Keep a valid query with its inquiry, or return a warning."""
    if body.inquiry is None or query is None:
        return {}
    kept = await keep_query(body.inquiry, query, principal)
    return {} if kept else {"warning": str(NOT_KEPT)}


async def _subject(body: Edit, principal: Principal) -> SchemaSubject:
    """Return what the query is about. CREATE TABLE statements are read in their own dialect."""
    displayed, written = read_dialect(body.dialect), read_dialect(body.written or body.dialect)
    subject = await read_subject(body.schema, written, principal.access)
    others = {displayed, read_dialect(body.target or displayed)} - {written}
    return replace(await as_tables(subject) if others else subject, dialect=displayed)


async def _judge(body: Edit, subject: SchemaSubject, target: str) -> Judgement:
    if body.what == "clauses":
        return await sandbox.run(check_clauses(body.clauses or {}, target, subject.schema))
    if body.what == "sql":
        if not (body.text or "").strip():
            return Judgement(issues=(EMPTY,))
        return await sandbox.run(
            check_sql(body.text or "", subject.dialect, target, subject.schema)
        )
    try:
        document = _document(body)
    except ValueError as problem:
        return Judgement(issues=(Issue("shape", str(problem)),))
    return await sandbox.run(check_ir(document, target, subject.schema))


def _document(body: Edit) -> Document | None:
    """Return the query expression that is meant. Raises ValueError with words for people."""
    if body.what == "fix":
        return _patched(body.ir or {}, body.fix or [])
    if body.what != "ir":
        return body.ir
    try:
        document: Document = json.loads(body.text or "")
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise ValueError(f"This is not JSON: fix it at {place}.") from None
    except RecursionError:
        raise ValueError("This JSON is nested too deep.") from None
    return document


def _patched(ir: Document, fix: list[Document]) -> Document:
    document = deepcopy(ir)
    try:
        for operation in fix:
            patch(document, operation)
    except (LookupError, TypeError, ValueError, AttributeError):
        raise PortalError("invalid_request", UNFIT, param="fix") from None
    return document


async def _clauses(
    body: Edit, judgement: Judgement, subject: SchemaSubject, target: str
) -> dict[str, str]:
    """Return what the cards show: what was typed, until it is valid."""
    if body.what == "clauses" and not judgement.valid:
        return body.clauses or {}
    return await fragments.clauses_of(judgement.ir or body.ir, target, subject)


def _view(body: Edit, judgement: Judgement, clauses: dict[str, str], target: str) -> QueryView:
    """Return what the page shows: issues of a text next to it, others in cards."""
    behind = judgement.ir is None and body.what != "clauses"
    of_text = () if judgement.valid or body.what not in ("sql", "ir") else judgement.issues
    of_query = () if of_text else judgement.issues
    cards = make_cards(clauses, of_query)
    return QueryView(
        schema=body.schema,
        dialect=target,
        written=body.written or body.dialect,
        message="" if judgement.valid else str(NOT_VALID_YET),
        ir=judgement.ir or body.ir,
        sql=judgement.sql or "",
        explanation=judgement.explanation,
        cards=cards,
        issues=elsewhere(of_query, cards),
        sql_issues=views(of_text if body.what == "sql" else ()),
        ir_issues=views(of_text if body.what == "ir" else ()),
        inquiry=body.inquiry,
        is_edited=body.inquiry is not None,
        edited=Edited(what=body.what, text=body.text or "", behind=behind),
    )
