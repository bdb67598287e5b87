"""The answer that a receipt is of: a part of the receipt's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Message, State
from core.http.decorators import access_of, page, user_of
from registry.listing import visible
from registry.state.service import service

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse


@require_safe
@page
def of_receipt(request: HttpRequest, receipt: UUID) -> HttpResponse:
    """Show where the reader has the answer, and how to ask again; nothing if they have it not."""
    message = _answers(user_of(request), receipt).first()
    models = visible(service.current, access_of(request).groups)
    listed = message is not None and message.model in {model.id for model in models}
    return render(request, "chat/_of_receipt.html", {"message": message, "listed": listed})


def texts_of(user: User, receipt: UUID) -> list[str]:
    """Return the complete answers of a receipt that conversations of the user have."""
    complete = _answers(user, receipt).filter(state=State.COMPLETE)
    return list(complete.values_list("content", flat=True))


def _answers(user: User, receipt: UUID) -> QuerySet[Message]:
    return Message.objects.filter(conversation__user=user, receipt=receipt)
