"""
The body of an error → what the provider said: its message, code, type and param.

Servers wrap errors in many ways: `{"error": {…}}`, `{"error": "…"}`, `{"errors": […]}`, a list of
these (Google), `{"detail": …}` as text or as FastAPI's list, `{"message": {"detail": …}}`,
JSON inside of the message's text, an event's line `error: {…}` (llama.cpp), a web page, XML,
a text in quotes, or plain text.
"""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

MAX_DEPTH = 8
MAX_DELAY = 1e9
MAX_TEXT = 100_000  # characters of a body that are read
MAX_WORDS = 20_000  # characters that are searched for signs
MESSAGES = ("message", "error_message", "error_msg", "status_msg", "msg", "detail", "details",
            "title", "error_description", "reason", "Message")  # fmt: skip
CODES = ("code", "error_code", "errorCode", "status_code", "Code")
TYPES = ("type", "error_type", "__type", "status")
INSIDE = ("error", "errors", "base_resp", "fault", "innererror", "external_model_error",
          "Response", "Error")  # fmt: skip
DELAYS = ("retry_after", "retryAfter", "retry_after_seconds", "resets_in_seconds",
          "estimated_time")  # fmt: skip
# Fields that repeat the request or an answer. Their words are not the provider's reasons.
ECHOES = ("input", "failed_generation", "flagged_input")
# The bounds keep the time linear: a body may hold many tags that are never closed.
_TITLE = re.compile(r"<(title|h1|message)[^>]{0,200}>(.{0,500}?)</\1", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(
    r"\s*(?:<!doctype html|<(?:html|head|title|body|center|h1)\b|<\?xml)", re.IGNORECASE
)
_LINE = re.compile(r"(?:data:|error:)\s*(?=[\[{])")


@dataclass(frozen=True, slots=True)
class Reported:
    """What a provider said of an error. All but `status` and `delay` are texts, or empty.

    `status` is the HTTP status inside of the body. `words` has all words of the body by
    which an error is recognised, and `is_page` says that the body is a web page.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""
    status: int | None = None
    delay: float | None = None  # seconds after which a retry may succeed
    words: str = ""
    is_page: bool = False
    headers: dict[str, str] = field(default_factory=dict)  # of the server behind a gateway


def read(data: bytes) -> Reported:
    """Return what an error's body says, in any of the forms above."""
    text = data[:MAX_TEXT].decode("utf-8-sig", "replace").strip()
    if _PAGE.match(text):
        title = _TITLE.search(text)
        words = re.sub(r"<[^>]*>", " ", title[2]) if title else ""
        return Reported(html.unescape(words).strip(), words=text[:MAX_WORDS], is_page=True)
    value = _json(text)
    return read_value(text if value is None else value)


def read_value(value: Any) -> Reported:
    """Return what an error says that was decoded from JSON."""
    reported = _read(value, 0)
    words = value if isinstance(value, str) else json.dumps(_reasons(value), ensure_ascii=False)
    return replace(reported, words=words[:MAX_WORDS])


def _reasons(value: Any, depth: int = 0) -> Any:
    """Return a copy of `value` without ECHOES, and not deeper than what `_read` reads."""
    if depth > 2 * MAX_DEPTH:
        return None
    if isinstance(value, dict):
        return {k: _reasons(v, depth + 1) for k, v in value.items() if k not in ECHOES}
    return [_reasons(item, depth + 1) for item in value] if isinstance(value, list) else value


def _json(text: str) -> Any:
    """Return the object, list or text that `text` is in JSON, or None."""
    text = text[match.end() :] if (match := _LINE.match(text)) else text
    if text[:1] not in ("{", "[", '"'):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _read(value: Any, depth: int) -> Reported:
    if depth > MAX_DEPTH:
        return Reported()
    if isinstance(value, str):
        inside = _json(value.strip())
        return Reported(value.strip()) if inside is None else _read(inside, depth + 1)
    if isinstance(value, list):
        return _list(value, depth)
    return _object(value, depth) if isinstance(value, dict) else Reported()


def _list(values: list[Any], depth: int) -> Reported:
    """Read a list of errors: the first one's code, everyone's message."""
    all_reported = [_read(value, depth + 1) for value in values[:20]]
    messages = [reported.message for reported in all_reported if reported.message]
    first = all_reported[0] if all_reported else Reported()
    return replace(first, message="; ".join(dict.fromkeys(messages)))


def _object(error: dict[str, Any], depth: int) -> Reported:
    inner = Reported()
    for key in (*INSIDE, *MESSAGES):
        if error.get(key) and not inner.message and not _is_success(error[key]):
            inner = _read(error[key], depth + 1)
    code, message = _first(error, CODES), inner.message or _by_field(error, depth)
    if longer := _explained(error):
        code, message = code or message, longer
    return Reported(
        message=_with_place(error, message) + _upstream(error),
        code=inner.code or code,
        type=inner.type or _first(error, TYPES),
        param=inner.param or _text(error.get("param")),
        status=inner.status or _status(code) or _status(_text(error.get("status"))),
        delay=inner.delay or _delay(error),
        headers=inner.headers or _headers(error),
    )


def says_something(error: Any, depth: int = 0) -> bool:
    """Is an `error` one? Some servers in Go write an empty one into each answer."""
    if isinstance(error, dict) and depth < MAX_DEPTH:
        return any(says_something(value, depth + 1) for value in error.values())
    return error not in (None, False, "", 0, 200, "0", "200", "success", [])


def _is_success(value: Any) -> bool:
    """Is this MiniMax's report that there was no error?"""
    return isinstance(value, dict) and value.get("status_code") == 0


def _explained(error: dict[str, Any]) -> str:
    """Return the longer text beside an `error` that is only a word, as `Not Found`."""
    word = error.get("error")
    texts = (error.get(key) for key in MESSAGES)
    text = next((text for text in texts if isinstance(text, str)), "")
    return text if isinstance(word, str) and len(text) > len(word) else ""


def _by_field(error: dict[str, Any], depth: int) -> str:
    """Return the message of `{"temperature": ["is invalid"]}` (Ruby on Rails)."""
    values = list(error.values())[:20] if depth else []
    if not all(isinstance(v, list) and v and isinstance(v[0], str) for v in values):
        return ""
    return "; ".join(f"{key} {value[0]}" for key, value in zip(error, values, strict=False))


def _first(error: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((text for key in keys if (text := _text(error.get(key)))), "")


def _text(value: Any) -> str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if is_number else value if isinstance(value, str) else ""


def _status(code: str) -> int | None:
    return int(code) if re.fullmatch(r"[45]\d\d", code) else None


def _with_place(error: dict[str, Any], message: str) -> str:
    """Return FastAPI's and pydantic's message with the field that it is about."""
    place = error.get("loc")
    if not isinstance(place, list) or not message:
        return message
    field = ".".join(str(part) for part in place if part != "body")
    return f"{field}: {message}" if field else message


def _upstream(error: dict[str, Any]) -> str:
    """Return what the server behind a gateway said (OpenRouter), after a space."""
    metadata = error.get("metadata")
    raw = metadata.get("raw") if isinstance(metadata, dict) else None
    message = _read(raw, MAX_DEPTH - 3).message if raw else ""
    return f" ({message})" if message and message != error.get("message") else ""


def _headers(error: dict[str, Any]) -> dict[str, str]:
    """Return the headers in OpenRouter's `metadata`, with names in lower case."""
    metadata = error.get("metadata")
    headers = metadata.get("headers") if isinstance(metadata, dict) else None
    pairs = headers.items() if isinstance(headers, dict) else ()
    return {name.lower(): value for name, value in pairs if isinstance(value, str)}


def _delay(error: dict[str, Any]) -> float | None:
    """Return the seconds in one of DELAYS, or in Google's `retryDelay`."""
    details = error.get("details")
    infos = [d for d in details if isinstance(d, dict)] if isinstance(details, list) else []
    for value in (*map(error.get, DELAYS), *(info.get("retryDelay") for info in infos)):
        if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value) if 0 <= value < MAX_DELAY else None
        if isinstance(value, str) and re.fullmatch(r"\d{1,9}(\.\d{1,9})?s?", value):
            return float(value.rstrip("s"))
    return None
