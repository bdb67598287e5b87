"""The form of a new share: with whom, and how long."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib.auth.models import Group
from django.utils import timezone

from sharing.models import MAX_SHARES, Share

if TYPE_CHECKING:
    from django.contrib.auth.models import User

DAYS = {7: "a week", 30: "30 days", 90: "90 days", 365: "a year"}
FULL = f"You share {MAX_SHARES} things, the most that one person may. Revoke one first."
NO_GROUP = "Choose a group, or everyone who is signed in."


class ShareForm(forms.Form):
    """With whom `user` shares something, among their own groups, and for how many days."""

    audience = forms.ChoiceField(
        label="Who may read it",
        choices=[("all", "Everyone who is signed in"), ("groups", "Only members of")],
        initial="groups",
        widget=forms.RadioSelect,
    )
    groups = forms.ModelMultipleChoiceField(
        Group.objects.none(), required=False, widget=forms.CheckboxSelectMultiple, label="Groups"
    )
    days = forms.TypedChoiceField(label="For", choices=list(DAYS.items()), coerce=int, initial=30)

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
            raise forms.ValidationError(FULL)
        return data

    def save(self, share: Share) -> None:
        """Store a share as the form says."""
        share.ends = timezone.now() + timedelta(days=self.cleaned_data["days"])
        share.for_all = self.cleaned_data["audience"] == "all"
        share.save()
        if not share.for_all:
            share.groups.set(self.cleaned_data["groups"])
