"""
Functions that make a text of any length: they may be called where a literal says how long.

`LPAD(x, 1000000000)` would take the server's memory. A length of up to a hundred characters, or a
format without wide fields, is what people need.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

LONGEST = 100  # characters of one field
_FIELD = re.compile(r"%[-+ 0#,!]*(\d{0,2})(\.\d{1,2})?[a-zA-Z%]")


def _is_short(args: tuple[Any, ...]) -> bool:
    size = args[1] if len(args) > 1 else None
    return type(size) is int and 0 <= size <= LONGEST


def _is_narrow(args: tuple[Any, ...]) -> bool:
    return bool(args) and isinstance(args[0], str) and "%" not in _FIELD.sub("", args[0])


# Dialect and function → are its operands harmless?
_CHECKS: dict[tuple[str, str], Callable[[tuple[Any, ...]], bool]] = {
    **{(dialect, name): _is_short for name in ("LPAD", "RPAD")
       for dialect in ("postgres", "mysql", "snowflake", "bigquery", "duckdb", "oracle")},
    ("sqlite", "PRINTF"): _is_narrow, ("sqlite", "FORMAT"): _is_narrow,
    ("postgres", "FORMAT"): _is_narrow,
}  # fmt: skip


def names(dialect: str) -> frozenset[str]:
    """Return the functions that may be called with such operands only."""
    return frozenset(name for where, name in _CHECKS if where == dialect)


def fault(dialect: str, name: str, args: tuple[Any, ...]) -> str:
    """Return what is wrong with the operands; empty if they cannot make a long text."""
    check = _CHECKS.get((dialect, name))
    if check is None or check(args):
        return ""
    if check is _is_short:
        return f"{name} needs a length here that is a number of up to {LONGEST}."
    return f"{name} needs a format here that is a text, with no field of over 99 characters."
