"""`{{ when|ago }}` and `{{ since|lasting }}`: times in words.

The words are those of JavaScript's `Intl.RelativeTimeFormat`, by which static/portal/ages.js keeps
a page's ages current. Django's `naturaltime` writes "an hour ago" and "1 week, 3 days ago", which
the browser cannot.
"""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import gettext, ngettext_lazy

register = template.Library()
UNITS = (86400, 3600, 60, 1)  # seconds
LASTING = (
    ngettext_lazy("{n} day", "{n} days", "n"),
    ngettext_lazy("{n} hour", "{n} hours", "n"),
    ngettext_lazy("{n} minute", "{n} minutes", "n"),
    ngettext_lazy("{n} second", "{n} seconds", "n"),
)
AGO = (
    ngettext_lazy("{n} day ago", "{n} days ago", "n"),
    ngettext_lazy("{n} hour ago", "{n} hours ago", "n"),
    ngettext_lazy("{n} minute ago", "{n} minutes ago", "n"),
    ngettext_lazy("{n} second ago", "{n} seconds ago", "n"),
)


@register.filter
def ago(when: float | str | datetime | None) -> str:
    """Return "12 seconds ago" for Unix seconds, ISO 8601 or a datetime; nothing for None."""
    if when is None:
        return ""
    try:
        return _in_words(when, AGO) or gettext("just now")
    except ValueError:  # not a time: any program with access to the store may write to it
        return ""


@register.filter
def lasting(since: float | str | datetime) -> str:
    """Return "12 seconds" for what began then; nothing if that is now."""
    return _in_words(since, LASTING)


def _in_words(since: float | str | datetime, words: tuple[Any, ...]) -> str:
    """Return the age in the largest whole unit; nothing if there is none."""
    if isinstance(since, str):
        since = datetime.fromisoformat(since)
    age = time.time() - (since.timestamp() if isinstance(since, datetime) else since)
    for seconds, text in zip(UNITS, words, strict=True):
        if age >= seconds:
            return str(text.format(n=int(age // seconds)))
    return ""
