"""`{{ when|ago }}`: how long ago something was, in words."""

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
    if isinstance(when, str):
        when = datetime.fromisoformat(when)
    past = time.time() - (when.timestamp() if isinstance(when, datetime) else when)
    for seconds, unit in UNITS:
        if past >= seconds:
            return f"{past // seconds:.0f} {unit} ago"
    return "just now"
