"""Operands of calls and of sums of dates that Postgres and its like refuse by their types."""

from __future__ import annotations

import re
from typing import Any

from queryexpr.check.kinds import kind
from queryexpr.check.parts import type_of
from queryexpr.check.scope import Scope
from queryexpr.expression import Aggregate, Cast, Function, Interval, Native, Number, Op

_DATE = re.compile(r"\s*(\d{4}-\d{1,2}-\d{1,2}.*|\d{8}|now|today|tomorrow|yesterday)\s*", re.I)
_WORDS = {"text": "a text", "number": "a number", "time": "a date", "boolean": "a condition"}
_LENGTH = "A date is moved by a length of time: write INTERVAL '1 day'."
# Functions by name → the kinds that their operands, from the one of that number, may not be.
_REFUSES: dict[str, tuple[int, set[str]]] = {
    "DATE_TRUNC": (1, {"text", "number", "boolean"}),
    "DATE_PART": (1, {"text", "number", "boolean"}),
    "AGE": (0, {"text", "number", "boolean"}),
    "TO_CHAR": (0, {"text", "boolean"}),
    "TO_DATE": (0, {"time", "number", "boolean"}),
    "DATE": (0, {"number", "boolean"}),
    "MD5": (0, {"number", "time", "boolean"}),
    "BOOL_AND": (0, {"number", "text", "time"}),
    "BOOL_OR": (0, {"number", "text", "time"}),
    "EVERY": (0, {"number", "text", "time"}),
    **dict.fromkeys(
        ("CORR", "COVAR_POP", "COVAR_SAMP", "REGR_SLOPE", "REGR_INTERCEPT", "REGR_R2"),
        (0, {"text", "time", "boolean"}),
    ),
    **dict.fromkeys(
        ("STDDEV", "VARIANCE", "STDDEV_POP", "STDDEV_SAMP", "VAR_POP", "VAR_SAMP"), (0, {"time"})
    ),
}
_OF_TEXT = {"lower", "upper", "trim", "ltrim", "rtrim", "replace", "substring", "left", "right",
            "position"}  # fmt: skip


def fault(node: Any, scope: Scope, *, days: bool) -> str:
    """Return what is wrong with the types of operands; empty if nothing is known to be.

    `days`: the difference of two dates is a number of days, and no length of time.
    """
    match node:
        case Op(op="+" | "-" | "*" | "%" | "/" | "native /", args=(left, right)):
            return _moved(node.op, left, right, scope)
        case Native(native="DATE_PART", args=(_, of)) | Function(fn="extract", args=(of,)) if (
            days and _is_days(of, scope)
        ):
            return "The difference of two dates is a number of days already, which has no parts."
        case Function(fn=name, args=(first, *_)) if name in _OF_TEXT and _is_json(first, scope):
            return f"{name.upper()} takes a text, and no JSON: take a part with ->>, or cast it."
        case Native(native="TO_CHAR" | "TO_DATE", args=(_,)):
            return f"{node.native} needs a format, such as 'YYYY-MM-DD'."
        case Function(fn="position", args=args):
            return _refused("POSITION", args, {"number", "time", "boolean"}, scope)
        case Op(op=op, args=(first, *_)) if "like" in op and _is_json(first, scope):
            return "A pattern is for texts, and not for JSON: take a part with ->>, or cast it."
        case Aggregate(agg="min" | "max", args=(first,)) if _is_json(first, scope):
            return f"{node.agg.upper()} takes no JSON: take a part of it."
        case Aggregate(agg="percentile_cont", order_by=(sort,)):
            return _refused("PERCENTILE_CONT", (sort.by,), {"text", "boolean"}, scope)
        case Cast():
            return _cast(node, scope)
        case Native() | Aggregate():
            name = (node.native if isinstance(node, Native) else node.agg).upper()
            first, kinds = _REFUSES.get(name, (0, set()))
            formatted = name.startswith("TO_")  # the format may be of a column
            operands = node.args[:1] if formatted else node.args[first:]
            return _refused(name, operands, kinds, scope)
    return ""


def _refused(name: str, args: tuple[Any, ...], kinds: set[str], scope: Scope) -> str:
    typed = (arg for arg in args if not isinstance(arg, str | Interval))
    found = next((found for arg in typed if (found := kind(arg, scope)) in kinds), "")
    return f"{name} takes no {_WORDS[found].split()[-1]}: cast it." if found else ""


def _moved(op: str, left: Any, right: Any, scope: Scope) -> str:
    """Return what is wrong where a date is added to, or subtracted from, another value."""
    one, other = _moment(left, scope), _moment(right, scope)
    if not one and not other:
        return ""
    if op not in ("+", "-"):
        return f"A date is not calculated with {op.split()[-1]!r}."
    if op == "+" and one and other:
        return "Two dates are not added."
    value = right if one else left
    if isinstance(value, str):
        return "" if op == "-" and _DATE.fullmatch(value) else _LENGTH
    if kind(value, scope) != "number":
        return ""
    whole = not isinstance(value, float | Number)
    return "" if whole and (one or other) == "date" else _LENGTH


def _moment(value: Any, scope: Scope) -> str:
    """Return `date` or `time` for a date with or without hours; empty for any other value."""
    match value:
        case Function(fn="current_date" | "date"):
            return "date"
        case Function(fn="current_timestamp" | "date_trunc"):
            return "time"
        case Cast():
            name = value.type.lower()
        case _:
            name = type_of(value, scope).lower()
    return (
        "date" if name == "date" else "time" if name.startswith(("timestamp", "datetime")) else ""
    )


def _is_days(value: Any, scope: Scope) -> bool:
    if not isinstance(value, Op) or value.op != "-":
        return False
    return all(_moment(arg, scope) == "date" for arg in value.args)


def _is_json(value: Any, scope: Scope) -> bool:
    return type_of(value, scope).lower() in ("json", "jsonb")


def _cast(node: Cast, scope: Scope) -> str:
    of, to = kind(node.cast, scope), node.type.lower()
    if of == "number" and not isinstance(node.cast, str) and to.startswith(("date", "timestamp")):
        return "A number is cast to no date."
    is_fraction = type_of(node.cast, scope).lower().startswith(("num", "dec", "double", "real"))
    if is_fraction and to in ("boolean", "bool"):
        return "Only whole numbers are cast to conditions: compare it with 0."
    return ""
