"""What an answer says of the confirmation that it rests on: by whom, and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

if TYPE_CHECKING:
    from workflow.models import Confirmation


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A confirmation. `by` is empty for those who may not see people.

    `text` says so in English, for programs and agents.
    """

    id: int
    question: str
    at: str  # ISO 8601
    by: str = ""
    text: str = ""

    @property
    def shown(self) -> str:
        """The sentence in the reader's language."""
        date = date_format(timezone.localtime(datetime.fromisoformat(self.at)), "SHORT_DATE_FORMAT")
        if self.by:
            return gettext("Confirmed by {name} on {date}.").format(name=self.by, date=date)
        return gettext("Confirmed on {date}.").format(date=date)


def cited(row: Confirmation, *, named: bool) -> Confirmed:
    """Return what an answer says of a confirmation, with the person's name if `named`."""
    by = row.username if named else ""
    words = f"confirmed by {by} on" if by else "confirmed on"
    return Confirmed(row.pk, row.question, row.at.isoformat(), by, f"{words} {row.at:%Y-%m-%d}")
