"""
What a person may do, by the groups of the provider's claim.

At each sign-in: the groups that OIDC_GROUPS maps are added and removed; others are left alone.
Those in OIDC_OPERATORS become operators, by a group of their own, and staff, who see the admin;
who leaves it loses both.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission, User

from core.auth.principals import OPERATE

logger = logging.getLogger(__name__)
OPERATORS = "operators by single sign-on"


def set_groups(user: User, claims: Mapping[str, Any]) -> None:
    """Make the managed groups of `user` those of the claim. Superusers stay superusers."""
    theirs = groups_in(claims)
    managed = {str(name) for name in settings.OIDC_GROUPS.values()}
    wanted = {name for group, name in settings.OIDC_GROUPS.items() if group in theirs}
    user.groups.remove(*user.groups.filter(name__in=managed - wanted))
    for name in wanted:
        user.groups.add(Group.objects.get_or_create(name=name)[0])
    _set_operator(user, bool(settings.OIDC_OPERATORS) and settings.OIDC_OPERATORS in theirs)


def groups_in(claims: Mapping[str, Any]) -> set[str]:
    """Return the names in the claim OIDC_GROUPS_CLAIM, which may be a path: `access.roles`."""
    value = _at(claims, settings.OIDC_GROUPS_CLAIM)
    if value is None and "_claim_names" in claims:
        # Some providers leave long lists out. No one keeps a group for that.
        logger.warning("The provider left out the claim %s", settings.OIDC_GROUPS_CLAIM)
    values = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return {name for name in values if isinstance(name, str)}


def _at(claims: Any, path: str) -> Any:
    if not isinstance(claims, dict):
        return None
    if path in claims:  # names may contain dots: they are addresses at some providers
        return claims[path]
    first, dot, rest = path.partition(".")
    return _at(claims.get(first), rest) if dot else None


def _set_operator(user: User, operates: bool) -> None:
    was = user.groups.filter(name=OPERATORS).exists()
    if operates == was:
        return
    group = operators()
    if operates:
        user.groups.add(group)
    else:
        user.groups.remove(group)
    user.is_staff = operates or user.is_superuser
    user.save(update_fields=["is_staff"])


def operators() -> Group:
    """Return the group, which may operate."""
    app, codename = OPERATE.split(".")
    group, _ = Group.objects.get_or_create(name=OPERATORS)
    group.permissions.add(Permission.objects.get(content_type__app_label=app, codename=codename))
    return group
