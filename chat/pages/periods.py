"""The headings of the list of conversations: "Pinned", and then days and months."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chat.models import Conversation


def period(day: date, today: date) -> str:
    """Return the heading for `day`: near ones by days, others by month."""
    age = today - day
    if age < timedelta(days=1):
        return gettext("Today")
    if age < timedelta(days=2):
        return gettext("Yesterday")
    if age <= timedelta(days=7):
        return gettext("Previous 7 days")
    if age <= timedelta(days=30):
        return gettext("Previous 30 days")
    return date_format(day, "F Y")


def heading(row: Conversation) -> str:
    if row.pinned:
        return gettext("Pinned")
    return period(timezone.localdate(row.updated), timezone.localdate())


def under_headings(
    rows: Iterable[Conversation], before: Conversation | None
) -> list[tuple[str, list[Conversation]]]:
    """Group `rows` by heading. The first has none if the row `before` them is under it already."""
    groups = [(title, list(group)) for title, group in groupby(rows, heading)]
    if before and groups and groups[0][0] == heading(before):
        groups[0] = ("", groups[0][1])
    return groups
