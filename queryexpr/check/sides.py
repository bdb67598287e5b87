"""The kinds of values on both sides of a set operation, which some dialects do not convert."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from queryexpr.check.lacking import is_literal, is_null_case
from queryexpr.check.scope import Output
from queryexpr.expression import Case, Function, Select, SetOperation, Star

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.dialects.dialect import Dialect

Outputs = list[Output] | None
_LITERAL = "literal"  # it takes the type of the other side; a "word" only that of texts
_CONVERTIBLE = re.compile(r"\d|^\s*(true|false|yes|no|on|off|infinity|nan|now|today)\s*$", re.I)
_LITERALS = {_LITERAL, "word"}
_NULLS = " NULL needs a type in a CASE, and in the first two of several queries."
_WORDS = {"text": "a text", "number": "a number", "time": "a date", "boolean": "a condition"}


def check_sides(
    checker: Checker, node: SetOperation, left: Outputs, right: Outputs, pointer: str
) -> None:
    """Add an error for each column whose two sides have no common type in the dialect."""
    if checker.dialect.mixed_columns or left is None or right is None:
        return
    for number, pair in enumerate(zip(left, right, strict=False)):
        kinds = [
            _kind(checker.dialect, side, number, output)
            for side, output in zip((node.left, node.right), pair, strict=True)
        ]
        if "word" in kinds and {*kinds} & {"number", "time", "boolean"}:
            kinds = ["text" if kind == "word" else kind for kind in kinds]
        if {*kinds} <= _WORDS.keys() and len({*kinds}) > 1:
            one, other = (_WORDS[kind] for kind in kinds)
            message = (
                f"Column {number + 1} of {node.set.upper()} is {one} on the left and {other} on the"
                " right: cast one of them."
            )
            is_null = [output.family for output in pair] != kinds
            checker.wrong("type_mismatch", message + _NULLS * is_null, f"{pointer}/right")


def _kind(dialect: Dialect, query: Any, number: int, output: Output) -> str:
    """Return the kind of a column of one side, as far as it is known."""
    if isinstance(query, SetOperation):
        return _of_set(dialect, query, number, output)
    starred = not isinstance(query, Select) or any(isinstance(i.expr, Star) for i in query.select)
    if starred:
        return output.family
    value = query.select[number].expr
    if isinstance(value, str):
        return _LITERAL if dialect.converts_literals and _CONVERTIBLE.search(value) else "word"
    if is_literal(value):
        return _LITERAL
    if is_null_case(value):
        return "" if dialect.literals_have_types else "text"
    return "" if _begins_with_literal(value) else output.family


def _begins_with_literal(value: Any) -> bool:
    """Is its type that of another operand than the first, which is a literal?"""
    match value:
        case Case():
            return is_literal(value.case[0].then)
        case Function(fn="coalesce" | "nullif"):
            return any(map(is_literal, value.args[:1]))
    return False


def _of_set(dialect: Dialect, query: SetOperation, number: int, output: Output) -> str:
    unknown = Output(output.name)  # what the right side's column is called does not matter
    left = _kind(dialect, query.left, number, output)
    right = _kind(dialect, query.right, number, unknown)
    if {left, right} <= _LITERALS and dialect.pairwise_types:
        return "text"
    return right if left in _LITERALS else left
