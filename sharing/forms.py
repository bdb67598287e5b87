"""The form of a new share: with whom, and how long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone
from django.utils.translation import gettext_lazy, pgettext_lazy

from sharing.models import MAX_SHARES, Share

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DAYS = {
    7: gettext_lazy("a week"), 30: gettext_lazy("30 days"),
    90: gettext_lazy("90 days"), 365: gettext_lazy("a year"),
}  # fmt: skip
FULL = gettext_lazy("You share %(number)s things, the most that one person may. Revoke one first.")
NO_GROUP = gettext_lazy("Choose a group, or everyone who is signed in.")


class ShareForm(forms.Form):
    """With whom `user` shares something, among their own groups, and for how many days."""

    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it"),
        choices=[
            ("all", gettext_lazy("Everyone who is signed in")),
            ("groups", gettext_lazy("Only members of")),
        ],
        initial="groups",
        widget=forms.RadioSelect,
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label=gettext_lazy("Groups"),
    )
    days = forms.TypedChoiceField(
        label=pgettext_lazy("a time", "For"), choices=list(DAYS.items()), coerce=int, initial=30
    )

    def __init__(self, user: User, data: Any) -> None:
        super().__init__(data, label_suffix="")
        self.user = user
        own = user.groups.all()
        self.fields["groups"].queryset = own  # type: ignore[attr-defined]
        if not own:
            del self.fields["groups"]
            audience = self.fields["audience"]
            audience.choices = audience.choices[:1]  # type: ignore[attr-defined]
            audience.initial = "all"

    def clean(self) -> dict[str, Any] | None:
        data = super().clean() or {}
        if data.get("audience") == "groups" and not data.get("groups"):
            raise forms.ValidationError(NO_GROUP)
        if Share.of(self.user).count() >= MAX_SHARES:
            raise forms.ValidationError(FULL, params={"number": MAX_SHARES})
        return data

    def save(self, share: Share) -> None:
        """Store a share as the form says."""
        share.ends = timezone.now() + timedelta(days=self.cleaned_data["days"])
        share.for_all = self.cleaned_data["audience"] == "all"
        share.save()
        if not share.for_all:
            share.groups.set(self.cleaned_data["groups"])
