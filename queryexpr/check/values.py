"""Checks of value expressions: the names of columns, and what is inside of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from queryexpr.check.aggregates import check_aggregate
from queryexpr.check.calls import check_dates, check_node
from queryexpr.check.checker import Place
from queryexpr.check.columns import ambiguous, unknown_alias, unknown_column
from queryexpr.check.growth import check_growth
from queryexpr.check.lacking import check_group, check_truth
from queryexpr.check.parts import check_part, field_of, is_element, resolved
from queryexpr.check.scope import Output, Scope
from queryexpr.check.series import check_series
from queryexpr.check.types import check_condition, check_types
from queryexpr.dialects.operators import RANKINGS, is_condition
from queryexpr.expression import (
    Aggregate,
    Column,
    Function,
    Item,
    Node,
    Op,
    Part,
    Select,
    Series,
    Sort,
    Star,
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

    # ── Clauses ─────────────────────────────────────────────────────────────────────────────

    def clauses(self, node: Select, scope: Scope, pointer: str) -> dict[str, Any]:
        """Return the clauses of a query block with exact names."""
        dialect = self.checker.dialect
        items = tuple(
            self._item(item, scope, f"{pointer}/select/{place}")
            for place, item in enumerate(node.select)
        )
        scope.columns = [item.expr for item in items if not item.alias]
        scope.results = {item.alias.lower(): item for item in items if item.alias}
        group = Place("GROUP BY", "last" if dialect.alias_in_group_by else "expand", subject=True)
        qualify = Place("QUALIFY", "last")
        having = Place("HAVING", "last" if dialect.alias_in_having else "expand")
        check_group(self.checker, node.group_by, f"{pointer}/group_by")
        check_truth(self.checker, node.having, scope, f"{pointer}/having")
        return {
            "select": items,
            "where": self.condition(node.where, scope, f"{pointer}/where", "WHERE"),
            "group_by": self.every(node.group_by, scope, f"{pointer}/group_by", group),
            "having": self.value(node.having, scope, f"{pointer}/having", having),
            "qualify": self.value(node.qualify, scope, f"{pointer}/qualify", qualify),
            "distinct_on": self.every(
                node.distinct_on, scope, f"{pointer}/distinct_on", Place("DISTINCT ON", "first")
            ),
            "order_by": self.sorts(node.order_by, scope, f"{pointer}/order_by"),
        }

    def _item(self, item: Item, scope: Scope, pointer: str) -> Item:
        if isinstance(item.expr, Star):
            return item.model_copy(update={"expr": self._star(item.expr, scope, pointer)})
        value = self.value(item.expr, scope, f"{pointer}/expr", Place("SELECT", subject=True))
        return item.model_copy(update={"expr": value})

    def _star(self, star: Star, scope: Scope, pointer: str) -> Star:
        if not star.star:
            self.checker.wrong("shape", "'star' must be true.", pointer)
        if star.table is None:
            if not scope.sources:
                self.checker.wrong("star", "* needs a table in FROM.", pointer)
            return star
        source = scope.source(star.table)
        if source is None:
            unknown_alias(self.checker, star.table, scope, pointer)
            return star
        return star.model_copy(update={"table": source.alias})

    def condition(self, node: Any, scope: Scope, pointer: str, clause: str) -> Any:
        """Return a condition on rows, before they are grouped, with exact names."""
        changed = self.value(node, scope, pointer, Place(clause, "expand"))
        check_condition(self.checker, changed, scope, pointer)
        return changed

    def sorts(
        self,
        sorts: tuple[Sort, ...],
        scope: Scope,
        pointer: str,
    ) -> tuple[Sort, ...]:
        """Return ORDER BY with exact names. A whole number there is a column of the result."""
        place = Place("ORDER BY", "first", subject=True)
        return self.every(sorts, scope, pointer, place)

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
            return self._column(node, scope, pointer, place)
        if isinstance(node, Subquery):
            query, _ = self._subquery(node, scope, pointer)
            return node.model_copy(update={"query": query})
        changed = self._children(node, scope, pointer, place.inside(node))
        if isinstance(changed, Op):
            check_dates(self.checker, changed, scope, pointer)
        if isinstance(changed, Part):
            check_part(self.checker, changed, scope, pointer)
        if isinstance(changed, Series):
            check_series(self.checker, changed, pointer)
        check_types(self.checker, changed, scope, pointer)
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
        else:
            check_aggregate(self.checker, node, pointer)
        inner = Place(place.clause, place.results, window=True)
        return self._children(node, scope, pointer, inner)

    def _subquery(self, node: Subquery, scope: Scope, pointer: str) -> Any:
        ctes = self.checker.ctes
        result = self.checker.queries.query(node.query, scope, ctes, f"{pointer}/query")
        self.checker.ctes = ctes
        return result

    # ── Columns ─────────────────────────────────────────────────────────────────────────────

    def _column(self, node: Column, scope: Scope, pointer: str, place: Place) -> Any:
        result = scope.results.get(node.column.lower()) if node.table is None else None
        own = scope.own(node.column, node.table)
        # A table whose columns are not known may have it. That comes before an alias of the result.
        known = own if place.results == "expand" else scope.known(node.column, node.table)
        if result is not None and place.results and (place.results == "first" or not known):
            if place.results == "expand":
                return self.value(result.expr, Scope(scope.outer, scope.sources), pointer, place)
            return node.model_copy(update={"column": result.alias})
        matches = own or scope.find(node.column, node.table)
        by_result = place.clause == "ORDER BY" and self.checker.dialect.results_in_order_by
        if len(matches) > 1 and by_result:
            matches = scope.shown(matches) or matches
            node = node.model_copy(update={"table": matches[0][0].alias})
        if len(matches) == 1:
            return self._named(node, *matches[0])
        if matches:
            ambiguous(self.checker, node, matches, pointer)
        elif id(node) in self.checker.quoted and self.checker.dialect.quoted_may_be_text:
            if not place.subject:
                return node.column
            unknown_column(self.checker, node, scope, pointer, " A text is in single quotes.")
        else:
            unknown_column(self.checker, node, scope, pointer)
        return node

    def _named(self, node: Column, source: Any, output: Output) -> Any:
        if field := field_of(self.checker, node, source, output):
            return field
        table = source.alias if node.table else None
        if (node.column, node.table) == (output.name, table):
            return node
        return node.model_copy(update={"column": output.name, "table": table})
