"""Feedback on one answer, from its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from chat.models import Feedback, Message, State
from core.http.decorators import page, user_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    _Form = forms.ModelForm[Feedback]
else:
    _Form = forms.ModelForm  # takes no type at run time

MAX_TEXT = 2000  # characters


class FeedbackForm(_Form):
    """Why an answer is good or bad, and whether those who read feedback may read the answer."""

    text = forms.CharField(
        label=_("What should they know?"),
        max_length=MAX_TEXT,
        required=False,
        widget=forms.Textarea,
    )

    class Meta:
        model = Feedback
        fields = ("reason", "text", "shared")
        labels = {"shared": _("They may read this question and its answer")}

    def __init__(self, data: Any, instance: Feedback) -> None:
        super().__init__(data, instance=instance, label_suffix="")
        if instance.good:
            del self.fields["reason"]


@require_POST
@page
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep whether an answer is good; the same again takes that back. Return what the page shows.

    With `why` the POST is the form, which says more about it.
    """
    answers = Message.objects.filter(conversation__user=user_of(request), role="assistant")
    ended = answers.exclude(state__in=(State.RUNNING, State.FAILED))
    answer = get_object_or_404(ended.select_related("feedback"), pk=pk)
    given = getattr(answer, "feedback", None)
    if "why" in request.POST and given:
        return _say_why(request, answer, given)
    if request.POST.get("good") not in ("yes", "no"):
        return HttpResponseBadRequest("`good` is yes or no.")
    good = request.POST["good"] == "yes"
    if given and given.good == good:
        given.delete()
        return _shown(request, answer, None)
    fresh = {"good": good, "reason": "", "text": "", "shared": False}
    given, _ = Feedback.objects.update_or_create(message=answer, defaults=fresh)
    return _shown(request, answer, given, form=FeedbackForm(None, given))


def _say_why(request: HttpRequest, answer: Message, given: Feedback) -> HttpResponse:
    form = FeedbackForm(request.POST, given)
    if not form.is_valid():
        return _shown(request, answer, given, form=form)
    form.save()
    return _shown(request, answer, given, thanks=True)


def _shown(
    request: HttpRequest, answer: Message, given: Feedback | None, **more: Any
) -> HttpResponse:
    context = {"message": answer, "given": given, **more}
    return render(request, "chat/_feedback.html", context)
