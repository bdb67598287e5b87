"""
PIVOT → what it means: groups by the columns that it does not name, and an aggregate for each value.

`t PIVOT (SUM(a) FOR m IN ('x', 'y'))` has the sum of `a` where `m` is 'x', and where it is 'y', for
each combination of the other columns of `t`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlglot import exp

from queryexpr.expression import Aggregate, Column, Derived, Item, Op, Select, Star
from queryexpr.lift.reader import Reader
from queryexpr.walk import walk

MAX_COLUMNS = 100


def read_pivot(reader: Reader, source: Any, node: exp.Expr) -> Derived:
    """Return the query that `source PIVOT (…)` means. Raises Refused."""
    (pivot, *others) = node.args["pivots"]
    _check(reader, pivot, others)
    (field,) = pivot.args["fields"]
    column = reader.value(field.this)
    if not isinstance(column, Column):
        raise reader.refuse(pivot)
    items = list(_items(reader, pivot, column, field.expressions))
    used = {n.column.lower(): n.column for i in items for n, _ in walk(i.expr)
            if isinstance(n, Column)}  # fmt: skip
    rest = Star(star=True, except_=tuple(used.values()))
    group = pivot.args.get("group")
    keys = reader.values(group.expressions) if group else (rest,)
    shown = [Item(expr=key) for key in keys]
    query = Select(from_=source, select=(*shown, *items), group_by=keys)
    name = pivot.alias or getattr(source, "alias", None) or getattr(source, "table", None)
    return Derived(query=query, alias=name)


def _check(reader: Reader, pivot: exp.Pivot, others: list[exp.Expr]) -> None:
    if pivot.args.get("unpivot"):
        message = "UNPIVOT: write a SELECT for each column, with UNION ALL between them."
        raise reader.wrong("not_supported", message, pivot)
    if not reader.dialect.pivots:
        raise reader.wrong("not_supported", f"{reader.dialect.title} has no PIVOT here.", pivot)
    known = ("expressions", "fields", "group", "columns", "alias", "identify_pivot_strings",
             "prefixed_pivot_columns", "pivot_column_naming")  # fmt: skip
    reader.only(pivot, *known)
    alias = pivot.args.get("alias")
    if others or len(pivot.args["fields"]) != 1 or (alias and alias.columns):
        raise reader.refuse(pivot)


def _items(
    reader: Reader, pivot: exp.Pivot, column: Column, values: list[exp.Expr]
) -> Iterator[Item]:
    """Yield an aggregate for each value, under the name that the dialect gives it."""
    names = [name.name for name in pivot.args.get("columns") or ()]
    calls = [_aggregate(reader, pivot, call) for call in pivot.expressions]
    if len(names) != len(values) * len(calls) or len(names) > MAX_COLUMNS:
        raise reader.wrong("not_supported", "PIVOT needs the values, written out.", pivot)
    pairs = ((value, call) for value in values for call in calls)
    for name, (value, call) in zip(names, pairs, strict=True):
        literal = value.this if isinstance(value, exp.PivotAlias) else value
        if not isinstance(literal, exp.Literal):
            raise reader.wrong("not_supported", "PIVOT needs texts or numbers after IN.", value)
        condition = Op(op="=", args=(column, reader.value(literal)))
        yield Item(expr=call.model_copy(update={"filter": condition}), alias=name)


def _aggregate(reader: Reader, pivot: exp.Pivot, node: exp.Expr) -> Aggregate:
    call = reader.value(node.this if isinstance(node, exp.Alias) else node)
    if not isinstance(call, Aggregate) or call.filter is not None:
        raise reader.refuse(pivot)
    return call
