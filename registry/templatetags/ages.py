"""`{{ when|ago }}` and `{{ since|lasting }}`: times in words.

The words are those of JavaScript's `Intl.RelativeTimeFormat`, by which static/portal/ages.js keeps
a page's ages current. Django's `naturaltime` writes "an hour ago" and "1 week, 3 days ago", which
the browser cannot.
"""

from __future__ import annotations

import time
from datetime import datetime

from django import template

register = template.Library()
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


@register.filter
def ago(when: float | str | datetime | None) -> str:
    """Return "12 seconds ago" for Unix seconds, ISO 8601 or a datetime; nothing for None."""
    if when is None:
        return ""
    try:
        duration = lasting(when)
    except ValueError:  # not a time: any program with access to the store may write to it
        return ""
    return f"{duration} ago" if duration else "just now"


@register.filter
def lasting(since: float | str | datetime) -> str:
    """Return "12 seconds" for what began then; nothing if that is now."""
    if isinstance(since, str):
        since = datetime.fromisoformat(since)
    age = time.time() - (since.timestamp() if isinstance(since, datetime) else since)
    for seconds, unit in UNITS:
        if age >= seconds:
            count = int(age // seconds)
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return ""
