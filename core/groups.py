"""What people share with their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import F, Q

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def shared_with(reader: User) -> Q:
    """Return the condition for rows of a `user` that are shared with a group of the reader's.

    It must be a group of that user's, too: who leaves a group shares nothing with it any more.
    """
    return Q(groups__in=reader.groups.all(), groups__user=F("user"))
