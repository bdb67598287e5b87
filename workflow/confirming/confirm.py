"""
Confirm a question with its query, and withdraw that.

It needs the permission, and the source: those alone whose question may be answered may confirm one.
A confirmation gives no one a right, since the query of each who asks passes the gate with the
tables that they may see.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_noop

from core.database.threads import in_threads
from core.errors import PortalError, Sentence
from queryexpr.gate.operations import check_ir, check_sql
from queryexpr.issues import errors
from registry.gateway.marking import marked_aside
from registry.state.service import service
from workflow.bodies import MAX_CONFIRMED
from workflow.confirmed import store
from workflow.confirmed.normal import digest_of, normalised
from workflow.confirmed.parts import parts_of
from workflow.confirming.fresh import tables_of
from workflow.confirming.place import lookup_for
from workflow.meanings.never import refusal
from workflow.models import Confirmation
from workflow.running import judged_by_source
from workflow.sandbox import sandbox
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.auth.principals import Principal
    from queryexpr.gate.operations import Document, Judgement, Schema
    from workflow.confirmed.lookup import Lookup
    from workflow.subject import SchemaSubject

PERMISSION = "workflow.confirm_questions"
NOT_ALLOWED = gettext_noop("Confirming questions needs the permission {permission}.")
NOT_SAVED = gettext_noop("Save these tables first: then questions about them can be confirmed.")
NO_WORDS = gettext_noop("Write a question that has words.")
TOO_LONG = gettext_noop("A question that is confirmed has at most {limit} characters.")
NOT_VALID = gettext_noop("Only a valid query can be confirmed. {reason}")
GONE = gettext_noop("This confirmation is not there, or has ended.")


async def confirm(
    question: str,
    query: Document | str,
    schema: Schema,
    dialect: str | None,
    principal: Principal,
) -> tuple[Confirmation, Confirmation | None]:
    """Store a confirmation; return it, and the earlier one that it replaces if there is one.

    `query` is a query expression, or SQL of the dialect. Raises PortalError.
    """
    await check_may(principal)
    question = question.strip()
    _check_question(question)
    subject = await read_subject(schema, dialect, principal.access)
    subject = await judged_by_source(subject, principal)
    lookup = await lookup_for(subject, principal)
    if lookup is None:
        raise PortalError("invalid_request", [Sentence(NOT_SAVED)], param="schema")
    if reason := refusal(subject.meanings, question):
        raise PortalError("invalid_request", reason, param="question")
    row = await _row(question, await _judged(query, subject), subject, lookup, principal)
    return row, await _store(lookup, row)


async def withdraw(pk: int, schema: Schema, dialect: str | None, principal: Principal) -> None:
    """End a confirmation. Raises PortalError, `not_found` if it is not there."""
    await check_may(principal)
    subject = await read_subject(schema, dialect, principal.access)
    lookup = await lookup_for(subject, principal)
    if lookup is None or not await _withdraw(lookup, pk, principal.name):
        raise PortalError("not_found", [Sentence(GONE)], param="id")


async def check_may(principal: Principal) -> None:
    """Raise PortalError `permission_denied` if someone may not confirm."""
    if not await may_confirm(principal.user):
        sentence = Sentence(NOT_ALLOWED, permission=PERMISSION)
        raise PortalError("permission_denied", [sentence])


def _check_question(question: str) -> None:
    if not normalised(question):
        raise PortalError("invalid_request", [Sentence(NO_WORDS)], param="question")
    if len(question) > MAX_CONFIRMED:
        sentence = Sentence(TOO_LONG, limit=MAX_CONFIRMED)
        raise PortalError("invalid_request", [sentence], param="question")


async def _judged(query: Document | str, subject: SchemaSubject) -> Judgement:
    """Return the judgement of a valid query, which the source takes. Raises PortalError."""
    dialect, schema = subject.dialect, subject.schema
    if isinstance(query, str):
        judgement = await sandbox.run(check_sql(query, dialect, dialect, schema))
    else:
        judgement = await sandbox.run(check_ir(query, dialect, schema))
    reason = next((issue.message for issue in errors(judgement.issues)), "")
    if judgement.valid and subject.database:
        reason = await subject.database(judgement)
    if reason or not judgement.valid:
        raise PortalError("invalid_request", [Sentence(NOT_VALID, reason=reason)], param="ir")
    return judgement


async def _row(
    question: str,
    judgement: Judgement,
    subject: SchemaSubject,
    lookup: Lookup,
    principal: Principal,
) -> Confirmation:
    """Return the row of a confirmation; it is not stored yet."""
    access = principal.access.limited(local_only=subject.local_only or subject.has_local_values)
    access = await marked_aside(service.current, access, [question, judgement.ir])
    parts: Any = parts_of(judgement, await tables_of(subject), subject.meanings)
    return Confirmation(
        source=lookup.source,
        tables_id=lookup.tables,
        question=question,
        digest=digest_of(question),
        ir=judgement.ir,
        sql=judgement.sql or "",
        parts=parts,
        local_only=access.local_only,
        who=principal.user,
        username=principal.name,
    )


may_confirm = in_threads(lambda user: bool(user.has_perm(PERMISSION)))
_store = in_threads(store.confirm)
_withdraw = in_threads(store.withdraw)
