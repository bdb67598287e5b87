"""The workflow's page: empty, or with something that was asked before."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from core.http.decorators import groups_of, page, user_of
from queryexpr.dialects.all import TITLES
from registry.pages.choices import choices
from registry.state.service import service
from workflow.models import Inquiry, SavedSchema
from workflow.page import context as show
from workflow.page import fragments as parts
from workflow.page.run import runnable
from workflow.sources.loaded import sources
from workflow.sources.run import PERMISSION


@require_safe
@page
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty question."""
    return render(request, "workflow/page.html", _context(request, None))


@require_safe
@page
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was asked and answered. Its parts can be edited as then."""
    found = get_object_or_404(parts.own(user_of(request)), pk=pk)
    return render(request, "workflow/page.html", _context(request, found))


def _context(request: HttpRequest, opened: Inquiry | None) -> dict[str, Any]:
    groups, user = groups_of(request), user_of(request)
    return {
        "saved": SavedSchema.objects.filter(user=user),
        "sources": sources().visible(groups),
        "opened": opened,
        "inquiries": parts.latest(user),
        "dialects": TITLES,
        "chat": choices(service.current, "chat", groups),
        "sql": choices(service.current, "sql", groups),
        "result": _result(opened, request) if opened else "",
    }


def _result(opened: Inquiry, request: HttpRequest) -> str:
    """Return a kept answer as it was shown."""
    schema = {"source": opened.source} if opened.source else opened.schema
    runs = runnable(opened.source, groups_of(request))
    allowed = runs and user_of(request).has_perm(PERMISSION)
    shown = show.context(opened.answer, schema, runs if allowed else None)
    return render_to_string("workflow/_result.html", shown)
