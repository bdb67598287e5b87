"""
Bounds of what a query makes: columns, texts that grow, and what engines copy.

A query of a few bytes may ask for thousands of columns, or for a text of gigabytes. That is refused
before an engine, or this library, has to make it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.scope import Scope
from queryexpr.expression import (
    Array,
    Case,
    Cast,
    Column,
    Function,
    Native,
    Node,
    Op,
    Part,
)
from queryexpr.issues import Issue, Refused
from queryexpr.walk import children

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

MAX_COLUMNS = 1664  # of a query: what Postgres takes
MAX_COPIES = 1000  # of a value: NULLIF compares it, and gives it
MAX_GROWTH = 1000  # times the length of what is in a table
_UNIT = 100  # characters of a literal that count as one value
_UNKNOWN = 10  # how much a replacement that is no literal may add
_DOUBLE = {
    "HEX",
    "QUOTE",
    "TO_HEX",
    "QUOTE_LITERAL",
    "QUOTENAME",
    "JSON_QUOTE",
    "TO_JSON",
    "TO_JSONB",
}
_REPLACE = {"REPLACE", "REGEXP_REPLACE"}
JOINS = {"CONCAT", "CONCAT_WS", "PRINTF", "FORMAT", "INSERT", "STUFF", "OVERLAY",
         "ARRAY_CONCAT", "ARRAY_CAT", "ARRAY_TO_STRING", "JSON_BUILD_OBJECT", "JSONB_BUILD_OBJECT",
         "JSON_BUILD_ARRAY", "JSONB_BUILD_ARRAY"}  # fmt: skip

GROWS = _DOUBLE | _REPLACE | {"REPEAT"}


def name_of(value: Any) -> str:
    """Return the name of a function, in capitals; empty for other values."""
    name = value.fn if isinstance(value, Function) else getattr(value, "native", "")
    return str(name).upper()


def check_width(columns: int) -> None:
    """Raise Refused for more columns than a database takes."""
    if columns > MAX_COLUMNS:
        message = f"The query has over {MAX_COLUMNS:,} columns: name those that you need."
        raise Refused(Issue("too_many_columns", message))


def check_growth(checker: Checker, node: Node, scope: Scope, pointer: str) -> None:
    """Add an issue for a text that may grow far beyond those in the tables."""
    if isinstance(node, Function | Native | Op) and growth(node, scope) > MAX_GROWTH:
        message = f"This may make a text over {MAX_GROWTH:,} times as long as those in the tables."
        checker.wrong("too_large", message, pointer)
    if _factor(node) > 1 and _copies(node) > MAX_COPIES:
        message = f"Databases would compute a value in it over {MAX_COPIES:,} times. Nest it less."
        checker.wrong("too_large", message, pointer)


def _copies(node: Node) -> int:
    """Return how many times a database computes a part of a value that it writes out."""
    inside = (_copies(child) for child in children(node) if isinstance(child, Node))
    return _factor(node) * max(inside, default=1)


def _factor(node: Node) -> int:
    """Return how many copies of its operand a database makes of a node."""
    if isinstance(node, Case):
        return len(node.case) if node.of is not None else 1
    return 2 if name_of(node) == "NULLIF" else 1


def growth(value: Any, scope: Scope) -> int:
    """Return how much longer than a value of a table it may be."""
    if isinstance(value, str):
        return 1 + len(value) // _UNIT
    read = _GROWTH.get(type(value))
    return read(value, scope) if read else 1


def _column(value: Column, scope: Scope) -> int:
    matches = scope.find(value.column, value.table)
    return matches[0][1].growth if matches else 1


def _longest(values: tuple[Any, ...], scope: Scope) -> int:
    return max((growth(value, scope) for value in values), default=1)


def _op(value: Op, scope: Scope) -> int:
    if value.op == "||":
        return sum(growth(arg, scope) for arg in value.args)
    return _longest(value.args, scope) if value.op == "collate" else 1


def _call(value: Function | Native, scope: Scope) -> int:
    name = name_of(value)
    if name in _REPLACE:
        return growth(value.args[0], scope) * _added(name, value.args) if value.args else 1
    if name == "REPEAT" and type(value.args[-1]) is int:
        return growth(value.args[0], scope) * max(1, value.args[-1])
    if name in JOINS:
        return sum(growth(arg, scope) for arg in value.args)
    return _longest(value.args, scope) * (2 if name in _DOUBLE else 1)


def _added(name: str, args: tuple[Any, ...]) -> int:
    """Return how many characters may stand for each one that is replaced."""
    old, new = args[1:3] if args[2:] else ("", "")
    if not isinstance(new, str):
        return _UNKNOWN
    length = len(old) if isinstance(old, str) and name == "REPLACE" else 1
    return max(1, -(-len(new) // max(1, length)))


_GROWTH: dict[type, Any] = {
    Column: _column, Op: _op, Function: _call, Native: _call,
    Cast: lambda value, scope: growth(value.cast, scope),
    Part: lambda value, scope: growth(value.part, scope),
    Array: lambda value, scope: sum(growth(one, scope) for one in value.array),
    Case: lambda value, scope: _longest(
        (*(branch.then for branch in value.case), value.otherwise), scope
    ),
}  # fmt: skip
