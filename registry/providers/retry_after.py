"""
When a retry may succeed, as providers say it: in headers, in the error's fields, or in its words.
"""

from __future__ import annotations

import math
import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_SECONDS = 24 * 3600
_NUMBER = re.compile(r"\d{1,11}(?:\.\d{1,11})?")
_UNITS = {"ms": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60,
          "h": 3600, "hr": 3600, "hour": 3600, "day": 86400}  # fmt: skip
_DURATION = (
    r"(?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?"
    r"|days?|[smh])(?![a-z])[\s,]{0,2})+"
)
_WORDS = re.compile(
    rf"\b(?:try again|retry|retrying|wait|available)\b[^\d.]{{0,40}}(?P<duration>{_DURATION})",
    re.IGNORECASE,
)
_PART = re.compile(r"(\d+(?:\.\d+)?)\s?([a-z]+)", re.IGNORECASE)


def seconds(headers: Mapping[str, str], delay: float | None, words: str) -> int | None:
    """Return the whole seconds to wait, from 1 to MAX_SECONDS; None if nothing says so.

    Names of `headers` are in lower case. `delay` stood in the error's fields, `words` are its text.
    """
    for value in (_from_headers(headers), delay, _from_words(words)):
        if value is not None:
            return min(max(math.ceil(value - 1e-9), 1), MAX_SECONDS)
    return None


def _from_headers(headers: Mapping[str, str]) -> float | None:
    if _NUMBER.fullmatch(milliseconds := headers.get("retry-after-ms", "").strip()):
        return float(milliseconds) / 1000
    text = headers.get("retry-after", "").strip()
    if _NUMBER.fullmatch(text):
        return float(text)
    return _between(headers.get("date", ""), text)


def _between(now: str, then: str) -> float | None:
    """Return the seconds between two HTTP dates, both by the provider's clock."""
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return None


def _from_words(words: str) -> float | None:
    """Return the duration in "Please try again in 7m12.5s." and its like."""
    match = _WORDS.search(words[:5000])
    if match is None:
        return None
    parts = _PART.findall(match["duration"])
    return sum(float(number) * _unit(unit.lower()) for number, unit in parts)


def _unit(unit: str) -> float:
    return 0.001 if unit.startswith("milli") else _UNITS[unit if unit in _UNITS else unit[:-1]]
