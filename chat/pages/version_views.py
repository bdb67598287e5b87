"""Versions of an answer, and conversations that begin with a part of another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from chat.models import Message
from chat.pages.listing import own
from chat.pages.views import history
from chat.versions import choose, fork
from core.errors import PortalError
from core.http.decorators import page, user_of
from core.http.refusals import refused

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@require_POST
@page
def choose_version(request: HttpRequest, pk: int) -> HttpResponse:
    """Go on from this version of an answer. Return the messages of its conversation."""
    answer = _own_message(request, pk, role=Message.Role.ASSISTANT)
    try:
        choose(answer)
    except PortalError as error:
        return refused(error)
    opened = get_object_or_404(own(request), pk=answer.conversation_id)
    return render(request, "chat/_messages.html", history(request, opened))


@require_POST
@page
def fork_here(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a conversation with the messages up to this one, and open it."""
    message = _own_message(request, pk, replaced=False)
    try:
        conversation = fork(message)
    except PortalError as error:
        return refused(error)
    return HttpResponseClientRedirect(reverse("conversation", args=[conversation.pk]))


def _own_message(request: HttpRequest, pk: int, **fields: Any) -> Message:
    owned = Message.objects.filter(conversation__user=user_of(request), **fields)
    return get_object_or_404(owned, pk=pk)
