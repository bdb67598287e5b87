"""The page of what a user lets every model read first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from chat.frames import MAX_SYSTEM
from chat.instructions import own_instructions
from chat.models import Instructions
from core.http.decorators import page, user_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class InstructionsForm(forms.Form):
    text = forms.CharField(
        label=_("My instructions"), required=False, max_length=MAX_SYSTEM, widget=forms.Textarea
    )


@require_http_methods(["GET", "HEAD", "POST"])
@page
def instructions(request: HttpRequest) -> HttpResponse:
    """Show the user's instructions; by POST, store them. An empty text deletes them."""
    user = user_of(request)
    form = InstructionsForm(request.POST or None, initial={"text": own_instructions(user)})
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        if text:
            Instructions.objects.update_or_create(user=user, defaults={"text": text})
        else:
            Instructions.objects.filter(user=user).delete()
        done = gettext("Your instructions are saved.") if text else gettext("Deleted.")
        messages.success(request, done)
        return redirect("instructions")
    return render(request, "chat/instructions.html", {"form": form})
