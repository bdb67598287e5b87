"""The workflow's page: empty, or with a stored answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from core.http.decorators import access_of, groups_of, page, user_of
from queryexpr.dialects.all import TITLES
from registry.pages.choices import choices
from registry.state.service import service
from workflow import counts
from workflow.models import Inquiry, SavedSchema
from workflow.page import context
from workflow.page.confirming import confirmable_now
from workflow.page.example import example
from workflow.page.inquiry import from_stored
from workflow.page.kept import stored_view
from workflow.page.own_questions import questions_about
from workflow.running import runnable
from workflow.sources.loaded import sources
from workflow.sources.run import may_query


@require_safe
@page
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty question."""
    return render(request, "workflow/page.html", _context(request, None))


@require_safe
@page
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a question and its stored answer, which can be edited again."""
    opened = get_object_or_404(Inquiry.of(user_of(request)), pk=pk)
    return render(request, "workflow/page.html", _context(request, opened))


@require_safe
@page
def confirmed(request: HttpRequest) -> HttpResponse:
    """Show the confirmed questions, which the page's script loads: schemas are read for that."""
    return render(request, "workflow/confirmed.html")


def _context(request: HttpRequest, opened: Inquiry | None) -> dict[str, Any]:
    groups, user = groups_of(request), user_of(request)
    visible = sources().visible(access_of(request))
    return {
        "saved": SavedSchema.objects.filter(user=user),
        "sources": visible,
        "own_questions": questions_about(visible),
        "opened": opened,
        "inquiries": Inquiry.latest(user),
        "inquiries_note": counts.inquiries(user).note,
        "schemas_note": counts.schemas(user).note,
        "example": example(),
        "dialects": TITLES,
        "chat": choices(service.current, "chat", groups),
        "sql": choices(service.current, "sql", groups),
        **(_result(opened, request) if opened else {}),
    }


def _result(opened: Inquiry, request: HttpRequest) -> dict[str, Any]:
    """Return what `_result.html` shows of a stored answer, or why there is none."""
    runs = runnable(opened.source, access_of(request))
    allowed = runs if runs and may_query(runs, user_of(request)) else None
    answer = from_stored(opened.answer)
    if answer.failure:
        return {"failure": answer.failure}
    query = confirmable_now(stored_view(opened, allowed), user_of(request), access_of(request))
    models = context.models_view(answer)
    return {"question": opened.question, "query": query, "models": models}
