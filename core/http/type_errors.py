"""What msgspec says of a value that does not fit, in words that name the remedy."""

from __future__ import annotations

import re
from typing import Any, Literal, get_args, get_origin, get_type_hints

_BOUNDS = {"<=": "at most", ">=": "at least", "<": "less than", ">": "more than"}
_NUMBERS = {"int": "a whole number of", "float": "a number of"}
_UNITS = {"str": "characters", "bytes": "bytes", "array": "entries", "object": "fields"}
_BOUND = re.compile(r"Expected `(int|float)` (<=|>=|<|>) (\S+)")
_LENGTH = re.compile(r"Expected `(str|bytes|array|object)` of length (<=|>=) (\d+)")
_CHOICE = re.compile(r"Invalid enum value (.+)", re.DOTALL)


def plain(what: str, shape: Any, path: str) -> str:
    """Return a sentence about the value at `path` of a struct `shape`, without its full stop."""
    if bound := _BOUND.fullmatch(what):
        kind, sign, number = bound.groups()
        return f"It must be {_NUMBERS[kind]} {_BOUNDS[sign]} {number}"
    if length := _LENGTH.fullmatch(what):
        kind, sign, number = length.groups()
        return f"It must have {_BOUNDS[sign]} {number} {_UNITS[kind]}"
    if (choice := _CHOICE.fullmatch(what)) and (known := _choices(shape, path)):
        return f"It must be one of {', '.join(known)}, not {choice[1]}"
    return what


def _choices(shape: Any, path: str) -> list[str]:
    """Return what a field of the struct itself may be; nothing if that is no list of texts."""
    hint = get_type_hints(shape).get(path)
    parts = [hint, *get_args(hint)] if get_origin(hint) is not Literal else [hint]
    return [str(one) for part in parts if get_origin(part) is Literal for one in get_args(part)]
