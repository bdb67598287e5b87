"""Checks of the numbers that NTILE and NTH_VALUE take: databases count from 1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.expression import Function, Null, Number, Op

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_PLACES = {"ntile": 0, "nth_value": 1}  # of the operand that is a number from 1


def check_ranking(checker: Checker, node: Function, pointer: str) -> None:
    """Add an error for a number below 1, or for none."""
    place = _PLACES.get(node.fn)
    if place is not None and len(node.args) > place and _is_none(node.args[place]):
        checker.wrong("window", f"{node.fn.upper()} takes a whole number from 1.", pointer)


def _is_none(value: Any) -> bool:
    """Is it a literal that is no number from 1?"""
    match value:
        case None | Null() | Op(op="neg", args=(int() | float(),)):
            return True
        case Number():
            return float(value.number) < 1
        case int() | float():
            return value < 1
    return False
