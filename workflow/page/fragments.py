"""The parts of the workflow's page that are rendered anew while somebody looks at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from workflow.models import Inquiry, SavedSchema
from workflow.page import context as show
from workflow.page.run import may_run
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.auth import Principal
    from workflow.subject import Subject

SHOWN = 30  # inquiries


def own(user: Any) -> QuerySet[Inquiry]:
    """Return what somebody asked before; others never see it."""
    return Inquiry.objects.filter(user=user)


def latest(user: Any) -> QuerySet[Inquiry]:
    """Return the inquiries that a page lists."""
    return own(user).defer("answer", "schema")[:SHOWN]


async def list_html(principal: Principal, opened: int | None) -> str:
    """Return the list of what was asked before, in which `opened` is marked."""
    rows = [row async for row in latest(principal.user)]
    shown = {"inquiries": rows, "opened": {"pk": opened}}
    return render_to_string("workflow/_inquiries.html", shown)[:]  # a plain str, for msgspec


async def schemas_html(principal: Principal) -> str:
    """Return the choices of what can be asked about."""
    saved = [row async for row in SavedSchema.objects.filter(user=principal.user)]
    shown = {"saved": saved, "sources": sources().visible(principal.groups)}
    return render_to_string("workflow/_schemas.html", shown)[:]


async def answer_html(
    template: str, answer: dict[str, Any], schema: Any, subject: Subject, principal: Principal
) -> str:
    """Return an answer, as `_result.html` with what models wrote, or as `_query.html` alone."""
    shown = show.context(answer, schema, await may_run(subject.source, principal))
    return render_to_string(f"workflow/{template}.html", shown)[:]


async def clauses_of(ir: Any, dialect: str, subject: Subject) -> dict[str, str]:
    """Return the clauses of a query expression, as far as it can be read."""
    if not ir:
        return {}
    arguments = {"ir": ir, "target": dialect, "schema": subject.schema}
    found: dict[str, str] = (await sandbox.run("clauses", arguments)).get("clauses", {})
    return found
