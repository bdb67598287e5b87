"""The page of comparisons. Every query begins with the user's own conversations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from chat.comparison.columns import LETTERS, Column, column
from chat.comparison.votes import keep, versions
from chat.models import Message
from chat.pages.listing import own
from chat.pages.reading import shown
from core.errors import PortalError
from core.http.decorators import groups_of, page, user_of
from registry.pages.choices import choices
from registry.state.service import service

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from chat.models import Conversation


@require_safe
@page
def compare(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Show an empty comparison, or the answers to the last question of a conversation.

    With `blind` in the query the models' names are hidden, until one answer was kept.
    """
    opened = get_object_or_404(own(request), pk=pk) if pk else None
    context = {
        "letters": LETTERS,
        "choices": choices(service.current, "chat", groups_of(request)),
        "blank": column(Message(role="assistant", model="", state="running"), service.current),
        **(_answers(request, opened) if opened else {}),
    }
    return render(request, "chat/comparison/page.html", context)


def _answers(request: HttpRequest, opened: Conversation) -> dict[str, Any]:
    """Return the last question of a conversation with its answers."""
    questions = opened.messages.filter(replaced=False, role=Message.Role.USER)
    question = questions.select_related("vote").last()
    if question is None:
        raise Http404
    vote = getattr(question, "vote", None)
    blind = "blind" in request.GET and vote is None
    answers = shown(versions(question.pk))
    columns = [
        column(answer, service.current, letter if blind else "", kept=_is_kept(vote, answer))
        for letter, answer in zip(LETTERS, answers, strict=False)
    ]
    return {"question": question, "conversation": opened, "columns": columns, "vote": vote}


def _is_kept(vote: Any, answer: Message) -> bool:
    return vote is not None and vote.kept_id == answer.pk


@require_safe
@page
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Return one answer as the page shows it; `letter` hides its model."""
    row = next(shown(_own_answers(request).filter(pk=pk)), None)
    if row is None:
        raise Http404
    vote = getattr(row.parent, "vote", None)
    letter = request.GET.get("letter", "") if vote is None else ""
    shown_column = column(row, service.current, _known(letter), kept=_is_kept(vote, row))
    return _rendered(request, shown_column)


def _known(letter: str) -> str:
    return letter if letter in LETTERS else ""


def _rendered(request: HttpRequest, shown_column: Column) -> HttpResponse:
    return render(request, "chat/comparison/_answer.html", {"column": shown_column})


@require_POST
@page
def keep_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on from this answer. The response is empty; `blind`: names were hidden."""
    kept = get_object_or_404(_own_answers(request), pk=pk)
    try:
        keep(kept, blind="blind" in request.POST)
    except PortalError as error:
        return HttpResponse(error.message, status=error.kind.status)
    return HttpResponse(status=204)


def _own_answers(request: HttpRequest) -> Any:
    own_messages = Message.objects.filter(conversation__user=user_of(request))
    return own_messages.filter(role=Message.Role.ASSISTANT).select_related("parent__vote")
