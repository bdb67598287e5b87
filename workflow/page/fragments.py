"""The parts of the workflow's page that are rendered again while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from asgiref.sync import sync_to_async
from django.template.loader import render_to_string

from core.database.threads import in_time
from queryexpr.gate.operations import Document, split_clauses
from queryexpr.issues import Refused
from workflow import counts
from workflow.models import Inquiry, SavedSchema
from workflow.page.example import example
from workflow.sandbox import sandbox
from workflow.sources.loaded import sources

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from core.auth.principals import Principal
    from workflow.page.context import ModelsView, QueryView
    from workflow.subject import SchemaSubject

Row = TypeVar("Row", Inquiry, SavedSchema)


async def list_html(principal: Principal, opened: int | None) -> str:
    """Return the list of earlier questions, in which `opened` is marked."""
    inquiries = await in_time(_listed(Inquiry.latest(principal.user)))
    note = await _note(counts.inquiries(principal.user))
    context = {"inquiries": inquiries, "inquiries_note": note, "opened": {"pk": opened}}
    return render("_inquiries", context)


async def schemas_html(principal: Principal) -> str:
    """Return the choices of what can be asked about."""
    saved = await in_time(_listed(SavedSchema.objects.filter(user=principal.user)))
    note = await _note(counts.schemas(principal.user))
    visible = sources().visible(principal.access)
    context = {"saved": saved, "schemas_note": note, "sources": visible, "example": example()}
    return render("_schemas", context)


async def _note(count: counts.Count) -> str:
    return await in_time(sync_to_async(lambda: count.note)())


async def _listed(rows: QuerySet[Row]) -> list[Row]:
    return [row async for row in rows]


def result_html(question: str, query: QueryView, models: ModelsView | None) -> str:
    """Return an answer with the replies of models."""
    return render("_result", {"question": question, "query": query, "models": models})


def query_html(query: QueryView) -> str:
    """Return a query that can be edited."""
    return render("_query", {"query": query})


def render(template: str, context: dict[str, Any]) -> str:
    """Return a template's HTML as a plain str: msgspec does not encode Django's SafeString."""
    return render_to_string(f"workflow/{template}.html", context)[:]


async def clauses_of(ir: Document | None, dialect: str, subject: SchemaSubject) -> dict[str, str]:
    """Return the clauses of a query expression, as far as it can be read."""
    if not ir:
        return {}
    try:
        return (await sandbox.run(split_clauses(ir, dialect, subject.schema))).clauses
    except Refused:
        return {}
