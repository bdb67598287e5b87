"""
`ORDER BY a FETCH FIRST 3 ROWS WITH TIES` → QUALIFY RANK() OVER (ORDER BY a) <= 3, which it means.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlglot import exp

from queryexpr.expression import Column, Function, Item, Op, Sort, Star, Window
from queryexpr.lift.reader import Reader
from queryexpr.walk import walk

_BESIDE = ("offset", "distinct", "distinct_on", "qualify")


def with_ties(limit: exp.Expr | None) -> bool:
    """Does LIMIT, FETCH or TOP keep the rows that are equal to the last?"""
    options = limit.args.get("limit_options") if limit else None
    return bool(options and options.args.get("with_ties") and not options.args.get("percent"))


def ranked(reader: Reader, node: exp.Select, parts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the clauses of a query with ties, whose `limit` is the number of rows.

    Raises Refused for one without an order, and beside what is done after rows are ranked.
    """
    if not parts["order_by"]:
        raise reader.wrong("limit", "WITH TIES needs ORDER BY.", node)
    if any(parts.get(clause) not in (None, False, ()) for clause in _BESIDE):
        message = "WITH TIES is not read beside OFFSET, DISTINCT and QUALIFY: write a window."
        raise reader.wrong("not_supported", message, node)
    sorts = tuple(_of_rows(reader, sort, parts["select"], node) for sort in parts["order_by"])
    rank = Window(window=Function(fn="rank"), order_by=sorts)
    return {"limit": None, "qualify": Op(op="<=", args=(rank, parts["limit"]))}


def _of_rows(reader: Reader, sort: Sort, items: tuple[Item, ...], node: exp.Expr) -> Sort:
    """Return a sort by values, where it is by a column of the result."""
    by = sort.by
    stars = [number for number, item in enumerate(items, 1) if isinstance(item.expr, Star)]
    if type(by) is int:
        if not 0 < by <= len(items) or (stars and stars[0] <= by):
            raise reader.wrong("order_by", f"The result has no column {by} to order by.", node)
        by = items[by - 1].expr
    elif isinstance(by, Column) and by.table is None:
        named = (item.expr for item in items if (item.alias or "").lower() == by.column.lower())
        by = next(named, by)
    if any(isinstance(part, Window) for part, _ in walk(by)):
        raise reader.wrong("not_supported", "WITH TIES by a window is not read.", node)
    return sort.model_copy(update={"by": by})
