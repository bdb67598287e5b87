"""The message about an alert, as its targets get it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping  # at run time: the field's type
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.models import Delivery

OVER = "No longer so: "


@dataclass(frozen=True, slots=True)
class Message:
    """`event` is alert, over or test. `id` is the same if the message is sent again."""

    id: str
    event: str
    kind: str
    subject: str
    text: str
    began: datetime
    ended: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, delivery: Delivery) -> Message:
        alert, event = delivery.alert, delivery.event
        over = event == delivery.Event.OVER
        text = f"{OVER}{alert.text}" if over else alert.text
        ended = alert.ended if over else None
        return cls(
            str(delivery.pk), event, alert.kind, alert.subject, text, alert.began, ended,
            alert.details,
        )  # fmt: skip

    @classmethod
    def test(cls, target: str) -> Message:
        text = f"This is a test of the target “{target}”. Nothing is wrong."
        return cls(str(uuid.uuid4()), "test", "test", target, text, timezone.now())

    @property
    def title(self) -> str:
        """Its first line, for the subject of a mail."""
        return f"{settings.PORTAL_NAME}: {self.text.splitlines()[0]}"

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON of a webhook. `text` is what chat programs show."""
        return {
            "id": self.id, "event": self.event, "kind": self.kind, "subject": self.subject,
            "text": f"{settings.PORTAL_NAME}: {self.text}", "portal": settings.PORTAL_NAME,
            "began": _iso(self.began), "ended": self.ended and _iso(self.ended),
            "details": dict(self.details),
        }  # fmt: skip


def _iso(at: datetime) -> str:
    return timezone.localtime(at).isoformat(timespec="seconds")
