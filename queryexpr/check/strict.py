"""
Checks of what Postgres refuses besides kinds of values: doubles that are rounded to places, texts
that are no dates yet, hours of dates, aggregates that are no windows, and divisions by 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.doubles import is_double
from queryexpr.check.kinds import kind
from queryexpr.check.operands import fault
from queryexpr.check.parts import type_of
from queryexpr.check.scope import Scope
from queryexpr.expression import Aggregate, Case, Function, Interval, Native, Op, Window

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker
    from queryexpr.dialects.dialect import Dialect

_HOURS = {"hour", "minute", "second"}
_OF_TEXT = {"LPAD", "RPAD", "INITCAP", "REVERSE", "SPLIT_PART", "STRPOS", "REGEXP_REPLACE"}
_TRUTHS = {"is true", "is not true", "is false", "is not false"}


def check_strict(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an error for what the dialect refuses."""
    if isinstance(node, Window) and (what := _no_window(checker, node.window)):
        message = f"{checker.dialect.title} has no {what} with OVER."
        checker.wrong("not_supported", message, pointer)
    if checker.dialect.strict_types:
        days = checker.dialect.date_numbers == "days"
        if message := _fault(node, scope) or fault(node, scope, days=days):
            checker.wrong("type_mismatch", message, pointer)
    if _is_by_zero(node) and not _has_quotient(checker.dialect):
        message = f"A division by 0 is an error in {checker.dialect.title}: write NULL instead."
        checker.wrong("by_zero", message, pointer)
    if checker.dialect.rounds_decimals and (what := _of_double(node, scope)):
        message = f"{checker.dialect.title} has {what} for decimals only: CAST(… AS DECIMAL)."
        checker.wrong("type_mismatch", message, pointer)


def _is_by_zero(node: Any) -> bool:
    return isinstance(node, Op) and node.op == "native /" and node.args[-1] == 0


def _has_quotient(dialect: Dialect) -> bool:
    """Does a division by zero have a result?"""
    return dialect.null_by_zero or dialect.infinite_by_zero


def _no_window(checker: Checker, call: Any) -> str:
    """Return what of a window the dialect lacks; empty if it has all."""
    lacks = checker.dialect.lacks_windows
    if not isinstance(call, Aggregate):
        return ""
    if call.distinct and "distinct" in lacks:
        return f"{call.agg.upper()}(DISTINCT …)"
    return call.agg.upper() if call.agg in lacks else ""


def _fault(node: Any, scope: Scope) -> str:
    """Return what is wrong with the types of a value; empty if nothing is known to be."""
    match node:
        case Aggregate(agg="string_agg", args=(first, *_)) if _is_other(first, "text", scope):
            return "STRING_AGG joins texts: CAST(… AS TEXT)."
        case Aggregate(distinct=True, order_by=sorts) if any(s.by not in node.args for s in sorts):
            return f"{node.agg.upper()}(DISTINCT …) is ordered by its own operand only."
        case Aggregate(agg="avg" | "sum", args=(first,)) if _is_day(first, scope):
            return f"{node.agg.upper()} takes no dates."
        case Native(native="DATE_TRUNC", args=(_, str())) | Function(fn="extract", args=(str(),)):
            return "A text is no date yet: write DATE '…' or TIMESTAMP '…'."
        case Function(fn="extract", unit=unit, args=(of,)) if unit in _HOURS and _is_day(of, scope):
            return f"A date has no {unit}: CAST(… AS TIMESTAMP)."
        case Op(op="+" | "-", args=(str(), Interval())):
            return "A text is no date yet: write DATE '…' or TIMESTAMP '…'."
        case Op(op="||", args=args) if all(_is_other(arg, "text", scope) for arg in args):
            return "'||' joins texts: cast one of the values."
        case Op(op=op, args=(one,)) if op in _TRUTHS and _is_other(one, "boolean", scope):
            return f"{op.upper()} is of a condition, and not of a value."
        case Native(args=(first, *_)) if node.native.upper() in _OF_TEXT:
            return (
                f"{node.native} takes a text: cast it." if _is_other(first, "text", scope) else ""
            )
        case Case(of=of) if of is not None:
            found = {kind(of, scope), *(kind(branch.when, scope) for branch in node.case)} - {""}
            mixed = "boolean" in found and len(found) > 1
            return "CASE compares values of different kinds." if mixed else ""
    return ""


def _is_other(value: Any, fits: str, scope: Scope) -> bool:
    """Is it known to be of another kind? A literal text takes the type that fits."""
    return not isinstance(value, str) and kind(value, scope) not in ("", fits)


def _is_day(value: Any, scope: Scope) -> bool:
    return type_of(value, scope).lower() == "date"


def _of_double(node: Any, scope: Scope) -> str:
    """Return what takes no double, and has one."""
    match node:
        case Function(fn="round", args=(first, _)) if is_double(first, scope):
            return "ROUND with places"
        case Op(op="%", args=args) if any(is_double(arg, scope) for arg in args):
            return "the remainder"
        case Native(args=args) if node.native.upper() == "MOD":
            return "MOD" if any(is_double(arg, scope) for arg in args) else ""
        case Native(native="TRUNC", args=(first, _)) if is_double(first, scope):
            return "TRUNC with places"
    return ""
