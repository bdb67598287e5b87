"""Checks of functions, operators and casts: one function for each class, in _CHECKS."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from queryexpr.check.aggregates import check_grouping, check_window
from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope
from queryexpr.dialects.allowed import is_length, is_type, is_unit
from queryexpr.dialects.operators import (
    FUNCTIONS,
    OPERATORS,
    QUANTIFIED,
    RANKINGS,
    UNITS,
    WITH_UNIT,
)
from queryexpr.expression import (
    Aggregate,
    Cast,
    Function,
    Interval,
    Native,
    Node,
    Null,
    Number,
    Op,
    SetOperation,
    Star,
    Subquery,
    Window,
)
from queryexpr.expression import Values as List
from queryexpr.issues import did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker, Place


def check_node(checker: Checker, node: Node, pointer: str, place: Place) -> None:
    """Add the issues of `node` itself. Its parts are checked on their own."""
    if check := _CHECKS.get(type(node)):
        check(checker, node, pointer, place)


def _check_op(checker: Checker, node: Op, pointer: str, place: Place) -> None:
    if not checker.check_arity(node.op, len(node.args), OPERATORS, pointer, "operator"):
        return
    if "native" in node.op and not checker.native:
        plain = node.op.replace("native ", "")
        message = f"{node.op!r} is for queries that were lifted from SQL: write {plain!r}."
        checker.wrong("native", message, pointer)
    if node.op in ("in", "not in"):
        _check_in(checker, node, f"{pointer}/args/{len(node.args) - 1}")
    if node.op in QUANTIFIED:
        _check_quantified(checker, node, f"{pointer}/args/1")
    if node.op == "row" and not (place.aggregate and checker.dialect.counts_rows == "rows"):
        checker.wrong("operands", "'row' is only for 'count' with 'distinct'.", pointer)
    if node.op == "array":
        _check_array(checker, node, f"{pointer}/args/0")
    if node.op in ("exists", "not exists") and not isinstance(node.args[0], Subquery):
        checker.wrong("operands", "'exists' takes a query.", f"{pointer}/args/0")
    if node.op == "collate" and not _is_collation(checker, node.args[-1]):
        checker.wrong("operands", "'collate' takes a collation's name.", f"{pointer}/args/1")


def _check_array(checker: Checker, node: Op, pointer: str) -> None:
    if not checker.dialect.array_queries:
        message = f"{checker.dialect.title} has no arrays of what a query finds."
        checker.wrong("not_supported", message, pointer)
    elif not isinstance(node.args[0], Subquery) or not _has_width(node.args[0].query, 1):
        checker.wrong("operands", "'array' takes a query of one column.", pointer)


def _check_in(checker: Checker, node: Op, pointer: str) -> None:
    *left, right = node.args
    if isinstance(right, List):
        if left[1:]:
            checker.wrong("operands", "'in' takes one value before a list.", pointer)
    elif not isinstance(right, Subquery):
        checker.wrong("operands", "'in' takes a list or a query.", pointer)
    elif left[1:] and not _has_width(right.query, len(left)):
        message = f"'in' compares {len(left)} values with rows that have another number of columns."
        checker.wrong("column_count", message, pointer)


def _check_quantified(checker: Checker, node: Op, pointer: str) -> None:
    right = node.args[1]
    if not isinstance(right, Subquery):
        checker.wrong("operands", f"{node.op!r} takes a query.", pointer)
    elif not _has_width(right.query, 1):
        message = f"{node.op!r} compares a value with a query of one column."
        checker.wrong("column_count", message, pointer)


def _has_width(query: Any, width: int) -> bool:
    """Has the query this number of columns? With a star, it is taken to have."""
    while isinstance(query, SetOperation):
        query = query.left
    return len(query.select) == width or any(isinstance(i.expr, Star) for i in query.select)


def _is_collation(checker: Checker, name: Any) -> bool:
    return isinstance(name, str) and checker.dialect.may_collate(name)


def _check_function(checker: Checker, node: Function, pointer: str, place: Place) -> None:
    if node.fn in RANKINGS:
        checker.wrong("window", f"{node.fn!r} needs a window around it.", pointer)
        return
    known = checker.check_arity(node.fn, len(node.args), FUNCTIONS, pointer, "function")
    if known and node.fn == "date_add" and isinstance(node.args[1], str):
        checker.wrong("operands", "'date_add' adds a number.", f"{pointer}/args/1")
    if known and node.fn in WITH_UNIT and node.unit is None:
        units = ", ".join(sorted(UNITS))
        checker.wrong("unit", f"{node.fn!r} needs a 'unit', one of {units}.", pointer)
    elif known and node.fn not in WITH_UNIT and node.unit is not None:
        checker.wrong("unit", f"{node.fn!r} takes no 'unit'.", pointer)


def _check_native(checker: Checker, node: Native, pointer: str, place: Place) -> None:
    name, dialect = node.native.upper(), checker.dialect
    if not checker.native:
        message = (
            f"{node.native!r} belongs to {dialect.title}: use a function of the query expression."
        )
        checker.wrong("native", message, pointer)
    elif name in dialect.row_calls and pointer.endswith("/unnest"):
        pass  # it makes rows, in FROM
    elif not dialect.may_call(name) and name != "EXTRACT":
        near = checker.near(name, dialect.scalars())
        message = f"{name[:40]} is not among the functions that are allowed in {dialect.title}."
        checker.wrong("function", message + did_you_mean(near), pointer, near=near)
    if fault := dialect.fault(name, node.args):
        checker.wrong("operands", fault, pointer)
    if name == "EXTRACT" and (len(node.args) != 1 or not node.unit):
        checker.wrong("operands", "EXTRACT takes a unit and one operand.", pointer)
    position = dialect.unit_at.get(name)
    lacks = position is not None and node.unit is None and name != "LAST_DAY"
    if lacks or (position is not None and len(node.args) < position):
        checker.wrong("operands", f"{name} needs a unit and its operands.", pointer)
    if node.unit is not None and not is_unit(node.unit):
        checker.wrong("unit", "A unit is a word such as MONTH.", pointer)
    if node.unit and name != "EXTRACT" and name not in dialect.unit_at:
        checker.wrong("unit", f"{name} takes no unit.", pointer)


def _check_cast(checker: Checker, node: Cast, pointer: str, place: Place) -> None:
    if not is_type(node.type.lower()):
        checker.wrong("type", f"{node.type[:40]!r} is not a type.", f"{pointer}/type")


def _check_interval(checker: Checker, node: Interval, pointer: str, place: Place) -> None:
    value = node.interval
    if isinstance(value, str):
        good = is_length(value)
    elif isinstance(value, Node):
        computed = checker.native and checker.dialect.computed_intervals
        good = computed and not isinstance(value, Subquery)
    else:
        good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good:
        message = "An interval takes a number. To add another value, use 'date_add'."
        checker.wrong("type", message, pointer)


def _check_number(checker: Checker, node: Number, pointer: str, place: Place) -> None:
    if math.isinf(float(node.number)):
        checker.wrong("number", f"{node.number[:40]} is too large a number.", pointer)


def _check_null(checker: Checker, node: Null, pointer: str, place: Place) -> None:
    if not node.null:
        checker.wrong("shape", "'null' must be true.", pointer)


def _check_star(checker: Checker, node: Star, pointer: str, place: Place) -> None:
    checker.wrong(
        "star",
        "* is only allowed in 'select'. To count rows, use 'count' without operands.",
        pointer,
    )


def check_dates(checker: Checker, node: Op, scope: Scope, pointer: str) -> None:
    """Add an error for dates that a query expression subtracts: each dialect does it otherwise."""
    if node.op != "-" or checker.native or len(node.args) != 2:
        return
    late, early = node.args
    if isinstance(early, Interval) or {kind(late, scope), kind(early, scope)} != {"time"}:
        return
    operands = node.model_dump(by_alias=True, exclude_defaults=True)["args"]
    days = {"fn": "date_diff", "unit": "day", "args": operands}
    message = "'-' of dates is days, years or an error, by the dialect: use 'date_diff'."
    fix = {"op": "replace", "path": pointer, "value": days}
    checker.wrong("dates", message, pointer, fix=(fix,))


_CHECKS: dict[type, Any] = {
    Op: _check_op, Function: _check_function, Native: _check_native,
    Aggregate: check_grouping, Window: check_window, Cast: _check_cast,
    Star: _check_star, Number: _check_number, Null: _check_null, Interval: _check_interval,
}  # fmt: skip
