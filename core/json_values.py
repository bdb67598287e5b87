"""How many values JSON holds, before they are decoded: three bytes can become a hundred."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

WEIGHT = 5  # a list or an object takes as much memory as five numbers
MAX_INNER = 250_000
STEP = 1024 * 1024  # bytes
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)


def has_more_values(data: bytes, limit: int) -> bool:
    """Does JSON hold more than `limit` values? Lists and objects count as WEIGHT."""
    if len(data) * WEIGHT <= limit:
        return False
    whole = (data[begin : begin + STEP] for begin in range(0, len(data), STEP))
    # Texts hold commas and brackets, too.
    return _exceed(whole, limit) and _exceed(_outside_texts(data), limit)


def _exceed(parts: Iterable[bytes], limit: int) -> bool:
    """Count part by part: other threads have their turn between them."""
    count = 0
    for part in parts:
        count += part.count(b",") + WEIGHT * (part.count(b"[") + part.count(b"{"))
        if count > limit:
            return True
    return False


def _outside_texts(data: bytes) -> Iterator[bytes]:
    begin = 0
    while part := data[begin : begin + STEP]:
        outside, mark, text = _STRING.sub(b"", part).partition(b'"')
        yield outside
        begin += len(part) - len(mark + text)  # a text that goes on is read from its beginning
        if mark and len(text) + 1 == len(part):
            if (whole := _STRING.match(data, begin)) is None:  # no valid JSON
                return
            begin = whole.end()


def loads(text: str) -> Any:
    """Return the value of JSON inside of JSON, such as a tool call's arguments.

    Raises ValueError, also if it holds more than MAX_INNER values, and RecursionError.
    """
    if len(text) * WEIGHT > MAX_INNER and has_more_values(
        text.encode("utf-8", "surrogatepass"), MAX_INNER
    ):
        raise ValueError("too many values")
    return json.loads(text)
