"""Parsing JSON request bodies: strict syntax, then types."""

from __future__ import annotations

import json
import re
from typing import Any, TypeVar

import msgspec
from django.conf import settings
from django.utils.translation import gettext_noop as _

from core.errors import PortalError, Sentence
from core.http.type_errors import plain
from core.json_values import has_more_values

NOT_PARSED = _("The body cannot be parsed: {reason}.")
DUPLICATE = _("an object has a key twice")
TOO_DEEP = _("The body is nested too deep.")
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
T = TypeVar("T")
_MESSAGE = re.compile(r"^(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?$", re.DOTALL)  # of msgspec


def read_json(data: bytes) -> dict[str, Any]:
    """Return the JSON object in `data`. Raises PortalError `invalid_request`, `payload_too_large`.

    Besides bad syntax this rejects duplicate keys, NaN, numbers that overflow, lone surrogates,
    deep nesting, and anything but an object.
    """
    if has_more_values(data, settings.MAX_JSON_VALUES):
        message = f"The body has over {settings.MAX_JSON_VALUES} values (MAX_JSON_VALUES)."
        raise PortalError("payload_too_large", message)
    data = data.removeprefix(BYTE_ORDER_MARK)  # PowerShell writes one
    try:
        value = msgspec.json.decode(data)
        _pairs.decode(data.decode())  # msgspec keeps the last of two equal keys
    except RecursionError:
        raise PortalError("invalid_request", TOO_DEEP) from None
    except (msgspec.MsgspecError, ValueError) as error:
        reason = DUPLICATE if isinstance(error, _DuplicateError) else _("it is not valid JSON")
        sentences = [Sentence(NOT_PARSED, reason=[reason])]
        raise PortalError("invalid_request", sentences) from None
    if not isinstance(value, dict):
        raise PortalError("invalid_request", _("The body must be a JSON object."))
    return value


def check_media_type(value: str) -> None:
    """Raise PortalError `unsupported_media_type` unless a `Content-Type` is JSON in UTF-8."""
    media, _, parameters = value.lower().partition(";")
    charset = parameters.strip().removeprefix("charset=").strip('"')
    if media.strip() != "application/json" or charset not in ("", "utf-8", "utf8"):
        raise PortalError("unsupported_media_type", "Send JSON: Content-Type: application/json.")


class _DuplicateError(ValueError):
    pass


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) < len(pairs):
        raise _DuplicateError


_pairs = json.JSONDecoder(object_pairs_hook=_unique)


def check_types(value: dict[str, Any], shape: type[T]) -> T:
    """Return `value` as `shape`. Raises PortalError `invalid_request`, which names the field."""
    try:
        return msgspec.convert(value, shape)
    except msgspec.ValidationError as error:
        match = _MESSAGE.match(str(error))
        what, path = (match["what"], match["path"] or "") if match else (str(error), "")
        path = path.removeprefix(".")
        name = path or _named(what)
        what = plain(what, shape, path)
        message = f"{path}: {what}." if path else f"{what}."
        raise PortalError("invalid_request", message, param=name) from None
    except RecursionError:
        raise PortalError("invalid_request", TOO_DEEP) from None


def _named(what: str) -> str | None:
    """Return the field in "Object missing required field `x`"."""
    match = re.search(r"field `([^`]+)`", what)
    return match[1] if match else None
