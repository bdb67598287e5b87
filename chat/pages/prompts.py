"""The page of saved prompts, and the list that the chat page opens with `/`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from chat import prompts
from chat.frames import MAX_SYSTEM
from chat.models import Prompt
from chat.pages.lines import LineField
from core.http.decorators import groups_of, page, user_of
from registry.state.service import service

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    _Form = forms.ModelForm[Prompt]
else:
    _Form = forms.ModelForm  # takes no type at run time

FULL = _("You have {count} prompts, the most that one person may save. Delete one first.")


class PromptForm(_Form):
    """A prompt of `user`, to be shared with groups of this user alone."""

    text = forms.CharField(label=_("Prompt"), max_length=MAX_SYSTEM, widget=forms.Textarea)

    class Meta:
        model = Prompt
        fields = ("title", "text", "groups")
        field_classes = {"title": LineField}
        widgets = {"groups": forms.CheckboxSelectMultiple}
        labels = {"title": _("Title"), "groups": _("Share with")}

    def __init__(self, user: User, data: Any, instance: Prompt) -> None:
        super().__init__(data, instance=instance, label_suffix="")
        self.instance.user = user
        self.fields["groups"].queryset = user.groups.all()  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        count = Prompt.objects.filter(user=self.instance.user).count()
        if self.instance._state.adding and count >= prompts.MAX_PROMPTS:
            raise forms.ValidationError(FULL.format(count=count))
        return super().clean()


@require_http_methods(["GET", "HEAD", "POST"])
@page
def saved(request: HttpRequest) -> HttpResponse:
    """Show the prompts that the user may use, and a form for a new one; by POST, save that."""
    return _saved(request, Prompt())


@require_http_methods(["GET", "HEAD", "POST"])
@page
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a prompt of the user's in the form; by POST, save it."""
    return _saved(request, get_object_or_404(Prompt, user=user_of(request), pk=pk))


def _saved(request: HttpRequest, row: Prompt) -> HttpResponse:
    user = user_of(request)
    form = PromptForm(user, request.POST or None, row)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, gettext("“{title}” is saved.").format(title=row.title))
        return redirect("prompts")
    context = {
        "form": form,
        "row": row,
        "own": Prompt.objects.filter(user=user).prefetch_related(
            Prefetch("groups", user.groups.all())
        ),
        "shared": prompts.shared_with(user),
        "of_file": prompts.of_file(service.current, groups_of(request)),
    }
    return render(request, "chat/prompts.html", context)


@require_POST
@page
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete a prompt of the user's."""
    get_object_or_404(Prompt, user=user_of(request), pk=pk).delete()
    return HttpResponse()


@require_safe
@page
def offers(request: HttpRequest) -> HttpResponse:
    """Return the list of prompts that the chat page offers."""
    user = user_of(request)
    rows = prompts.offers(service.current, user, groups_of(request))
    return render(request, "chat/_prompts.html", {"rows": rows})
