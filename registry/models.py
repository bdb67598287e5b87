"""
The tables of changes to the registry, and of the texts of models.yaml, where the models are.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from core.addresses import address_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User
    from django.http import HttpRequest

    from registry.state.service import Record, Switch

THE_FILE = "models.yaml"  # the author of an edit: the portal does not know the person


class Change(models.Model):
    """One change: who, what, from, to, why, when, from where.

    For an edit of the file, `before` and `after` are revisions, and `reason` is a summary.
    """

    class Kind(models.TextChoices):
        """What was done; the words follow the name of who did it."""

        SET = "set", _("set a primary")
        RESET = "reset", _("went back to the file")
        DROPPED = "dropped", _("no longer lists the primary")
        LOST = "lost", _("has lost the primary")
        EDITED = "edited", _("was edited")

    at = models.DateTimeField(_("at"), auto_now_add=True)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.SET)
    who = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True)
    username = models.CharField(_("username"), max_length=150)  # stays when the account goes
    address = models.GenericIPAddressField(_("address"), null=True)
    capability = models.CharField(_("capability"), max_length=32, blank=True)
    before = models.CharField(_("before"), max_length=300, blank=True)
    after = models.CharField(_("after"), max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=500, blank=True)

    class Meta:
        ordering = ["-at", "-pk"]
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        default_permissions = ["view"]
        permissions = [("operate", "Can switch primaries and see providers' health in detail")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.username}: {self.capability} → {self.after}"

    @classmethod
    def by(cls, request: HttpRequest, user: User, kind: Kind, reason: str = "") -> Record:
        """Return a `record` for the service: a row, which is rolled back if the switch fails."""

        @contextmanager
        def record(switch: Switch) -> Iterator[None]:
            with transaction.atomic():
                cls.of(
                    switch, kind, who=user, username=user.get_username(),
                    address=address_of(request), reason=reason,
                )  # fmt: skip
                yield

        return record

    @classmethod
    def of(cls, switch: Switch, kind: Kind, **more: object) -> None:
        """Write the row of `switch`."""
        cls.objects.create(
            kind=kind,
            capability=switch.capability,
            before=switch.previous or "",
            after=switch.model or "",
            **more,
        )

    @classmethod
    @contextmanager
    def dropping(cls, switch: Switch) -> Iterator[None]:
        """Be a `record` for a primary whose model is no longer in the file."""
        with transaction.atomic():
            cls.of(switch, cls.Kind.DROPPED, username=THE_FILE)
            yield

    @classmethod
    def lost(cls, capability: str, before: str, after: str) -> None:
        """Write the row of a primary that the store has lost."""
        cls.objects.create(
            kind=cls.Kind.LOST, username="Redis", capability=capability, before=before, after=after
        )

    @classmethod
    def edited(cls, before: str, after: str, summary: str) -> None:
        """Write the row of an edit of the file, from one revision to another."""
        cls.objects.create(
            kind=cls.Kind.EDITED,
            username=THE_FILE,
            before=before,
            after=after,
            reason=summary[:500],
        )


class Revision(models.Model):
    """A text of models.yaml without literal secrets, in use from `at` until the next one.

    They are numbered from 1 as they are stored. `mac` shows that the portal wrote the row:
    `registry.workers.revision_mac`.
    """

    number = models.BigIntegerField(unique=True)
    at = models.DateTimeField(db_index=True)
    revision = models.CharField(max_length=40, db_index=True)
    text = models.TextField()
    mac = models.BinaryField(max_length=32)

    class Meta:
        default_permissions = []

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.revision}"
