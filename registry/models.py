"""
The record of who changed what in the registry. The models themselves are in models.yaml.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models

from registry.http import address_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from registry.service import Switch


class Change(models.Model):
    """One switch of a primary: who, what, from, to, why, when, from where."""

    at = models.DateTimeField(auto_now_add=True)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    username = models.CharField(max_length=150)  # stays when the account goes
    address = models.GenericIPAddressField(null=True)
    capability = models.CharField(max_length=32)
    before = models.CharField(max_length=300, blank=True)
    after = models.CharField(max_length=300)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        default_permissions = ["view"]
        permissions = [("operate", "Can switch primaries and see providers' health in detail")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username}: {self.capability} → {self.after}"

    @classmethod
    def record(cls, request: Request, switch: Switch, reason: str) -> None:
        cls.objects.create(
            who=request.user,
            username=request.user.get_username(),
            address=address_of(request._request),
            capability=switch.capability,
            before=switch.previous or "",
            after=switch.model,
            reason=reason,
        )
