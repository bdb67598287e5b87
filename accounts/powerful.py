from __future__ import annotations

from typing import TYPE_CHECKING

from core.auth.principals import OPERATE

if TYPE_CHECKING:
    from django.contrib.auth.models import User


def is_powerful(user: User) -> bool:
    """May this person do what others may not: enter the admin, or operate?"""
    return user.is_staff or user.is_superuser or user.has_perm(OPERATE)
