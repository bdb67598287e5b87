"""POST /chat/rendered: an answer of a temporary conversation, as the page shows it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from chat.models import Message, State
from chat.pages.presentation import view
from core.http.decorators import page
from registry.state.service import service

MAX_CHARS = 500_000  # of an answer: a larger body could be put on a disk


class AnswerForm(forms.Form):
    """What the page has of an answer. `number` is its own number for it, `note` its error."""

    number = forms.IntegerField(min_value=1, max_value=10**6)
    content = forms.CharField(max_length=MAX_CHARS, required=False, strip=False)
    thoughts = forms.CharField(max_length=MAX_CHARS, required=False, strip=False)
    thought_ms = forms.IntegerField(min_value=0, max_value=10**9, required=False)
    model = forms.CharField(max_length=300)
    resolved_by = forms.CharField(max_length=40, required=False)
    asked = forms.CharField(max_length=300, required=False)  # if another model answered
    because = forms.CharField(max_length=40, required=False)
    state = forms.ChoiceField(choices=[(s, s) for s in State if s != State.RUNNING])
    finish_reason = forms.CharField(max_length=50, required=False)
    error = forms.CharField(max_length=2000, required=False)
    code = forms.CharField(max_length=40, required=False)
    request_id = forms.CharField(max_length=64, required=False)
    retry_after = forms.IntegerField(min_value=0, max_value=10**7, required=False)


@sensitive_post_parameters()
@require_POST
@page
def rendered(request: HttpRequest) -> HttpResponse:
    """Return the HTML of an answer. Nothing of it is stored."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    fields = form.cleaned_data
    message = Message(
        pk=fields["number"],
        role=Message.Role.ASSISTANT,
        content=fields["content"],
        thoughts=fields["thoughts"],
        thought_ms=fields["thought_ms"],
        state=fields["state"],
        model=fields["model"],
        finish_reason=fields["finish_reason"],
        resolution={name: fields[name] for name in ("resolved_by", "asked", "because")},
        error=_error(fields),
    )
    return render(request, "chat/_message.html", {"view": view(message, service.current)})


def _error(fields: dict[str, Any]) -> dict[str, Any] | None:
    """Return the error in its stored form, or None."""
    if not fields["error"]:
        return None
    more = {name: fields[name] for name in ("code", "request_id", "retry_after")}
    return {"message": fields["error"], **more}
