"""The workflow's page, what was asked before, and the schemas that people keep."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST, require_safe

from registry.choices import choices
from registry.service import service
from registry.site import groups_of, page, user_of
from workflow import show
from workflow.known import sources
from workflow.models import NAME_LENGTH, Inquiry, SavedSchema
from workflow.query.names import TITLES

MISSING = "A schema needs a name and CREATE TABLE statements."
SHOWN = 30  # inquiries


def own(request: HttpRequest) -> QuerySet[Inquiry]:
    return Inquiry.objects.filter(user=user_of(request))


@require_safe
@page
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty question."""
    return render(request, "workflow/page.html", _context(request, None))


@require_safe
@page
def inquiry(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what was asked and answered. Its parts can be edited as then."""
    found = get_object_or_404(own(request), pk=pk)
    return render(request, "workflow/page.html", _context(request, found))


@require_POST
@page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget an inquiry."""
    get_object_or_404(own(request), pk=pk).delete()
    return redirect("workflow")


class SchemaForm(forms.Form):
    name = forms.CharField(max_length=NAME_LENGTH)
    dialect = forms.ChoiceField(choices=list(TITLES.items()))
    text = forms.CharField(max_length=512 * 1024)


@require_POST
@page
def save_schema(request: HttpRequest) -> HttpResponse:
    """Keep a schema under a name; one of the same name is replaced. Returns the choices anew."""
    form = SchemaForm(request.POST)
    if not form.is_valid():
        return HttpResponse(MISSING, status=400, content_type="text/plain")
    given = form.cleaned_data
    SavedSchema.objects.update_or_create(
        user=user_of(request), name=given["name"],
        defaults={"dialect": given["dialect"], "text": given["text"]},
    )  # fmt: skip
    return render(request, "workflow/_schemas.html", _schemas(request))


@require_POST
@page
def delete_schema(request: HttpRequest, pk: int) -> HttpResponse:
    """Forget a schema. Returns the choices anew."""
    get_object_or_404(SavedSchema, pk=pk, user=user_of(request)).delete()
    return render(request, "workflow/_schemas.html", _schemas(request))


def _schemas(request: HttpRequest) -> dict[str, Any]:
    """Return what can be asked about."""
    saved = SavedSchema.objects.filter(user=user_of(request))
    return {"saved": saved, "sources": sources().visible(groups_of(request))}


def _context(request: HttpRequest, opened: Inquiry | None) -> dict[str, Any]:
    groups = groups_of(request)
    return {
        **_schemas(request),
        "opened": opened,
        "inquiries": own(request).defer("answer", "schema")[:SHOWN],
        "dialects": TITLES,
        "chat": choices(service.current, "chat", groups),
        "sql": choices(service.current, "sql", groups),
        "result": _result(opened) if opened else "",
    }


def _result(opened: Inquiry) -> str:
    """Return a kept answer as it is shown: its cards come when somebody edits it."""
    schema = {"source": opened.source} if opened.source else opened.schema
    shown = show.context(opened.answer, {}, {"schema": schema})
    return render_to_string("workflow/_result.html", shown)
