"""
Checks of what a dialect lacks: types of NULL and of texts, booleans, the extremes of booleans.

Postgres asks what NULL is in `SUM(NULL)`. SQL Server has conditions, and no values that are true.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope
from queryexpr.dialects.operators import ARITHMETIC, COMPARISONS, is_condition
from queryexpr.expression import Aggregate, Case, Cast, Function, Null, Op, Window

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker

_OF_NUMBERS = {"sum", "avg", "stddev", "variance", "stddev_pop", "var_pop", "stddev_samp",
               "var_samp"}  # fmt: skip
_OF_ONE_NUMBER = {"abs", "round", "ceil", "floor", "sqrt", "power", "ln", "exp", "sign"}
_OF_ANY = {"lag", "lead", "first_value", "last_value", "nth_value"}
_EXTREMES = {"max": "BOOL_OR", "min": "BOOL_AND"}
_LOGICAL = {"and", "or", "not"}
_TRUTHS = {"is true", "is not true", "is false", "is not false"}
_TESTS = {"is null", "is not null", "between", "not between", "in", "not in"} | COMPARISONS


def check_lacking(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an error for a value that the dialect cannot have there."""
    if not checker.dialect.literals_have_types and _is_untyped(node):
        _wrong(checker, "NULL and texts need a type here: write CAST(… AS …).", pointer)
    if check := _CHECKS.get(type(node)):
        check(checker, node, scope, pointer)


def check_group(checker: Checker, values: tuple[Any, ...], pointer: str) -> None:
    """Add an error for a literal in GROUP BY, where that is none."""
    for number, value in enumerate(values):
        if not checker.dialect.literals_have_types and is_literal(value):
            message = "GROUP BY takes no NULL and no text: leave it out."
            _wrong(checker, message, f"{pointer}/{number}")


def check_truth(checker: Checker, node: Any, scope: Scope, pointer: str) -> None:
    """Add an error for a condition that the dialect cannot have: a number, a NULL, a boolean."""
    dialect, found = checker.dialect, kind(node, scope)
    is_refused = found == "text" and not dialect.texts_are_conditions
    if is_refused or (dialect.strict_types and found in ("number", "text", "time")):
        _wrong(checker, "A condition is needed here, not a value: compare it.", pointer)
    if dialect.conditions_are_values:
        return
    if isinstance(node, Null):
        _wrong(checker, f"{dialect.title} has no condition NULL: write 1 = 0.", pointer)
    elif not dialect.booleans and found == "boolean" and not is_condition(node):
        message = f"{dialect.title} has no booleans: compare it with the value that means true."
        _wrong(checker, message, pointer)


def is_literal(value: Any) -> bool:
    """Is it a NULL or a text as such, which takes the type that fits?"""
    return value is None or isinstance(value, str | Null)


def is_null_case(value: Any) -> bool:
    """Is it a CASE that only has nulls? That is a text in Postgres."""
    if isinstance(value, Function) and value.fn == "nullif":
        return is_null_case(value.args[0])
    if not isinstance(value, Case):
        return False
    return all(
        isinstance(one, Null | None) for one in (*(b.then for b in value.case), value.otherwise)
    )


def _is_untyped(node: Any) -> bool:
    """Are all operands literals of which Postgres does not know the type?"""
    match node:
        case Op(op=op) if op in ARITHMETIC:
            return all(map(is_literal, node.args)) or any(map(is_null_case, node.args))
        case Op(op=op) if op in COMPARISONS:
            return any(map(is_null_case, node.args))
        case Function(fn=fn) if fn in _OF_ONE_NUMBER:
            return any(map(is_null_case, node.args))
        case Window(window=Aggregate()):
            return _is_untyped(node.window)
        case Aggregate(agg=agg) if agg in _OF_NUMBERS:
            return any(map(is_literal, node.args))
        case Window(window=Function(fn=fn)) if fn in _OF_ANY:
            return any(map(is_literal, node.window.args[:1]))
        case Case(of=Null()):
            return not all(is_literal(branch.when) for branch in node.case)
    return False


def _aggregate(checker: Checker, node: Aggregate, scope: Scope, pointer: str) -> None:
    if node.filter is not None:
        check_truth(checker, node.filter, scope, f"{pointer}/filter")
    other = _EXTREMES.get(node.agg, "")
    if not other or checker.dialect.booleans_have_extremes or not node.args:
        return
    if kind(node.args[0], scope) == "boolean":
        message = f"{node.agg.upper()} takes no condition here: use {other}, or CASE with numbers."
        _wrong(checker, message, pointer)


def _op(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    if node.op in _LOGICAL:
        for number, arg in enumerate(node.args):
            condition = Null(null=True) if arg is None else arg
            check_truth(checker, condition, scope, f"{pointer}/args/{number}")
        return
    dialect, tested = checker.dialect, node.op in _TESTS
    if tested and not dialect.conditions_are_values and any(map(is_condition, node.args)):
        _wrong(checker, f"{dialect.title} compares no conditions: use CASE with numbers.", pointer)
    elif not dialect.booleans and (tested or node.op in _TRUTHS):
        for number, arg in enumerate(node.args):
            if isinstance(arg, bool) or node.op in _TRUTHS:
                check_truth(checker, arg, scope, f"{pointer}/args/{number}")


def _case(checker: Checker, node: Case, scope: Scope, pointer: str) -> None:
    for number, branch in enumerate(node.case if node.of is None else ()):
        condition = Null(null=True) if branch.when is None else branch.when
        check_truth(checker, condition, scope, f"{pointer}/case/{number}/when")


def _cast(checker: Checker, node: Cast, scope: Scope, pointer: str) -> None:
    of = kind(node.cast, scope)
    if node.safe and checker.dialect.tries_texts_only and of not in ("", "text"):
        _wrong(checker, f"TRY_CAST takes a text in {checker.dialect.title}: use CAST.", pointer)
    if of == "time" and kind(node, scope) == "number":
        message = "A date is cast to no number: use a part of it, or a number of days."
        severity = "error" if checker.dialect.strict_types else "warning"
        checker.wrong("type_mismatch", message, pointer, severity=severity)


def _wrong(checker: Checker, message: str, pointer: str) -> None:
    checker.wrong("type_mismatch", message, pointer)


_CHECKS: dict[type, Any] = {Aggregate: _aggregate, Op: _op, Case: _case, Cast: _cast}
