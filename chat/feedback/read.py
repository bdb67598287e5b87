"""
The page of all feedback, for those with the permission `chat.view_feedback`.

A question and its answer are fetched when they are opened: many long answers take long to render.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.decorators import permission_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.comparison.votes import scores
from chat.models import Feedback, Message
from chat.pages.markdown import render as render_markdown
from chat.pages.reading import MAX_SHOWN, shown
from core.http.decorators import page

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

READ = "chat.view_feedback"
PER_PAGE = 25


@require_safe
@page
@permission_required(READ, raise_exception=True)
def feedback(request: HttpRequest) -> HttpResponse:
    """Show how many answers of each model were good, and what was said last; or of one model."""
    model = request.GET.get("model", "").replace("\0", "")[:300]
    rows = Feedback.objects.select_related("message").order_by("-created", "-pk")
    rows = rows.exclude(reason="", text="", shared=False)  # there is nothing to read
    rows = rows.defer("message__content", "message__thoughts")
    if model:
        rows = rows.filter(message__model=model)
    pages = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "by_model": by_model(),
        "model": model,
        "pages": pages,
        "scores": [] if model else scores(),
    }
    return render(request, "chat/feedback.html", context)


def by_model() -> list[dict[str, Any]]:
    """Return `{message__model, yes, bad, share}` of each model with feedback, the most first.

    `share` is the percentage of good ones.
    """
    rows = Feedback.objects.values("message__model").annotate(
        bad=Count("pk", filter=Q(good=False)), yes=Count("pk", filter=Q(good=True))
    )
    counted = [
        {**row, "share": round(100 * row["yes"] / (row["yes"] + row["bad"]))} for row in rows
    ]
    return sorted(counted, key=lambda row: (-row["yes"] - row["bad"], row["message__model"]))


@require_safe
@page
@permission_required(READ, raise_exception=True)
def exchange(request: HttpRequest, pk: int) -> HttpResponse:
    """Return what was asked and answered, if the answer's reader has allowed that."""
    answer = next(shown(Message.objects.filter(pk=pk, feedback__shared=True)), None)
    if answer is None:
        raise Http404
    return render(request, "chat/_shared_exchange.html", _exchange(answer))


def _exchange(answer: Message) -> dict[str, Any]:
    earlier = answer.conversation.messages.filter(role=Message.Role.USER, pk__lt=answer.pk)
    question = answer.parent or earlier.order_by("-pk").first()
    return {
        "question": question.content[:MAX_SHOWN] if question else "",
        "answer": render_markdown(answer.content),
    }
