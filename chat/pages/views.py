"""The chat page and its parts. Every query begins with the user's own conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from chat.frames import MAX_FILES
from chat.instructions import own_instructions
from chat.models import Conversation, Message
from chat.pages import export
from chat.pages.listing import entries, own
from chat.pages.presentation import runs, view
from chat.pages.reading import shown, sizes
from chat.progress import mark_read
from chat.prompts import of_file
from chat.size import is_nearly_full
from chat.versions import versions_of
from core.auth.principals import OPERATE
from core.http.decorators import groups_of, page, user_of
from registry.pages.choices import choices
from registry.pages.first_steps import first_steps
from registry.state.service import service

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from registry.pages.first_steps import Step

MAX_MESSAGES = 100  # on a page, unless `all` is asked for: each takes a millisecond
MAX_CHARS = 300_000


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
    opened = get_object_or_404(own(request), pk=pk)
    mark_read(opened)
    return _page(request, opened)


def _page(
    request: HttpRequest, opened: Conversation | None, *, temporary: bool = False
) -> HttpResponse:
    context = {
        **entries(request),
        "conversation": opened,
        "temporary": temporary,
        "first_prompts": [p for p in of_file(service.current, groups_of(request)) if p.first],
        "own_instructions": own_instructions(user_of(request)),
        **(history(request, opened) if opened else {}),
        "deleted_on": opened and opened.deleted_on,
        "nearly_full": bool(opened and is_nearly_full(opened)),
        "choices": choices(service.current, "chat", groups_of(request)),
        "steps": [] if opened else _steps(request),
        "max_file": settings.MAX_ATTACHMENT_BYTES,
        "max_files": MAX_FILES,
        "blank": {"question": _blank("user"), "answer": _blank("assistant")},
    }
    return render(request, "chat/page.html", context)


def _steps(request: HttpRequest) -> list[Step]:
    """Return what makes providers ready; for operators, until someone has asked something."""
    if not user_of(request).has_perm(OPERATE) or Conversation.objects.exists():
        return []
    return first_steps(service.current)


def history(request: HttpRequest, opened: Conversation) -> dict[str, Any]:
    """Return the latest messages of a conversation, and the number of earlier ones.

    With `all` in the query there are more, but not all of what is larger than conversations may be:
    a page takes some forty times the size of its messages in memory. `before` is a message: only
    earlier ones are returned.
    """
    whole = "all" in request.GET
    number, chars = (None, settings.MAX_CONVERSATION_CHARS) if whole else (MAX_MESSAGES, MAX_CHARS)
    newest_first = opened.messages.order_by("-pk")
    if before := _number(request, "before"):
        newest_first = newest_first.filter(pk__lt=before)
    keys = [pk for pk, size in _first(sizes(newest_first)[:number], chars)]
    rows = [*shown(newest_first.filter(pk__in=keys))][::-1]
    first = rows[0].pk if rows else 0
    earlier = newest_first.filter(pk__lt=first).count()
    facts = {"earlier": earlier, "first": first, "whole": whole, "conversation": opened}
    version = "" if before else version_of(opened)
    return {"runs": runs(rows, service.current), "version": version, **facts}


def version_of(opened: Conversation) -> str:
    """Return what changes with each question and each end of an answer."""
    return f"{opened.updated.timestamp():.6f}"


def _number(request: HttpRequest, name: str) -> int:
    """Return a number of the query; 0 if it is none."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 17 else 0


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
    """Return the messages of a conversation, as the page shows them.

    Nothing, if `since` is the version that the page has.
    """
    opened = get_object_or_404(own(request), pk=pk)
    if request.GET.get("since") == version_of(opened):
        return HttpResponse(status=204)
    mark_read(opened)
    return render(request, "chat/_messages.html", history(request, opened))


@require_safe
@page
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one message, as the page shows it."""
    owned = Message.objects.filter(conversation__user=user_of(request), pk=pk)
    row = next(shown(owned.select_related("conversation")), None)
    if row is None:
        raise Http404
    mark_read(row.conversation)
    shown_view = view(row, service.current, versions_of([row]))
    return render(request, "chat/_message.html", {"view": shown_view})


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
