"""
POST /workflow/words: what to change in a query, in words → events with progress, then its end.

The end is `{"ir", "by", "doubts"}`, the changed query that the page then edits in, or `{"said"}`, a
sentence that says why there is none.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec
from django.utils.translation import gettext

from core.errors import PortalError
from core.http.body import check_types
from core.http.sse import EventStream
from queryexpr.gate.operations import Document
from queryexpr.issues import errors
from workflow import bodies
from workflow.confirming.place import with_confirmed
from workflow.page.events import event, reporter
from workflow.page.failure import failure_of, title_of
from workflow.running import judged_by_source
from workflow.service import build_ir
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange
    from workflow.answers import IRAnswer


class Words(msgspec.Struct, forbid_unknown_fields=True):
    """What to change in `ir`, a valid query expression. `dialect` is that of the schema."""

    words: bodies.Question
    ir: Document
    schema: bodies.Schema
    dialect: str
    chat: bodies.ID | None = None


async def words(exchange: Exchange) -> None:
    """Ask a model for the changed query, and report each step."""
    body = check_types(await exchange.json(), Words)
    async with EventStream(exchange, {}) as stream:
        await stream.write(event(await _end(body, exchange, stream)))
        await stream.end()


async def _end(body: Words, exchange: Exchange, stream: EventStream) -> dict[str, Any]:
    """Return the last event. Raises PortalError for what cannot be asked."""
    began, principal = time.monotonic(), exchange.principal
    subject = await read_subject(body.schema, body.dialect, principal.access)
    subject = await judged_by_source(subject, principal)
    subject = await with_confirmed(subject, principal)
    question = bodies.BuildIR(body.words, body.ir, model=body.chat)
    report = reporter("chat", stream)
    try:
        answer = await build_ir(question, subject, principal.access, exchange.call, report)
    except PortalError as error:
        failure = failure_of(error, time.monotonic() - began, exchange.id)
        if failure is None:
            raise
        return {"said": failure.sentence}
    return _shown(answer)


def _shown(answer: IRAnswer) -> dict[str, Any]:
    if not answer.valid:
        return {"said": _why(answer)}
    doubts = [str(doubt) for doubt in answer.doubts]
    return {"ir": answer.ir, "by": title_of(answer.resolution), "doubts": doubts}


def _why(answer: IRAnswer) -> str:
    """Return why a model's answer has no query, with what to do."""
    if answer.ambiguous:
        options = ", ".join(answer.ambiguous.options)
        sentence = gettext("“{term}” can mean: {options}. Say which.")
        return sentence.format(term=answer.ambiguous.term, options=options)
    if answer.unanswerable:
        return answer.unanswerable
    wrong = errors(answer.issues)
    sentence = gettext("The model wrote no query that is valid: {reason} Say it in other words.")
    return sentence.format(reason=wrong[0].message if wrong else "")
