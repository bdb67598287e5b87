"""The list of conversations: search, folders, pins, and new titles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from chat.models import FOLDER_LENGTH, TITLE_LENGTH, Conversation, Message, State
from chat.pages.lines import LineField
from chat.pages.periods import under_headings
from core.http.decorators import page, user_of

if TYPE_CHECKING:
    from collections.abc import Mapping

PER_PAGE = 40
CHANGED = "conversations-changed"  # the page's list listens to it


def own(request: HttpRequest) -> QuerySet[Conversation]:
    """Return the user's conversations; those with an answer under way are `answering`."""
    running = Message.objects.filter(conversation=OuterRef("pk"), state=State.RUNNING)
    return Conversation.objects.filter(user=user_of(request)).annotate(answering=Exists(running))


@require_safe
@page
def conversations(request: HttpRequest) -> HttpResponse:
    """Return the conversations that match `q`, newest first, after `skip` of them."""
    return render(request, "chat/_conversations.html", entries(request))


def entries(request: HttpRequest) -> dict[str, Any]:
    """Return what the list shows: pinned conversations first, then the newest."""
    q, folder = (_text(request.GET, name) for name in ("q", "folder"))
    number = request.GET.get("skip", "")
    skip = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    start = max(skip - 1, 0)  # with the entry before: the heading may be its own
    rows = list(_matches(request, q, folder)[start : skip + PER_PAGE + 1])
    before = rows.pop(0) if skip and rows else None
    return {
        "q": q,
        "folder": folder,
        "folders": [] if skip else _folders(request),
        "groups": under_headings(rows[:PER_PAGE], before),
        "more": skip + PER_PAGE if len(rows) > PER_PAGE else None,
        "first": skip == 0,
        "opened": opened(request),
    }


def _text(query: Mapping[str, str], name: str) -> str:
    return query.get(name, "").replace("\0", "").strip()[:200]


def _matches(request: HttpRequest, q: str, folder: str) -> QuerySet[Conversation]:
    rows = own(request).order_by("-pinned", "-updated")
    if folder:
        rows = rows.filter(folder=folder)
    if q:
        owned = Message.objects.filter(conversation__user=user_of(request))
        with_q = owned.filter(content__icontains=q).values("conversation")
        rows = rows.filter(Q(title__icontains=q) | Q(pk__in=with_q))
    return rows


def _folders(request: HttpRequest) -> list[str]:
    names = own(request).exclude(folder="").order_by("folder").values_list("folder", flat=True)
    return [*names.distinct()]


def opened(request: HttpRequest) -> UUID | None:
    """Return the ID of the conversation that the reader has open."""
    try:
        path = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
        return UUID(path.rpartition("/")[2])
    except ValueError:
        return None


# ── One entry ───────────────────────────────────────────────────────────────────────────────


class TitleForm(forms.Form):
    value = LineField(max_length=TITLE_LENGTH, label=_("New title"))


class FolderForm(forms.Form):
    value = LineField(max_length=FOLDER_LENGTH, required=False, label=_("Folder"))


FORMS: dict[str, type[forms.Form]] = {"title": TitleForm, "folder": FolderForm}


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, pk: UUID, field: str) -> HttpResponse:
    """Change the title or the folder: the form by GET, the new entry in the list by POST."""
    row = get_object_or_404(own(request), pk=pk)
    form = FORMS[field](request.POST or None, initial={"value": getattr(row, field)})
    if request.method == "POST" and form.is_valid():
        setattr(row, field, form.cleaned_data["value"])
        row.save(update_fields=[field])
        response = _entry(request, row)
        return trigger_client_event(response, CHANGED) if field == "folder" else response
    if "cancel" in request.GET:
        return _entry(request, row)
    context = {"row": row, "form": form, "field": field, "folders": _folders(request)}
    return render(request, "chat/_edit.html", context)


@require_safe
@page
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return the entry of a conversation in the list."""
    return _entry(request, get_object_or_404(own(request), pk=pk))


def _entry(request: HttpRequest, row: Conversation) -> HttpResponse:
    context = {"row": row, "opened": opened(request)}
    return render(request, "chat/_conversation.html", context)


@require_POST
@page
def pin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Pin a conversation to the top of the list, or unpin it. The page then reloads the list."""
    row = get_object_or_404(own(request), pk=pk)
    row.pinned = not row.pinned
    row.save(update_fields=["pinned"])
    return trigger_client_event(HttpResponse(status=204), CHANGED)


@require_POST
@page
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a conversation for good, and redirect to a new one if it is open."""
    row = get_object_or_404(own(request), pk=pk)
    row.delete()
    if opened(request) == pk:
        return HttpResponseClientRedirect(reverse("home"))
    return HttpResponse()
