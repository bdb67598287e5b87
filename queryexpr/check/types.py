"""
Checks of types: what some dialects refuse, such as the average of texts.

The schema knows the types of columns. What is not known is left to the engine. A text that is a
literal has no type yet in Postgres: `id = '5'` is fine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from queryexpr.check.frames import check_frame
from queryexpr.check.kinds import kind
from queryexpr.check.lacking import check_lacking, check_truth
from queryexpr.check.odd_dates import check_chosen, check_dates
from queryexpr.check.odd_texts import (
    check_cast,
    check_date,
    check_zone,
    odd_boolean,
    odd_whole_number,
)
from queryexpr.check.scope import Scope
from queryexpr.check.strict import check_strict
from queryexpr.dialects.operators import ARITHMETIC, COMPARISONS, PATTERNS, REGEXPS
from queryexpr.expression import (
    Aggregate,
    Case,
    Cast,
    Function,
    Interval,
    Native,
    Op,
    Values,
    Window,
)

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_OF_NUMBERS = {"sum", "avg", "stddev", "variance", "stddev_pop", "var_pop", "stddev_samp",
               "var_samp"}  # fmt: skip
_OF_TEXTS = {"lower", "upper", "trim", "ltrim", "rtrim", "replace", "length", "substring", "left",
             "right"}  # fmt: skip
_NUMERIC = {"abs", "round", "ceil", "floor", "sqrt", "power", "ln", "exp", "sign"}
_NUMBER = re.compile(r"\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*", re.IGNORECASE)
_OF_TIMES = {"extract", "date_trunc"}
_WORDS = {"text": "a text", "number": "a number", "time": "a date", "boolean": "a condition"}


def check_types(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an issue for an operand of the wrong type: an error where the dialect refuses it."""
    if check := _CHECKS.get(type(node)):
        check(checker, node, scope, pointer)
    check_lacking(checker, node, scope, pointer)
    check_strict(checker, node, scope, pointer)


def check_condition(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an error for a condition that is none in the dialect."""
    check_truth(checker, node, scope, pointer)


def _aggregate(checker: Checker, node: Aggregate, scope: Scope, pointer: str) -> None:
    found = kind(node.args[0], scope) if node.agg in _OF_NUMBERS and node.args else ""
    if found in ("text", "boolean"):
        _wrong(checker, node.agg, found, "a number", pointer, warns=found == "text")


def _function(checker: Checker, node: Function, scope: Scope, pointer: str) -> None:
    found = _typed(node.args[0], scope) if node.args else ""
    needs = next((word for names, fits, word in _FUNCTIONS if node.fn in names), "")
    fits = next((fits for names, fits, _ in _FUNCTIONS if node.fn in names), found)
    if found and found != fits:
        _wrong(checker, node.fn, found, needs, pointer)
    check_date(checker, node, pointer)
    if node.fn in ("coalesce", "nullif"):
        _chosen(checker, node.fn.upper(), node.args, scope, pointer)


_FUNCTIONS = (
    (_OF_TEXTS, "text", "a text"),
    (_NUMERIC, "number", "a number"),
    (_OF_TIMES, "time", "a date"),
)


def _op(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    if (node.op in PATTERNS or node.op in REGEXPS) and len(node.args) > 1:
        kinds = [_typed(arg, scope) for arg in node.args[:2]]
        found = next((each for each in kinds if each not in ("", "text")), "")
        if found:
            _wrong(checker, node.op, found, "a text", pointer, warns=found == "number")
    elif node.op in COMPARISONS or node.op in ("between", "not between"):
        _compared(checker, node.op, node.args, scope, pointer)
    elif node.op in ("in", "not in") and len(node.args) == 2:
        _compared(checker, node.op, _members(node), scope, pointer)
    elif node.op in ("in", "not in") and node.args:
        _rows_compared(checker, node, scope, pointer)
    elif node.op in ARITHMETIC:
        _calculated(checker, node, scope, pointer)
    elif node.op == "at time zone":
        check_zone(checker, node, pointer)


def _calculated(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    kinds = [_typed(arg, scope) for arg in node.args]
    found = next((each for each in kinds if each in ("text", "boolean")), "")
    if odd_whole_number(checker, node.args, scope) is not None:
        found = "text"
    if not found and "number" in kinds and not all(map(_may_be_number, node.args)):
        found = "text"
    if found:
        _wrong(checker, node.op, found, "a number", pointer)


def _members(node: Op) -> tuple[Any, ...]:
    """Return what `in` looks for, and the values among which it does, as far as they are listed."""
    left, right = node.args
    return (left, *right.values) if isinstance(right, Values) else (left, right)


def _rows_compared(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    """Check `(a, b) IN (SELECT …)`: each value is compared with a column of the query."""
    *values, query = node.args
    for value, found in zip(values, scope.families(query), strict=False):
        own = _typed(value, scope)
        if own and found and own != found:
            one, other = sorted((own, found))
            message = f"{node.op!r} compares {_WORDS[one]} with {_WORDS[other]}: cast one of them."
            _add(checker, message, pointer, warns={one, other} == {"number", "text"})


def _compared(
    checker: Checker, op: str, values: tuple[Any, ...], scope: Scope, pointer: str
) -> None:
    found = {k for k in (_typed(value, scope) for value in values) if k}
    if len(found) > 1:
        one, other = (_WORDS[each] for each in sorted(found)[:2])
        message = f"{op!r} compares {one} with {other}: cast one of them."
        _add(checker, message, pointer, warns=found == {"number", "text"})
    elif found == {"time"}:
        check_dates(checker, op, values, scope, pointer)
    elif found == {"boolean"} and (odd := odd_boolean(checker, values)) is not None:
        checker.wrong("odd_text", f"{op!r} compares a condition with {odd[:40]!r}.", pointer)
    elif (odd := odd_whole_number(checker, values, scope)) is not None:
        message = f"{op!r} compares a whole number with {odd[:40]!r}: write the number."
        checker.wrong("odd_text", message, pointer)
    elif {kind(value, scope) for value in values} == {"number", "text"}:
        message = f"{op!r} compares a number with a text: cast one of them."
        is_wrong = checker.dialect.strict_types and not all(map(_may_be_number, values))
        severity = "error" if is_wrong else "warning"
        checker.wrong("type_mismatch", message, pointer, severity=severity)


def _case(checker: Checker, node: Case, scope: Scope, pointer: str) -> None:
    values = (*(branch.then for branch in node.case), node.otherwise)
    _chosen(checker, "CASE", values, scope, pointer)
    if node.of is not None and checker.dialect.strict_types:
        tested = (node.of, *(branch.when for branch in node.case))
        if {kind(value, scope) for value in tested} == {"number", "text"}:
            _compared(checker, "case", tested, scope, pointer)


def _native(checker: Checker, node: Native, scope: Scope, pointer: str) -> None:
    check_date(checker, node, pointer)
    if node.native.upper() in ("GREATEST", "LEAST"):
        _chosen(checker, node.native.upper(), node.args, scope, pointer)


def _window(checker: Checker, node: Window, scope: Scope, pointer: str) -> None:
    check_frame(checker, node, scope, pointer)
    match node.window:
        case Function(fn="lag" | "lead" as name, args=(value, _, default)):
            _chosen(checker, name.upper(), (value, default), scope, pointer)


def _chosen(
    checker: Checker, name: str, values: tuple[Any, ...], scope: Scope, pointer: str
) -> None:
    """Add an error for values of several kinds, of which one is the result."""
    found = {k for k in (_typed(value, scope) for value in values) if k}
    odd = odd_whole_number(checker, values, scope)
    if found == {"number"} and (odd is not None or not all(map(_may_be_number, values))):
        found.add("text")
    if found == {"time"} and checker.dialect.odd_dates == "error":
        check_chosen(checker, name, values, scope, pointer)
    if found == {"boolean"} and odd_boolean(checker, values) is not None:
        found.add("text")
    if len(found) > 1:
        one, other = (_WORDS[each] for each in sorted(found)[:2])
        message = f"{name} has {one} and {other}: cast one of them."
        read = found == {"boolean", "text"} or odd is not None
        if read and checker.dialect.boolean_words:
            checker.wrong("type_mismatch", message, pointer)
        else:
            _add(checker, message, pointer, warns=False)


def _may_be_number(value: Any) -> bool:
    """Is it no literal text, or one that is read as a number?"""
    return not isinstance(value, str) or bool(_NUMBER.fullmatch(value))


def _typed(value: Any, scope: Scope) -> str:
    """Return the kind of a value; empty for a literal text, which takes the type that fits."""
    return "" if isinstance(value, str | Interval) else kind(value, scope)


def _wrong(
    checker: Checker, name: str, found: str, needs: str, pointer: str, *, warns: bool = False
) -> None:
    message = f"{name!r} needs {needs}, not {_WORDS[found]}: cast it."
    _add(checker, message, pointer, warns=warns)


def _add(checker: Checker, message: str, pointer: str, *, warns: bool) -> None:
    if checker.dialect.strict_types:
        checker.wrong("type_mismatch", message, pointer)
    elif warns:  # other dialects convert: only what is mostly a mistake is a warning
        checker.wrong("type_mismatch", message, pointer, severity="warning")


_CHECKS: dict[type, Any] = {
    Aggregate: _aggregate, Case: _case, Cast: check_cast, Function: _function, Native: _native,
    Op: _op, Window: _window,
}  # fmt: skip
