"""
Limits on the operands of functions, most of all on those that make a text of any length.

`LPAD(x, 1000000000)` would take the server's memory. A length of up to a hundred characters, or a
format without wide fields, is what people need.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

MAX_LENGTH = 100  # characters of one field
_FIELD = re.compile(r"%[-+ 0#,!]*(\d{0,2})(\.\d{1,2})?[a-zA-Z%]")


@dataclass(frozen=True, slots=True)
class Limit:
    """`fits` checks the operands of a call; `message` says what a function needs, by its name."""

    fits: Callable[[tuple[Any, ...]], bool]
    message: str


def _is_short(args: tuple[Any, ...]) -> bool:
    size = args[1] if len(args) > 1 else None
    return type(size) is int and 0 <= size <= MAX_LENGTH


def _is_narrow(args: tuple[Any, ...]) -> bool:
    return bool(args) and isinstance(args[0], str) and "%" not in _FIELD.sub("", args[0])


SHORT = Limit(_is_short, f"{{}} needs a length here that is a number of up to {MAX_LENGTH}.")
NARROW = Limit(
    _is_narrow, "{} needs a format here that is a text, with no field of over 99 characters."
)
_DIGITS = re.compile(r"\d{3}")
MAX_FACTORIAL = 170  # a double holds no more


def _is_small(args: tuple[Any, ...]) -> bool:
    return len(args) == 1 and type(args[0]) is int and args[0] <= MAX_FACTORIAL


def _is_plain(args: tuple[Any, ...]) -> bool:
    return len(args) > 1 and isinstance(args[1], str) and not _DIGITS.search(args[1])


SMALL = Limit(_is_small, f"{{}} needs a number of up to {MAX_FACTORIAL} here.")
PLAIN = Limit(_is_plain, "{} needs a format here that is a text, with no number of over 99.")
_ESCAPES = re.compile(r"([^\\]|\\[0-9\\])*", re.DOTALL)


def _is_escaped(args: tuple[Any, ...]) -> bool:
    text = args[2] if len(args) > 2 else ""
    return not isinstance(text, str) or bool(_ESCAPES.fullmatch(text))


ESCAPED = Limit(
    _is_escaped, "{} needs a replacement here whose backslashes are before a digit or a backslash."
)


def _is_letter(args: tuple[Any, ...]) -> bool:
    return args[:1] != (0,)


LETTER = Limit(_is_letter, "{} takes no 0 here, since no text has that letter: leave it out.")
PADS = {"LPAD": SHORT, "RPAD": SHORT}
REPEATS = PADS | {"REPEAT": SHORT}
