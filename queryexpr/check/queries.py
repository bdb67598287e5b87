"""Checks of queries: WITH, set operations, query blocks, and the columns of their results."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from queryexpr.check.checker import Checker, Ctes
from queryexpr.check.clauses import checked_clauses
from queryexpr.check.grouping import check_distinct, check_groups, check_qualify
from queryexpr.check.grouping_sets import check_grouping_sets
from queryexpr.check.growth import check_width
from queryexpr.check.kinds import describe
from queryexpr.check.names import Key
from queryexpr.check.ordering import check_set, checked_sorts
from queryexpr.check.relations.recursion import check_recursion, with_columns
from queryexpr.check.relations.sources import Sources
from queryexpr.check.relations.steps import check_steps
from queryexpr.check.scope import Output, Scope, Source, of_outputs
from queryexpr.check.sides import check_sides
from queryexpr.check.unique import check_sorts, check_unique
from queryexpr.check.values import Values
from queryexpr.check.widths import check_places
from queryexpr.expression import Item, Select, SetOperation, Star, With

if TYPE_CHECKING:
    from queryexpr.dialects.dialect import Dialect
    from queryexpr.schema.catalogue import Catalogue


def checker_for(
    dialect: Dialect,
    catalogue: Catalogue | None,
    *,
    native: bool = False,
    strict_groups: bool = False,
    quoted: frozenset[int] | set[int] = frozenset(),
    expand_stars: bool = False,
    key: Key = str.lower,
) -> Checker:
    """Return a checker with all its parts."""
    checker = Checker(
        dialect, catalogue, native=native, strict_groups=strict_groups, quoted=quoted,
        expand_stars=expand_stars, key=key,
    )  # fmt: skip
    checker.queries = Queries(checker)
    return checker


class Queries:
    """Checks queries for a Checker."""

    def __init__(self, checker: Checker) -> None:
        self.checker = checker
        self.sources = Sources(checker)
        checker.values = Values(checker)

    def query(
        self, node: Any, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Any, list[Output] | None]:
        """Return a query with exact names, and the columns of its result."""
        withs, ctes = self._with(node, outer, ctes, pointer)
        read = self._set if isinstance(node, SetOperation) else self._select
        query, outputs = read(node.model_copy(update={"with_": withs}), outer, ctes, pointer)
        return query, outputs

    def _with(
        self, node: Any, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[tuple[With, ...], Ctes]:
        visible, withs = dict(ctes), []
        names: set[str] = set()
        for number, cte in enumerate(node.with_):
            at, name = f"{pointer}/with/{number}", self.checker.key(cte.name)
            if name in names:
                self.checker.wrong("duplicate_alias", f"WITH defines {cte.name!r} twice.", at)
            names.add(name)
            inner = dict(visible)
            if node.recursive:
                inner[name] = self._recursive(cte, outer, visible, at)
                check_recursion(self.checker, cte, at)
                check_steps(self.checker, cte, at)
            query, outputs = self.query(cte.query, outer, inner, f"{at}/query")
            if node.recursive:
                cte = with_columns(self.checker, cte, outputs, at)
            outputs = self._renamed(cte, outputs, at)
            check_unique(self.checker, outputs, at, warns=False)
            visible[name] = of_outputs(cte.name, outputs, self.checker.key)
            withs.append(cte.model_copy(update={"query": query}))
        return tuple(withs), visible

    def _recursive(self, cte: With, outer: Scope, visible: Ctes, pointer: str) -> Source:
        """Return the source that a query of WITH RECURSIVE sees as itself: its first part."""
        key = self.checker.key
        if cte.columns:
            return of_outputs(cte.name, [Output(column) for column in cte.columns], key)
        first = cte.query.left if isinstance(cte.query, SetOperation) else cte.query
        silent = checker_for(self.checker.dialect, self.checker.catalogue, key=key)
        visible = {**visible, key(cte.name): Source(cte.name, None)}
        outputs = silent.queries.query(first, outer, visible, pointer)[1]
        return of_outputs(cte.name, outputs, key)

    def _renamed(
        self, cte: With, outputs: list[Output] | None, pointer: str
    ) -> list[Output] | None:
        if not cte.columns or outputs is None:
            return outputs
        if len(cte.columns) != len(outputs):
            message = (
                f"WITH {cte.name!r} names {len(cte.columns)} columns; its query has {len(outputs)}."
            )
            self.checker.wrong("column_count", message, f"{pointer}/columns")
        return [
            replace(output, name=name) for name, output in zip(cte.columns, outputs, strict=False)
        ]

    def _set(
        self, node: SetOperation, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[SetOperation, list[Output] | None]:
        left, outputs = self.query(node.left, outer, ctes, f"{pointer}/left")
        right, others = self.query(node.right, outer, ctes, f"{pointer}/right")
        if outputs is not None and others is not None and len(outputs) != len(others):
            message = (
                f"Both sides of {node.set.upper()} need the same number of columns: "
                f"the left has {len(outputs)}, the right {len(others)}."
            )
            self.checker.wrong("column_count", message, pointer)
        check_sides(self.checker, node, outputs, others, pointer)
        key = self.checker.key
        scope = Scope(sources={"": of_outputs("", outputs, key)}, key=key)
        self.checker.ctes = ctes
        order = checked_sorts(self.checker, node.order_by, scope, f"{pointer}/order_by")
        check_set(self.checker, order, f"{pointer}/order_by")
        check_places(self.checker, order, outputs, f"{pointer}/order_by")
        return node.model_copy(update={"left": left, "right": right, "order_by": order}), outputs

    def _select(
        self, node: Select, outer: Scope, ctes: Ctes, pointer: str
    ) -> tuple[Select, list[Output] | None]:
        scope = Scope(outer if outer.sources or outer.outer else None, key=self.checker.key)
        read, at = self.sources, f"{pointer}/from"
        source = read.source(node.from_, scope, ctes, at) if node.from_ else None
        joins = read.joins(node.joins, scope, ctes, f"{pointer}/joins")
        clauses = checked_clauses(self.checker, node, scope, pointer)
        self.checker.ctes = ctes
        whole = node.model_copy(update={"from_": source, "joins": joins, **clauses})
        self.checker.blocks.append((whole, scope, pointer))
        check_groups(self.checker, whole, scope, pointer)
        check_distinct(self.checker, whole, scope, pointer)
        check_grouping_sets(self.checker, whole, scope, pointer)
        check_qualify(self.checker, whole, pointer)
        check_sorts(self.checker, whole, pointer)
        outputs = self._outputs(whole, scope)
        check_places(self.checker, whole.order_by, outputs, f"{pointer}/order_by")
        return whole, outputs

    def _outputs(self, node: Select, scope: Scope) -> list[Output] | None:
        """Return the columns of a query's result; None where a star hides them."""
        outputs: list[Output] = []
        for item in node.select:
            columns = self._item(item, scope)
            if columns is None:
                return None
            outputs += columns
            check_width(len(outputs))
        return outputs

    def _item(self, item: Item, scope: Scope) -> list[Output] | None:
        if not isinstance(item.expr, Star):
            return [describe(item, scope)]
        sources = scope.of_star(item.expr.table)
        if any(source.columns is None for source in sources):
            return None
        check_width(sum(len(source.outputs) for source in sources))
        if item.expr.table is None:
            return [shown.output for shown in scope.star]
        return [output for source in sources for output in source.outputs]
