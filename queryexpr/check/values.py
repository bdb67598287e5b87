"""Checks of value expressions: what is inside of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.aggregates import check_aggregate
from queryexpr.check.calls import check_dates, check_node
from queryexpr.check.checker import Place
from queryexpr.check.columns import named
from queryexpr.check.date_texts import dated
from queryexpr.check.growth import check_growth
from queryexpr.check.parts import check_part, is_element, resolved
from queryexpr.check.rankings import check_ranking
from queryexpr.check.relations.series import check_series
from queryexpr.check.scope import Scope
from queryexpr.check.types import check_condition, check_types
from queryexpr.check.widths import check_widths
from queryexpr.dialects.operators import RANKINGS, is_condition
from queryexpr.expression import (
    Aggregate,
    Column,
    Function,
    Node,
    Op,
    Part,
    Series,
    Subquery,
    Window,
)
from queryexpr.expression import Values as List
from queryexpr.walk import transform

if TYPE_CHECKING:
    from queryexpr.check.checker import Checker


_LOGICAL = {"and", "or", "not", "exists", "not exists"}


class Values:
    """Checks values for a Checker."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def condition(self, node: Any, scope: Scope, pointer: str, clause: str) -> Any:
        """Return a condition on rows, before they are grouped, with exact names."""
        changed = self.value(node, scope, pointer, Place(clause, "expand"))
        check_condition(self.checker, changed, scope, pointer)
        return changed

    # ── Values ──────────────────────────────────────────────────────────────────────────────

    def every(
        self, nodes: tuple[Any, ...], scope: Scope, pointer: str, place: Place
    ) -> tuple[Any, ...]:
        """Return several values with exact names."""
        return tuple(
            self.value(node, scope, f"{pointer}/{number}", place)
            for number, node in enumerate(nodes)
        )

    def value(self, node: Any, scope: Scope, pointer: str, place: Place) -> Any:
        """Return a value expression with exact names."""
        if not isinstance(node, Node):
            return node
        if isinstance(node, List):
            self.checker.wrong("shape", "A 'list' is only allowed as an operand of 'in'.", pointer)
            return node
        node = resolved(self.checker, node, scope)
        check_node(self.checker, node, pointer, place)
        if isinstance(node, Column):
            return named(self.checker, node, scope, pointer, place)
        if isinstance(node, Subquery):
            query, outputs = self._subquery(node, scope, pointer)
            value = node.model_copy(update={"query": query})
            if outputs:
                scope.subqueries[id(value)] = value, tuple(o.family for o in outputs)
            return value
        changed = self._children(node, scope, pointer, place.inside(node))
        if self.checker.dialect.dates_have_hours:
            changed = dated(changed, scope)
        if isinstance(changed, Op):
            check_dates(self.checker, changed, scope, pointer)
        if isinstance(changed, Part):
            check_part(self.checker, changed, scope, pointer)
        if isinstance(changed, Series):
            check_series(self.checker, changed, pointer)
        check_types(self.checker, changed, scope, pointer)
        check_widths(self.checker, changed, scope, pointer)
        check_growth(self.checker, changed, scope, pointer)
        return changed

    def _children(self, node: Node, scope: Scope, pointer: str, inner: Place) -> Node:
        def check(name: str, part: Any, key: str) -> Any:
            at = f"{pointer}/{key}"
            if isinstance(node, Window) and name == "window":
                return self._over(part, scope, at, inner)
            if isinstance(node, Part) and is_element(self.checker, part, scope):
                return part
            if isinstance(node, Op) and node.op in ("in", "not in"):
                return self._in(part, scope, at, inner)
            if isinstance(node, Op) and is_condition(node) and node.op not in _LOGICAL:
                return self._test(part, scope, at, inner)
            read = self.every if isinstance(part, tuple) else self.value
            return read(part, scope, at, inner)

        return transform(node, check)

    def _test(self, args: tuple[Any, ...], scope: Scope, pointer: str, place: Place) -> Any:
        """Return the operands of a test. The first is what it is about, unless a column follows."""
        columns = (arg for arg in args[1:] if isinstance(arg, Column))
        about = not any(scope.find(column.column, column.table) for column in columns)
        first = self.every(args[:1], scope, pointer, place.about(about))
        rest = (
            self.value(arg, scope, f"{pointer}/{n}", place) for n, arg in enumerate(args[1:], 1)
        )
        return (*first, *rest)

    def _in(self, args: tuple[Any, ...], scope: Scope, pointer: str, place: Place) -> Any:
        """Return the operands of `in`, of which the last may be a list."""
        if not args or not isinstance(args[-1], List):
            return self.every(args, scope, pointer, place)
        at = f"{pointer}/{len(args) - 1}/list"
        values = self.every(args[-1].values, scope, at, place)
        first = self.every(args[:-1], scope, pointer, place.about(True))
        return (*first, args[-1].model_copy(update={"values": values}))

    def _over(self, node: Aggregate | Function, scope: Scope, pointer: str, place: Place) -> Any:
        """Return the function before OVER. An aggregate there does not group the query's rows.

        Its operands may: SUM(SUM(x)) OVER () is the sum of the groups' sums.
        """
        if isinstance(node, Function):
            self.checker.check_arity(node.fn, len(node.args), RANKINGS, pointer, "ranking function")
            check_ranking(self.checker, node, pointer)
        else:
            check_aggregate(self.checker, node, pointer)
        inner = Place(place.clause, place.results, window=True)
        return self._children(node, scope, pointer, inner)

    def _subquery(self, node: Subquery, scope: Scope, pointer: str) -> Any:
        ctes = self.checker.ctes
        result = self.checker.queries.query(node.query, scope, ctes, f"{pointer}/query")
        self.checker.ctes = ctes
        return result
