"""What models.yaml says of alerts: when something is one, who gets it, and what is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from registry.notices import ending

if TYPE_CHECKING:
    from registry.config.alert_targets import Target
    from registry.config.alerts import AlertsConfig


@dataclass(frozen=True, slots=True)
class Silence:
    """Alerts of this kind and subject are not sent before `end`, in local time; "" is any."""

    kind: str
    subject: str
    end: datetime

    def covers(self, kind: str, subject: str, now: datetime) -> bool:
        return self.kind in ("", kind) and self.subject in ("", subject) and now < self.end


@dataclass(frozen=True, slots=True)
class AlertRules:
    """`at` is percent of a budget, None: its own; `after` seconds; `before` days."""

    targets: tuple[Target, ...] = ()
    at: int | None = None
    after: int = 60
    before: int = 14
    silences: tuple[Silence, ...] = ()

    @classmethod
    def of_config(cls, config: AlertsConfig, targets: tuple[Target, ...]) -> AlertRules:
        silences = (Silence(s.on or "", s.of or "", ending(s.until)) for s in config.silence)
        return cls(targets, config.at, config.after, config.before, tuple(silences))

    def receivers(self, kind: str) -> tuple[Target, ...]:
        """Return the targets that get alerts of a kind."""
        return tuple(t for t in self.targets if kind in t.on and not t.missing)

    def is_silent(self, kind: str, subject: str, now: datetime) -> bool:
        """Does the file say that an alert is not sent at the local time `now`?"""
        return any(silence.covers(kind, subject, now) for silence in self.silences)
