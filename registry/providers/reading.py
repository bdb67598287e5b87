"""What the wire formats read answers with: JSON, counts of tokens, and their errors."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import PortalError
from core.json_values import has_more_values
from registry.providers import errors
from registry.providers.framing import whole_characters

if TYPE_CHECKING:
    from registry.providers.wire import Body

MAX_VALUES = 4_000_000  # ten thousand tokens, each with twenty others and their log probabilities


def bad_response(what: str, *, retry: bool | None = None) -> PortalError:
    message = f"The provider's answer was not usable: {what}."
    return PortalError("provider_bad_response", message, retry=retry)


def cut_off() -> PortalError:
    return PortalError("provider_bad_response", "The provider's answer broke off before its end.")


def decode(data: bytes, *, halves: bool = False) -> Body:
    """Return the JSON object in `data`. Raises PortalError `provider_bad_response`.

    Lone surrogates become U+FFFD; with `halves` they stay: the next line may hold the other half.
    """
    value = decode_any(data, halves=halves)
    if not isinstance(value, dict):
        raise bad_response("it is not a JSON object")
    return value


def checked(data: bytes, *, halves: bool = False) -> Body:
    """Return the object in `data`, as `decode` does. Raises PortalError for an error in a 200."""
    answer = decode(data, halves=halves)
    if answer.get("error") or answer.get("type") == "error":
        raise errors.in_answer(answer)
    return answer


def same(data: bytes, answer: Any) -> bytes:
    """Return the JSON in `data` as it is, or `answer`, its value, if callers could not parse it.

    Some servers write NaN, half characters, and other encodings.
    """
    try:
        msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return msgspec.json.encode(answer)
    return data


def decode_any(data: bytes, *, halves: bool = False) -> Any:
    """Return the JSON value in `data`, as `decode` does. NaN and infinity become null."""
    check_values(data, MAX_VALUES)
    try:
        return msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        try:  # msgspec refuses lone surrogates, which models do write, and NaN
            value = json.loads(data.decode("utf-8-sig", "replace"), parse_constant=lambda _: None)
            return value if halves else in_whole_characters(value)
        except (ValueError, RecursionError):
            raise bad_response("it is not JSON") from None


def check_values(data: bytes, limit: int) -> None:
    """Raise PortalError if `data` would decode to so many values that they fill the memory."""
    if has_more_values(data, limit):
        raise bad_response(f"its JSON has over {limit} values", retry=False)


def in_whole_characters(value: Any) -> Any:
    """Return a copy of a JSON value without lone surrogates."""
    if isinstance(value, dict):
        return {whole_characters(k): in_whole_characters(v) for k, v in value.items()}
    if isinstance(value, list):
        return [in_whole_characters(item) for item in value]
    return whole_characters(value) if isinstance(value, str) else value


def token_count(value: Any) -> int | None:
    """Return `value` if it is a token count, else None. Some servers write it as text or float."""
    is_text = isinstance(value, str) and value.isdecimal() and len(value) < MAX_DIGITS
    if is_text or (isinstance(value, float) and value.is_integer()):
        value = int(value)
    return value if type(value) is int and 0 <= value < MAX_COUNT else None


MAX_DIGITS, MAX_COUNT = 20, 2**63


def usage(prompt: Any, completion: Any) -> Body | None:
    """Return OpenAI's `usage`, with null for a count that the provider did not report."""
    counts = token_count(prompt), token_count(completion)
    if counts == (None, None):
        return None
    total = None if None in counts else sum(count or 0 for count in counts)
    return {"prompt_tokens": counts[0], "completion_tokens": counts[1], "total_tokens": total}
