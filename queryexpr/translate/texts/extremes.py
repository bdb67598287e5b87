"""
MAX_BY and MIN_BY, for a dialect that lacks them: a window in a query in FROM, as ordered texts.

    SELECT g, MAX_BY(x, y) FROM t GROUP BY g
    SELECT g, MAX(joined) FROM (SELECT g, FIRST_VALUE(x) OVER (PARTITION BY g ORDER BY y DESC …)
      AS joined FROM t) GROUP BY g
"""

from __future__ import annotations

from typing import Any

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.expression import Aggregate, Case, Function, Op, Sort, Subquery, When, Window
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.texts.ordered import ALL, Wrapped, with_windows
from queryexpr.walk import walk

_DOWN = {"max_by", "arg_max"}
_EXTREMES = _DOWN | {"min_by", "arg_min"}


def has_extremes(query: Any, source: Dialect, target: Dialect) -> bool:
    """Has the query MAX_BY or its like, which `target` has neither so nor by arrays?"""
    same = source.extremes_skip_nulls == target.extremes_skip_nulls
    if target.may_aggregate("MAX_BY") and same:
        return False
    by_arrays = target.nested_types == "squares"  # but with FILTER
    found = (node for node, _ in walk(query, subqueries=True) if _is_extreme(node))
    return any(not by_arrays or getattr(node, "filter", None) is not None for node in found)


def without_extremes(
    query: Any, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> Any:
    """Return a query without them. Raises Refused where that is not possible."""
    values = (n for n, _ in walk(query, subqueries=True) if isinstance(n, Subquery))
    if not target.derived_sees_outer and any(
        has_extremes(value, source, target) for value in values
    ):
        raise lacks(target, "MAX_BY in a query that is a value: write it in WITH")
    return with_windows(query, target, catalogue, _Skipping if source.extremes_skip_nulls else _All)


def _is_extreme(node: Any) -> bool:
    return isinstance(node, Aggregate) and node.agg in _EXTREMES


class _All(Wrapped):
    """A query block around one with MAX_BY, which leaves out rows where the second is null."""

    what = "MAX_BY"
    takes = staticmethod(_is_extreme)
    skips = False

    def _window(self, text: Aggregate, keys: tuple[Any, ...], place: int = 0) -> Window:
        """Return the value of the first row by the second operand."""
        if text.distinct or len(text.args) != 2:
            raise lacks(self.target, f"{self.what} with DISTINCT, or of several values")
        value, by = text.args
        tests = [Op(op="is not null", args=(one,)) for one in (by, value)[: 1 + self.skips]]
        tests += [text.filter] if text.filter is not None else []
        kept = tests[0] if len(tests) == 1 else Op(op="and", args=tuple(tests))
        first = Case(case=(When(when=kept, then=0),), otherwise=1)
        shown = Case(case=(When(when=kept, then=value),))
        order = (Sort(by=first), Sort(by=by, dir="desc" if text.agg in _DOWN else "asc"))
        call = Function(fn="first_value", args=(shown,))
        return Window(window=call, partition_by=keys, order_by=order, frame=ALL)


class _Skipping(_All):
    """… and those where the first is null."""

    skips = True
