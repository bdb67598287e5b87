"""`{{ when|ago }}` and `{{ since|lasting }}`: times in words."""

from __future__ import annotations

import time
from datetime import datetime

from django import template

register = template.Library()
UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))


@register.filter
def ago(when: float | str | datetime | None) -> str:
    """Return "12 s ago" for Unix seconds, ISO 8601 or a datetime; nothing for None."""
    if when is None:
        return ""
    try:
        age = lasting(when)
    except ValueError:  # not a time: other programs may write to the store
        return ""
    return f"{age} ago" if age else "just now"


@register.filter
def lasting(since: float | str | datetime) -> str:
    """Return the time since then as "12 s"; nothing if that is now."""
    if isinstance(since, str):
        since = datetime.fromisoformat(since)
    past = time.time() - (since.timestamp() if isinstance(since, datetime) else since)
    for seconds, unit in UNITS:
        if past >= seconds:
            return f"{past // seconds:.0f} {unit}"
    return ""
