"""Feedback on one answer, from its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from chat.models import Feedback, Message
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
        label="What should they know?", max_length=MAX_TEXT, required=False, widget=forms.Textarea
    )

    class Meta:
        model = Feedback
        fields = ("reason", "text", "shared")
        labels = {"shared": "They may read this question and its answer"}

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
    answer = get_object_or_404(answers.select_related("feedback"), pk=pk)
    given = getattr(answer, "feedback", None)
    if "why" in request.POST and given:
        return _say_why(request, answer, given)
    good = request.POST.get("good") == "yes"
    if given and given.good == good:
        given.delete()
        return _shown(request, answer, None)
    Feedback.objects.filter(message=answer).delete()
    given = Feedback.objects.create(message=answer, good=good)
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
