"""What all pages say at their top for a while, as models.yaml has it in `notices`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from core.access import Groups, may_use


@dataclass(frozen=True, slots=True)
class Notice:
    """`level` is info or warning. It begins at `start` and ends before `end`, in local time."""

    text: str
    level: str
    start: datetime
    end: datetime
    allow: Groups | None

    def is_for(self, groups: Groups | None, now: datetime) -> bool:
        """Do members of `groups` see it at the local time `now`?"""
        return self.start <= now < self.end and may_use(self.allow, groups)


def beginning(text: str | None) -> datetime:
    """Return the time, or the beginning of the day, that `text` is. Raises ValueError."""
    if text is None:
        return datetime.min
    if len(text) == len("2026-12-24"):
        return datetime.combine(date.fromisoformat(text), time.min)
    return datetime.strptime(text, "%Y-%m-%dT%H:%M")


def ending(text: str | None) -> datetime:
    """Return the time, or the end of the day, that `text` is. Raises ValueError."""
    if text is None:
        return datetime.max
    moment = beginning(text)
    return moment + timedelta(days=1) if len(text) == len("2026-12-24") else moment
