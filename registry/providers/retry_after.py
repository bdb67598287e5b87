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
MIN_UNIX_TIME = 1e9  # larger numbers are no durations
_NUMBER = re.compile(r"\d{1,11}(?:\.\d{1,11})?")
_UNITS = {"ms": 0.001, "s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60,
          "h": 3600, "hr": 3600, "hour": 3600, "day": 86400}  # fmt: skip
_DURATION = (
    r"(?:\d{1,9}(?:\.\d{1,9})?\s?(?:ms|milliseconds?|seconds?|secs?|minutes?|mins?|hours?|hrs?"
    r"|days?|[smh])(?![a-z])[\s,]{0,2})+"
)
_WORDS = re.compile(
    r"\b(?:try again|retry|retrying|wait|available|resets?)\b[^\d.]{0,40}"
    rf"(?P<duration>{_DURATION})",
    re.IGNORECASE,
)
_RESET = re.compile(r"(?:x-)?ratelimit-reset(?:-[a-z-]{1,30})?")
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
    if (value := _duration(text)) is not None:
        return value
    value = _between(headers.get("date", ""), text)
    return _from_limits(headers) if value is None else value


def _from_limits(headers: Mapping[str, str]) -> float | None:
    """Return the seconds until the limits that are used up are reset (OpenAI, Cerebras…)."""
    names = [
        name
        for name in headers
        if _RESET.fullmatch(name)
        and headers.get(name.replace("reset", "remaining"), "").strip() in ("0", "0.0")
    ]
    waits = [_until(headers[name].strip(), headers.get("date", "")) for name in names]
    return max((wait for wait in waits if wait is not None), default=None)


def _until(reset: str, now: str) -> float | None:
    """Return the seconds of a number, a duration, or a Unix time in seconds or milliseconds."""
    if not re.fullmatch(r"\d{1,14}(?:\.\d{1,11})?", reset):
        return _duration(reset)
    number = float(reset)
    if number < MIN_UNIX_TIME:
        return number
    try:
        today = parsedate_to_datetime(now).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return (number / 1000 if number > 100 * MIN_UNIX_TIME else number) - today


def _duration(text: str) -> float | None:
    """Return the seconds in "7m12.5s" and its like."""
    if not re.fullmatch(_DURATION, text, re.IGNORECASE):
        return None
    return sum(float(number) * _unit(unit.lower()) for number, unit in _PART.findall(text))


def _between(now: str, then: str) -> float | None:
    """Return the seconds between two HTTP dates, both by the provider's clock."""
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return None


def _from_words(words: str) -> float | None:
    """Return the duration in "Please try again in 7m12.5s." and its like."""
    match = _WORDS.search(words[:5000])
    return _duration(match["duration"]) if match else None


def _unit(unit: str) -> float:
    return 0.001 if unit.startswith("milli") else _UNITS[unit if unit in _UNITS else unit[:-1]]
