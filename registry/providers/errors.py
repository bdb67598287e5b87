"""
A provider's refusal → our error, for every wire format.

If a provider refuses our key, the operator must fix it, not the caller: a 502, not a 401.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from core.leaks import hide_places
from core.text import hide_keys
from registry.providers import error_body, retry_after
from registry.providers.refusals import kind_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.error_body import Reported

MAX_MESSAGE = 500
DEFAULT_PAUSE = 2  # seconds, if a busy provider does not say how long to wait
_BEARER = re.compile(r"(?i)\b(bearer|basic)\s+\S+")
SENTENCES = {
    "provider_rejected": "The provider refused the request",
    "content_filter": "The provider's filter refused this text",
    "context_length_exceeded": "The request is longer than the model's context",
    "provider_auth_failed": "The provider refused the portal's key",
    "provider_model_missing": "The provider does not have this model",
    "provider_timeout": "The provider gave up waiting",
    "provider_rate_limited": "The provider limits how often it is asked",
    "provider_quota_exhausted": "The provider's quota is used up",
    "overloaded": "The provider is busy",
    "model_loading": "The model is loading",
    "loop_detected": "The provider is part of a loop",
    "provider_unconfigured": "The provider is a portal with a provider that is not set up",
    "provider_error": "The provider failed",
    "crashed": "The provider failed",
    "wrong_address": "The provider has nothing at this address. Correct it in models.yaml: that of "
    "an OpenAI-compatible server ends in /v1 as a rule, Ollama's does not",
    "bot_wall": "The provider's address is behind a check for browsers, which programs do not pass",
    "region": "The provider does not serve the region of the portal's server",
}
CODES = {"wrong_address": "provider_model_missing", "bot_wall": "provider_error",
         "region": "provider_error", "crashed": "provider_error"}  # fmt: skip
MAY_BE_REPEATED = ("provider_rate_limited", "overloaded", "model_loading", "crashed")
NOT_TAKEN = (429, 503, 529)  # with a pause: the provider did nothing yet
FAILURES = (409, 424, 425)  # statuses of the server's failures, in spite of the 4


def read_error(status: int, headers: Mapping[str, str], data: bytes) -> PortalError:
    """Return the error for a response with `status` and body `data`. Header names: lower case."""
    return to_error(status, headers, error_body.read(data))


def in_answer(answer: Any) -> PortalError:
    """Return the error in the decoded body, or event, of a response with HTTP status 200."""
    reported = error_body.read_value(answer)
    return to_error(reported.status or 500, {}, reported)


def to_error(status: int, headers: Mapping[str, str], reported: Reported) -> PortalError:
    """Return the error for what a provider reported with `status`."""
    headers = {**reported.headers, **headers}
    pause = retry_after.seconds(headers, reported.delay, reported.words)
    kind = kind_of(status, reported, has_delay=pause is not None)
    code = CODES.get(kind, kind)
    # A provider's message about our own key is for the log, not for the caller.
    message = "" if kind == "provider_auth_failed" else tidy(reported.message)
    sentence = SENTENCES[kind] + (f": {message}" if message else f" (HTTP {status}).")
    is_failure = status >= 500 or status in FAILURES
    may_pass = kind in MAY_BE_REPEATED or (kind == "provider_error" and is_failure)
    error = PortalError(
        code,
        sentence,
        param=reported.param[:100] or None if kind == "provider_rejected" else None,
        retry_after=_pause(kind, pause) if may_pass else None,
        retry=False if code == "provider_error" and not may_pass else None,
        provider=_as_dict(status, replace(reported, message=message)),
    )
    if status in NOT_TAKEN and kind in MAY_BE_REPEATED:
        error.repeat_after = pause
    return error


def _pause(kind: str, pause: int | None) -> int | None:
    return DEFAULT_PAUSE if pause is None and kind in MAY_BE_REPEATED else pause


def _as_dict(status: int, reported: Reported) -> dict[str, Any]:
    """Return `error.provider`: the provider's own words for its refusal."""
    texts = {
        "code": reported.code,
        "type": reported.type,
        "param": reported.param,
        "message": reported.message,
    }
    return {"status": status, **{key: tidy(text) or None for key, text in texts.items()}}


def tidy(message: str) -> str:
    """Return a provider's message on one printable line, without keys, addresses and paths."""
    line = " ".join("".join(c if c.isprintable() else " " for c in message[:20_000]).split())
    return hide_keys(hide_places(_BEARER.sub("[hidden]", line)))


def shorten(message: str) -> str:
    """Return at most MAX_MESSAGE characters of `message`. Scrub it first: never half a secret."""
    return message if len(message) <= MAX_MESSAGE else message[: MAX_MESSAGE - 1] + "…"
