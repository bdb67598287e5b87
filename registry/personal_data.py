"""What this app stores about people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.translation import gettext_noop

from core.personal_data import Expiry, Kind, personal_data
from core.personal_data.kinds import with_orphans
from registry.models import Change

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def _forget_name(rows: QuerySet[Any], user: User, pseudonym: str) -> int:
    return with_orphans(rows, user).update(who=None, username=pseudonym, address=None)


personal_data.register(
    Kind(
        name="changes",
        title=gettext_noop("The record of operators' switches"),
        model=Change,
        of=lambda user: Change.objects.filter(who=user),
        erase=_forget_name,
        stays="what was switched, when, and the reason that was written for it: it explains which "
        "model answered. The name is replaced, the address is removed.",
        expiry=Expiry("CHANGE_DAYS", "at"),
    ),
)
personal_data.exempt(registry_Revision="texts of models.yaml, without secrets")
