"""Window functions and aggregates that some databases of a dialect lack, as what they mean."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect


def with_default(node: exp.Expr, target: Dialect) -> exp.Expr:
    """Return LAG(x, 1, 0) as a CASE, where LAG takes no value for rows that are not there.

    The row that is `offset` before the current one is there if the number of the row is larger.
    """
    if target.offset_defaults or not isinstance(node, exp.Window):
        return node
    call = node.this
    if not isinstance(call, exp.Lag | exp.Lead):
        return node
    default, offset = call.args.get("default"), call.args.get("offset") or exp.convert(1)
    if default is None:
        return node
    if not offset.is_int:
        raise lacks(target, f"{call.sql_name()} with a computed offset and a default")
    there: exp.Expr = exp.GT(this=_number(node), expression=copied(offset))
    if isinstance(call, exp.Lead):
        there = exp.GTE(this=exp.Sub(this=_count(node), expression=_number(node)),
                        expression=copied(offset))  # fmt: skip
    plain = node.copy()
    plain.this.set("default", None)
    return exp.Case(ifs=[exp.If(this=there, true=plain)], default=copied(default))


def _number(window: exp.Window) -> exp.Window:
    number = copied(window)
    number.set("this", exp.RowNumber())
    number.set("spec", None)
    return number


def _count(window: exp.Window) -> exp.Window:
    parts = [copied(part) for part in window.args.get("partition_by") or ()]
    return exp.Window(this=exp.Count(this=exp.Star()), partition_by=parts, over="OVER")


def any_value(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return ANY_VALUE(x) as MIN(x), which is one of the values, where not each database has it."""
    if target.any_values or source is target:
        return node
    if isinstance(node, exp.IgnoreNulls) and isinstance(node.this, exp.Min):
        return node.this
    is_plain = isinstance(node, exp.AnyValue) and not isinstance(node.this, exp.HavingMax)
    return exp.Min(this=node.this) if is_plain else node
