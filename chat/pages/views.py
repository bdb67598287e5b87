"""The chat page and its parts. Every query begins with the user's own conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from chat.instructions import own_instructions
from chat.models import TITLE_LENGTH, Conversation, Message
from chat.pages import export
from chat.pages.presentation import runs, view
from chat.pages.reading import shown, sizes
from chat.prompts import of_file
from chat.size import is_nearly_full
from core.http.decorators import groups_of, page, user_of
from registry.pages.choices import choices
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PER_PAGE = 40
MAX_MESSAGES = 100  # on a page, unless `all` is asked for: each takes a millisecond
MAX_CHARS = 300_000


def own(request: HttpRequest) -> QuerySet[Conversation]:
    return Conversation.objects.filter(user=user_of(request))


@require_safe
@page
def new(request: HttpRequest) -> HttpResponse:
    """Show an empty conversation."""
    return _page(request, None)


@require_safe
@page
def temporary(request: HttpRequest) -> HttpResponse:
    """Show an empty conversation that is not stored."""
    return _page(request, None, temporary=True)


@require_safe
@page
def conversation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show a conversation."""
    return _page(request, get_object_or_404(own(request), pk=pk))


def _page(
    request: HttpRequest, opened: Conversation | None, *, temporary: bool = False
) -> HttpResponse:
    context = {
        **_list(request),
        "conversation": opened,
        "temporary": temporary,
        "first_prompts": [p for p in of_file(service.current, groups_of(request)) if p.first],
        "own_instructions": own_instructions(user_of(request)),
        **(_history(request, opened) if opened else {}),
        "deleted_on": opened and opened.deleted_on,
        "nearly_full": bool(opened and is_nearly_full(opened)),
        "choices": choices(service.current, "chat", groups_of(request)),
        "blank": {"question": _blank("user"), "answer": _blank("assistant")},
    }
    return render(request, "chat/page.html", context)


def _history(request: HttpRequest, opened: Conversation) -> dict[str, Any]:
    """Return the latest messages of a conversation, and the number of earlier ones.

    With `all` in the query there are more, but not all of what is larger than conversations may be:
    a page takes some forty times the size of its messages in memory.
    """
    whole = "all" in request.GET
    number, chars = (None, settings.MAX_CONVERSATION_CHARS) if whole else (MAX_MESSAGES, MAX_CHARS)
    newest_first = opened.messages.order_by("-pk")
    keys = [pk for pk, size in _first(sizes(newest_first)[:number], chars)]
    rows = [*shown(newest_first.filter(pk__in=keys))][::-1]
    earlier = newest_first.filter(pk__lt=rows[0].pk).count() if rows else 0
    facts = {"earlier": earlier, "whole": whole, "conversation": opened}
    return {"runs": runs(rows, service.current), **facts}


def _first(sizes: Iterable[tuple[int, int]], limit: int) -> Iterator[tuple[int, int]]:
    """Return those with up to `limit` characters together, and at least one."""
    total = 0
    for number, (pk, size) in enumerate(sizes):
        total += size
        if number and total > limit:
            return
        yield pk, size


def _blank(role: str) -> Any:
    """Return a message for the page's script to fill in."""
    return view(Message(role=role, model="", state="running"), service.current)


@require_safe
@page
def messages(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return the messages of a conversation, as the page shows them."""
    opened = get_object_or_404(own(request), pk=pk)
    return render(request, "chat/_messages.html", _history(request, opened))


@require_safe
@page
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one message, as the page shows it."""
    owned = Message.objects.filter(conversation__user=user_of(request), pk=pk)
    row = next(shown(owned), None)
    if row is None:
        raise Http404
    return render(request, "chat/_message.html", {"view": view(row, service.current)})


# ── The list of conversations ───────────────────────────────────────────────────────────────


@require_safe
@page
def conversations(request: HttpRequest) -> HttpResponse:
    """Return the conversations that match `q`, newest first, after `skip` of them."""
    return render(request, "chat/_conversations.html", _list(request))


def _list(request: HttpRequest) -> dict[str, Any]:
    q = request.GET.get("q", "").replace("\0", "").strip()[:200]
    number = request.GET.get("skip", "")
    skip = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 0
    matches = own(request)
    if q:
        owned = Message.objects.filter(conversation__user=user_of(request))
        with_q = owned.filter(content__icontains=q).values("conversation")
        matches = matches.filter(Q(title__icontains=q) | Q(pk__in=with_q))
    rows = list(matches[skip : skip + PER_PAGE + 1])
    return {
        "q": q,
        "rows": rows[:PER_PAGE],
        "more": skip + PER_PAGE if len(rows) > PER_PAGE else None,
        "first": skip == 0,
        "opened": _opened(request),
    }


def _opened(request: HttpRequest) -> UUID | None:
    """Return the ID of the conversation that the reader has open."""
    try:
        path = urlsplit(request.headers.get("HX-Current-URL", "")).path or request.path
        return UUID(path.rpartition("/")[2])
    except ValueError:
        return None


class TitleForm(forms.Form):
    title = forms.CharField(max_length=TITLE_LENGTH)


@require_http_methods(["GET", "HEAD", "POST"])
@page
def title(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Rename a conversation: the form by GET, its new entry in the list by POST."""
    row = get_object_or_404(own(request), pk=pk)
    form = TitleForm(request.POST or None, initial={"title": row.title})
    if request.method == "POST" and form.is_valid():
        row.title = form.cleaned_data["title"]
        row.save(update_fields=["title"])
        return _entry(request, row)
    if "cancel" in request.GET:
        return _entry(request, row)
    return render(request, "chat/_rename.html", {"row": row, "form": form})


def _entry(request: HttpRequest, row: Conversation) -> HttpResponse:
    context = {"row": row, "opened": _opened(request)}
    return render(request, "chat/_conversation.html", context)


@require_POST
@page
def delete(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Delete a conversation for good, and redirect to a new one if it is open."""
    row = get_object_or_404(own(request), pk=pk)
    row.delete()
    if _opened(request) == pk:
        return HttpResponseClientRedirect(reverse("home"))
    return HttpResponse()


@require_safe
@page
def download(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Return a conversation as a file, in Markdown or JSON."""
    opened = get_object_or_404(own(request), pk=pk)
    if kind not in export.KINDS:
        raise Http404
    write, media = export.KINDS[kind]
    response = HttpResponse(write(opened), content_type=media)
    name = f"{export.file_name(opened)}.{kind}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
