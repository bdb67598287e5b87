"""What must hold of a value expression, whatever names it uses: one function for each class."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from queryexpr.check.kinds import kind
from queryexpr.check.scope import Scope
from queryexpr.dialects import functions as natives
from queryexpr.dialects import lengths as growth
from queryexpr.dialects.allowed import is_collation, is_length, is_type, is_unit
from queryexpr.dialects.operators import (
    AGGREGATES,
    COMPARISONS,
    FUNCTIONS,
    OPERATORS,
    PATTERNS,
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
    Op,
    SetOperation,
    Star,
    Subquery,
    Window,
)
from queryexpr.expression import Values as List
from queryexpr.issues import did_you_mean

if TYPE_CHECKING:
    from queryexpr.check.values import Values

_ORDERED = {"string_agg", "array_agg", "list", "mode", "first", "last", "percentile_cont",
            "percentile_disc"}  # fmt: skip
_BOUND = re.compile(r"current row|(unbounded|\d{1,9}) (preceding|following)")


class Place:
    """Where a value stands: in which clause, and inside of what."""

    __slots__ = ("aggregate", "clause", "results", "window")

    def __init__(
        self, clause: str, results: str = "", *, aggregate: bool = False, window: bool = False
    ) -> None:
        self.clause = clause
        self.results = results  # are aliases of results seen? "first", "last", "expand" or not
        self.aggregate = aggregate  # inside of an aggregate
        self.window = window  # inside of a window

    def inside(self, node: Any) -> Place:
        """Return the place of the operands of `node`."""
        if isinstance(node, Window):
            return Place(self.clause, self.results, aggregate=self.aggregate, window=True)
        if isinstance(node, Aggregate):
            return Place(self.clause, self.results, aggregate=True, window=self.window)
        return self


def judge(values: Values, node: Node, pointer: str, place: Place) -> None:
    """Add an issue for what is wrong with `node` itself; its parts are judged on their own."""
    if check := _JUDGES.get(type(node)):
        check(values, node, pointer, place)


def check_arity(
    values: Values, name: str, given: int, known: dict[str, tuple[int, int]], pointer: str,
    what: str,
) -> bool:  # fmt: skip
    """Add an issue unless `name` is known and takes so many operands. Returns whether it does."""
    if name not in known:
        near = values.checker.near(name, known)
        message = f"There is no {what} {name[:40]!r}.{did_you_mean(near)}"
        values.checker.wrong("function", message, pointer, near=near)
        return False
    fewest, most = known[name]
    if not fewest <= given <= most:
        needs = str(fewest) if fewest == most else f"{fewest} to {most}"
        message = f"{name!r} takes {needs} operands, not {given}."
        values.checker.wrong("operands", message, pointer)
    return fewest <= given <= most


def _judge_op(values: Values, node: Op, pointer: str, place: Place) -> None:
    if not check_arity(values, node.op, len(node.args), OPERATORS, pointer, "operator"):
        return
    if "native" in node.op and not values.native:
        plain = node.op.replace("native ", "")
        message = f"{node.op!r} is for queries that were lifted from SQL: write {plain!r}."
        values.checker.wrong("native", message, pointer)
    if node.op in ("in", "not in"):
        _judge_in(values, node, f"{pointer}/args/{len(node.args) - 1}")
    if node.op in ("exists", "not exists") and not isinstance(node.args[0], Subquery):
        values.checker.wrong("operands", "'exists' takes a query.", f"{pointer}/args/0")
    if node.op == "collate" and not _is_collation(values, node.args[-1]):
        values.checker.wrong("operands", "'collate' takes a collation's name.", f"{pointer}/args/1")


def _judge_in(values: Values, node: Op, pointer: str) -> None:
    *left, right = node.args
    if isinstance(right, List):
        if left[1:]:
            values.checker.wrong("operands", "'in' takes one value before a list.", pointer)
    elif not isinstance(right, Subquery):
        values.checker.wrong("operands", "'in' takes a list or a query.", pointer)
    elif left[1:] and not _has_width(right.query, len(left)):
        message = f"'in' compares {len(left)} values with rows that have another number of columns."
        values.checker.wrong("column_count", message, pointer)


def _has_width(query: Any, width: int) -> bool:
    """Has the query so many columns, as far as can be told where there is no star?"""
    while isinstance(query, SetOperation):
        query = query.left
    return len(query.select) == width or any(isinstance(i.expr, Star) for i in query.select)


def _is_collation(values: Values, name: Any) -> bool:
    return isinstance(name, str) and is_collation(values.checker.dialect.name, name)


def _judge_function(values: Values, node: Function, pointer: str, place: Place) -> None:
    if node.fn in RANKINGS:
        values.checker.wrong("window", f"{node.fn!r} needs a window around it.", pointer)
        return
    known = check_arity(values, node.fn, len(node.args), FUNCTIONS, pointer, "function")
    if known and node.fn == "date_add" and isinstance(node.args[1], str):
        values.checker.wrong("operands", "'date_add' adds a number.", f"{pointer}/args/1")
    if known and node.fn in WITH_UNIT and node.unit is None:
        units = ", ".join(sorted(UNITS))
        values.checker.wrong("unit", f"{node.fn!r} needs a 'unit', one of {units}.", pointer)
    elif known and node.fn not in WITH_UNIT and node.unit is not None:
        values.checker.wrong("unit", f"{node.fn!r} takes no 'unit'.", pointer)


def _judge_native(values: Values, node: Native, pointer: str, place: Place) -> None:
    name, dialect = node.native.upper(), values.checker.dialect
    if not values.native:
        message = (
            f"{node.native!r} is {dialect.title}'s own: use a function of the query expression."
        )
        values.checker.wrong("native", message, pointer)
    elif name not in natives.functions(dialect.name) and name != "EXTRACT":
        near = values.checker.near(name, natives.functions(dialect.name))
        message = f"{name[:40]} is not among the functions that may be called in {dialect.title}."
        values.checker.wrong("function", message + did_you_mean(near), pointer, near=near)
    if fault := growth.fault(dialect.name, name, node.args):
        values.checker.wrong("operands", fault, pointer)
    if name == "EXTRACT" and (len(node.args) != 1 or not node.unit):
        values.checker.wrong("operands", "EXTRACT takes a unit and one operand.", pointer)
    position = natives.UNIT_AT.get((dialect.name, name))
    lacks = position is not None and node.unit is None and name != "LAST_DAY"
    if lacks or (position is not None and len(node.args) < position):
        values.checker.wrong("operands", f"{name} needs a unit and its operands.", pointer)
    if node.unit is not None and not is_unit(node.unit):
        values.checker.wrong("unit", "A unit is a word such as MONTH.", pointer)
    if node.unit and name != "EXTRACT" and (dialect.name, name) not in natives.UNIT_AT:
        values.checker.wrong("unit", f"{name} takes no unit.", pointer)


def _judge_aggregate(values: Values, node: Aggregate, pointer: str, place: Place) -> None:
    if place.clause in ("WHERE", "GROUP BY", "ON"):
        message = f"{node.agg!r} cannot stand in {place.clause}: 'having' comes after groups."
        values.checker.wrong("aggregate", message, pointer)
    if place.aggregate:
        message = f"{node.agg!r} stands inside of another aggregate: use a query in FROM."
        values.checker.wrong("aggregate", message, pointer)
    known_aggregate(values, node, pointer)


def known_aggregate(values: Values, node: Aggregate, pointer: str) -> None:
    """Add an issue unless it is an aggregate of the dialect, with operands and order it takes."""
    known = _aggregates(values.checker.dialect.name if values.native else "")
    check_arity(values, node.agg, len(node.args), known, pointer, "aggregate")
    if node.agg == "count" and node.distinct and not node.args:
        values.checker.wrong("operands", "'count' with 'distinct' needs an operand.", pointer)
    if node.order_by and node.agg not in _ORDERED:
        values.checker.wrong("operands", f"{node.agg!r} has no order.", f"{pointer}/order_by")
    needs_order = node.agg.startswith("percentile") or (node.agg == "mode" and not node.args)
    if needs_order and not node.order_by:
        message = f"{node.agg!r} needs 'order_by': the value that it is of."
        values.checker.wrong("operands", message, pointer)


def _judge_window(values: Values, node: Window, pointer: str, place: Place) -> None:
    if place.clause in ("WHERE", "GROUP BY", "ON", "HAVING"):
        message = f"A window cannot stand in {place.clause}: use a query in FROM."
        values.checker.wrong("window", message, pointer)
    if place.aggregate or place.window:
        values.checker.wrong("window", "A window cannot stand inside of an aggregate.", pointer)
    frame = node.frame
    bounds = [b for b in (frame.start, frame.end) if b] if frame else []
    if not all(
        re.fullmatch(r"current row|(unbounded|\d{1,9}) (preceding|following)", b) for b in bounds
    ):
        message = (
            "A frame's bound is 'unbounded preceding', '3 preceding', 'current row' and so on."
        )
        values.checker.wrong("window", message, f"{pointer}/frame")


def _judge_cast(values: Values, node: Cast, pointer: str, place: Place) -> None:
    if not is_type(node.type.lower()):
        values.checker.wrong("type", f"{node.type[:40]!r} is no type.", f"{pointer}/type")


def _judge_interval(values: Values, node: Interval, pointer: str, place: Place) -> None:
    value = node.interval
    if isinstance(value, str):
        good = is_length(value)
    elif isinstance(value, Node):  # MySQL and BigQuery take an expression, the others none
        computed = values.native and values.checker.dialect.name in ("mysql", "bigquery")
        good = computed and not isinstance(value, Subquery)
    else:
        good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good:
        message = "An interval is a number of its unit. To add another value, use 'date_add'."
        values.checker.wrong("type", message, pointer)


def _judge_star(values: Values, node: Star, pointer: str, place: Place) -> None:
    values.checker.wrong(
        "star", "* stands only in 'select'. For rows, use 'count' without operands.", pointer
    )


def judge_operands(values: Values, node: Op, scope: Scope, pointer: str) -> None:
    """Warn of a text that is compared with a number: some engines refuse it."""
    if len(node.args) < 2:
        return
    if node.op in PATTERNS:
        if kind(node.args[0], scope) == "number":
            _mismatch(values, node, "a number", "a pattern", pointer)
    elif node.op in COMPARISONS:
        kinds = {kind(arg, scope) for arg in node.args}
        if kinds == {"number", "text"}:
            _mismatch(values, node, "a number", "a text", pointer)


def _mismatch(values: Values, node: Op, one: str, other: str, pointer: str) -> None:
    message = f"{node.op!r} compares {one} with {other}: cast one of them."
    values.checker.wrong("type_mismatch", message, pointer, severity="warning")


_JUDGES: dict[type, Any] = {
    Op: _judge_op, Function: _judge_function, Native: _judge_native,
    Aggregate: _judge_aggregate, Window: _judge_window, Cast: _judge_cast,
    Star: _judge_star, Interval: _judge_interval,
}  # fmt: skip


@cache
def _aggregates(dialect: str) -> dict[str, tuple[int, int]]:
    own = natives.aggregates(dialect) if dialect else {}
    return AGGREGATES | {name.lower(): bounds for name, bounds in own.items()}
