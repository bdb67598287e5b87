"""
A provider's HTTP status → our error. One table for every wire format.

If a provider refuses our key, the operator must fix it, not the caller: a 502, not a 401.
"""

from __future__ import annotations

import re
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from core.errors import PortalError
from core.text import hide_keys

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_MESSAGE = 500
MAX_RETRY_AFTER = 300
_QUOTA = re.compile(r"insufficient_quota|credit_balance|billing|quota_exceeded", re.IGNORECASE)
_CONTEXT = re.compile(
    r"context_length_exceeded|exceed_context_size|context (size|length|window)",
    re.IGNORECASE,
)
_LOADING = re.compile(r"loading model|unavailable_error|model is loading", re.IGNORECASE)
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+\S+")

BY_STATUS = {
    400: "provider_rejected", 413: "provider_rejected", 422: "provider_rejected",
    401: "provider_auth_failed", 403: "provider_auth_failed", 404: "provider_model_missing",
    408: "provider_timeout", 504: "provider_timeout", 429: "provider_rate_limited",
    402: "provider_quota_exhausted", 503: "overloaded", 529: "overloaded",
}  # fmt: skip
SENTENCES = {
    "provider_rejected": "The provider refused the request",
    "context_length_exceeded": "The request is longer than the model's context",
    "provider_auth_failed": "The provider refused the portal's key",
    "provider_model_missing": "The provider does not have this model",
    "provider_timeout": "The provider gave up waiting",
    "provider_rate_limited": "The provider limits how often it is asked",
    "provider_quota_exhausted": "The provider's quota is used up",
    "overloaded": "The provider is busy",
    "model_loading": "The model is loading",
    "provider_error": "The provider failed",
}


def to_error(status: int, headers: Mapping[str, str], message: str, code: str = "") -> PortalError:
    """Return the error for a response with `status`, whose body holds `message` and `code`."""
    our_code = _code(status, f"{code} {message}")
    # A provider's message about our own key is for the log, not for the caller.
    details = "" if our_code == "provider_auth_failed" else tidy(message)
    sentence = SENTENCES[our_code] + (f": {details}" if details else f" (HTTP {status}).")
    pause = retry_after(headers) if our_code in _WITH_RETRY_AFTER else None
    retry = False if our_code == "provider_error" and status < 500 else None
    return PortalError(our_code, sentence, retry_after=pause, retry=retry)


_WITH_RETRY_AFTER = ("provider_rate_limited", "overloaded", "model_loading")


def _code(status: int, words: str) -> str:
    code = BY_STATUS.get(status, "provider_error")
    if code == "provider_rejected" and _CONTEXT.search(words):
        return "context_length_exceeded"
    if code == "provider_rate_limited" and _QUOTA.search(words):
        return "provider_quota_exhausted"
    if code == "overloaded" and _LOADING.search(words):
        return "model_loading"
    return code


def retry_after(headers: Mapping[str, str], default: int = 2) -> int:
    """Return the seconds of `Retry-After`, from 1 to MAX_RETRY_AFTER. Names are in lower case."""
    text = headers.get("retry-after", "")
    if text.isascii() and text.isdigit() and len(text) < 12:
        seconds = int(text)
    else:
        seconds = _seconds_between(headers.get("date", ""), text) or default
    return min(max(seconds, 1), MAX_RETRY_AFTER)


def _seconds_between(now: str, then: str) -> int | None:
    """Return the seconds between two HTTP dates, both by the provider's clock."""
    try:
        return int((parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds())
    except (ValueError, TypeError):
        return None


def tidy(message: str) -> str:
    """Return a provider's message on one printable line, with anything like a key hidden."""
    line = " ".join("".join(c if c.isprintable() else " " for c in message[:20_000]).split())
    return hide_keys(_BEARER.sub("[hidden]", line))


def shorten(message: str) -> str:
    """Return at most MAX_MESSAGE characters of `message`. Scrub it first: never half a secret."""
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"
