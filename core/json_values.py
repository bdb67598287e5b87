"""How many values JSON holds, before they are decoded: three bytes can become a hundred."""

from __future__ import annotations

import json
import re
from typing import Any

WEIGHT = 5  # a list or an object takes as much memory as five numbers
MAX_INNER = 250_000
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def has_more_values(data: bytes, limit: int) -> bool:
    """Does JSON hold more than `limit` values? Lists and objects count as WEIGHT."""
    if len(data) * WEIGHT <= limit or _count(data) <= limit:
        return False
    return _count(_STRING.sub(b"", data)) > limit  # texts hold commas and brackets, too


def loads(text: str) -> Any:
    """Return the value of JSON inside of JSON, such as a tool call's arguments.

    Raises ValueError, also if it holds more than MAX_INNER values, and RecursionError.
    """
    if len(text) * WEIGHT > MAX_INNER and has_more_values(
        text.encode("utf-8", "surrogatepass"), MAX_INNER
    ):
        raise ValueError("too many values")
    return json.loads(text)


def _count(data: bytes) -> int:
    return data.count(b",") + WEIGHT * (data.count(b"[") + data.count(b"{"))
