"""The page of comparisons. Every query begins with the user's own conversations."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from chat.comparison.columns import LETTERS, column
from chat.comparison.votes import keep, versions
from chat.frames import MAX_BESIDE
from chat.models import Conversation, Message, State
from chat.pages.listing import own
from chat.pages.reading import shown
from chat.progress import mark_read
from core.errors import PortalError
from core.http.decorators import groups_of, page, user_of
from core.http.refusals import refused
from registry.pages.choices import choices
from registry.state.service import service

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

MAX_ASKED = 3  # models on the page; others may have answered beside them since


@require_safe
@page
def compare(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Show an empty comparison, or the answers to the last question of a conversation.

    With `blind` in the query the models' names are hidden, until one answer was kept: it has the
    letters of the answers.
    """
    opened = get_object_or_404(own(request), pk=pk) if pk else None
    if opened:
        mark_read(opened)
    context = {
        "letters": LETTERS[:MAX_ASKED],
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
    letters = iter(() if vote else _letters(request))
    answers = islice(shown(versions(question.pk)), MAX_BESIDE)
    columns = [
        column(answer, service.current, next(letters, ""), kept=_is_kept(vote, answer))
        for answer in answers
    ]
    return {"question": question, "conversation": opened, "columns": columns, "vote": vote}


def _letters(request: HttpRequest) -> list[str]:
    """Return the letters of hidden models: those of the address, then the others."""
    if (given := request.GET.get("blind")) is None:
        return []
    known = [letter for letter in dict.fromkeys(given) if letter in LETTERS]
    return known + [letter for letter in LETTERS if letter not in known]


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
    return render(request, "chat/comparison/_answer.html", {"column": shown_column})


def _known(letter: str) -> str:
    return letter if letter in LETTERS else ""


@require_POST
@page
def keep_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on from this answer. The response is empty; `blind`: names were hidden."""
    ended = _own_answers(request).exclude(state=State.FAILED).exclude(content="")
    kept = get_object_or_404(ended, pk=pk)
    try:
        keep(kept, blind="blind" in request.POST)
    except PortalError as error:
        return refused(error)
    except Conversation.DoesNotExist:  # it was deleted meanwhile
        raise Http404 from None
    return HttpResponse(status=204)


def _own_answers(request: HttpRequest) -> Any:
    own_messages = Message.objects.filter(conversation__user=user_of(request))
    return own_messages.filter(role=Message.Role.ASSISTANT).select_related("parent__vote")
