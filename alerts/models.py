"""
What needed attention, and which target got a message about it.

The database keeps alerts from being sent twice, whichever workers see them: one is open of each
kind and subject, and one of each period of a budget and each end of a model, for ever.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from datetime import datetime

MAX_SUBJECT = 300
MAX_ERROR = 300
ONCE = ["budget", "model_ends"]  # of which a key never comes back


class Alert(models.Model):
    """Something that needs attention since `began`, until `ended`.

    `subject` is a provider, a model, a budget, or the file; `key` says which of its alerts it is.
    Until `silent_until`, others of this kind and subject are not sent.
    """

    class Kind(models.TextChoices):
        BUDGET = "budget", _("budget almost used up")
        PROVIDER_DOWN = "provider_down", _("provider down")
        FILE_REJECTED = "file_rejected", _("file rejected")
        DRIFT = "drift", _("models missing at the provider")
        MODEL_ENDS = "model_ends", _("model ends")

    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    subject = models.CharField(_("subject"), max_length=MAX_SUBJECT)
    key = models.CharField(max_length=100)
    text = models.TextField(_("text"))
    details = models.JSONField(default=dict)
    began = models.DateTimeField(_("began"))
    ended = models.DateTimeField(_("ended"), null=True, blank=True)
    silent_until = models.DateTimeField(_("silent until"), null=True, blank=True)

    class Meta:
        ordering = ["-began", "-pk"]
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ["view"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject"], condition=Q(ended=None), name="alerts_open_once"
            ),
            models.UniqueConstraint(
                fields=["kind", "subject", "key"],
                condition=Q(kind__in=ONCE),
                name="alerts_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.subject}"

    @classmethod
    def is_silenced(cls, kind: str, subject: str, now: datetime) -> bool:
        """Did an operator silence alerts of this kind and subject?"""
        return cls.objects.filter(kind=kind, subject=subject, silent_until__gt=now).exists()


class Delivery(models.Model):
    """A message to a target: waiting to be sent at `due`, sent, or given up."""

    class Event(models.TextChoices):
        ALERT = "alert", _("began")
        OVER = "over", _("is over")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        GIVEN_UP = "given_up", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(Alert, models.CASCADE, related_name="deliveries")
    target = models.CharField(max_length=40)
    event = models.CharField(max_length=10, choices=Event)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    attempts = models.IntegerField(default=0)
    due = models.DateTimeField()
    sent = models.DateTimeField(null=True)
    error = models.CharField(max_length=MAX_ERROR, blank=True)

    class Meta:
        default_permissions = []
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "target", "event"], name="alerts_delivery_once"
            )
        ]
        indexes = [models.Index(fields=["state", "due"])]

    def __str__(self) -> str:
        return f"{self.target}: {self.state}"
