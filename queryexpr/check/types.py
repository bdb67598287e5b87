"""
Checks of types: what some dialects refuse, such as the average of texts.

The schema knows the types of columns. What is not known is left to the engine. A text that is a
literal has no type yet in Postgres: `id = '5'` is fine.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.kinds import kind
from queryexpr.check.lacking import check_lacking, check_truth
from queryexpr.check.scope import Scope
from queryexpr.dialects.operators import ARITHMETIC, COMPARISONS, PATTERNS
from queryexpr.expression import Aggregate, Function, Interval, Op

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_OF_NUMBERS = {"sum", "avg", "stddev", "variance", "stddev_pop", "var_pop", "stddev_samp",
               "var_samp"}  # fmt: skip
_OF_TEXTS = {"lower", "upper", "trim", "ltrim", "rtrim", "replace", "length", "substring", "left",
             "right"}  # fmt: skip
_NUMERIC = {"abs", "round", "ceil", "floor", "sqrt", "power", "ln", "exp", "sign"}
_OF_TIMES = {"extract", "date_trunc"}
_WORDS = {"text": "a text", "number": "a number", "time": "a date", "boolean": "a condition"}


def check_types(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an issue for an operand of the wrong type: an error where the dialect refuses it."""
    if check := _CHECKS.get(type(node)):
        check(checker, node, scope, pointer)
    check_lacking(checker, node, scope, pointer)


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


_FUNCTIONS = (
    (_OF_TEXTS, "text", "a text"),
    (_NUMERIC, "number", "a number"),
    (_OF_TIMES, "time", "a date"),
)


def _op(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    if node.op in PATTERNS and len(node.args) > 1:
        found = _typed(node.args[0], scope)
        if found in ("number", "time", "boolean"):
            _wrong(checker, node.op, found, "a text", pointer, warns=found == "number")
    elif node.op in COMPARISONS or node.op in ("between", "not between"):
        _compared(checker, node, scope, pointer)
    elif node.op in ARITHMETIC:
        found = next((k for k in (_typed(arg, scope) for arg in node.args) if k in _NO_SUM), "")
        if found:
            _wrong(checker, node.op, found, "a number", pointer)


_NO_SUM = {"text", "boolean"}


def _compared(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    found = {k for k in (_typed(arg, scope) for arg in node.args) if k}
    if len(found) > 1:
        one, other = (_WORDS[each] for each in sorted(found)[:2])
        message = f"{node.op!r} compares {one} with {other}: cast one of them."
        _add(checker, message, pointer, warns=found == {"number", "text"})
    elif {kind(arg, scope) for arg in node.args} == {"number", "text"}:
        message = f"{node.op!r} compares a number with a text: cast one of them."
        checker.wrong("type_mismatch", message, pointer, severity="warning")


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


_CHECKS: dict[type, Any] = {Aggregate: _aggregate, Function: _function, Op: _op}
