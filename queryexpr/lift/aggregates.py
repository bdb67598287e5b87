"""sqlglot's aggregates and ORDER BY → ours."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.functions import Bounds
from queryexpr.dialects.grammar import nulls_first
from queryexpr.dialects.operators import AGGREGATES
from queryexpr.expression import Aggregate, Op, Sort
from queryexpr.lift.reader import Reader, Reading


def read_aggregate(reader: Reader, name: str, node: exp.Anonymous) -> Aggregate | None:
    known, quantiles = _aggregates(reader.dialect), _quantiles(reader.dialect)
    operands, word = node.expressions, reader.dialect.aggregates_read.get(name, name.lower())
    if word not in known or (word in ("min", "max") and len(operands) > 1):  # SQLite's MAX(a, b)
        return None
    sorts: tuple[Sort, ...] = ()
    if operands and isinstance(operands[-1], exp.Order):
        sorts, operands = read_order(reader, operands[-1]), [*operands[:-1], operands[-1].this]
    operands, ignores = _ignored(reader, word, operands)
    distinct = bool(operands) and isinstance(operands[0], exp.Distinct)
    if distinct:
        reader.only(operands[0], "expressions")
        operands = [*operands[0].expressions, *operands[1:]]
    if word == "count" and len(operands) == 1 and isinstance(operands[0], exp.Star):
        operands = []
    count_operands(reader, name, len(operands), known[word], node)
    args = reader.values(operands)
    kept = Op(op="is not null", args=args) if ignores else None
    read = Aggregate(agg=word, args=args, distinct=distinct, order_by=sorts, filter=kept)
    if word not in quantiles:
        return read
    return _percentile(reader, read, quantiles[word], node)


def _ignored(reader: Reader, word: str, operands: list[exp.Expr]) -> tuple[list[exp.Expr], bool]:
    """Return the operands without IGNORE NULLS or RESPECT NULLS, and whether nulls are ignored."""
    first = operands[0] if operands else None
    if not isinstance(first, exp.IgnoreNulls | exp.RespectNulls):
        return operands, False
    if word not in reader.dialect.ignores_nulls:
        raise reader.refuse(first)
    return [first.this, *operands[1:]], isinstance(first, exp.IgnoreNulls)


@cache
def _aggregates(dialect: Dialect) -> dict[str, Bounds]:
    own = {name.lower(): bounds for name, bounds in dialect.aggregates.items()}
    return AGGREGATES | own | dict.fromkeys(_quantiles(dialect), (2, 2))


@cache
def _quantiles(dialect: Dialect) -> dict[str, str]:
    return {name.lower(): portable for portable, name in dialect.quantiles.items()}


def _percentile(reader: Reader, read: Aggregate, portable: str, node: exp.Anonymous) -> Aggregate:
    """Return `QUANTILE_CONT(x, 0.5 ORDER BY x)`, which may lack its order, as portable."""
    value, share = read.args
    sorts = read.order_by or (Sort(by=value),)
    if read.distinct or [sort.by for sort in sorts] != [value]:
        raise reader.refuse(node)
    return Aggregate(agg=portable, args=(share,), order_by=sorts)


def count_operands(reader: Reader, name: str, count: int, bounds: Bounds, node: exp.Expr) -> None:
    least, most = bounds
    if not least <= count <= most:
        needs = str(least) if least == most else f"{least} to {most}"
        operands = "operand" if needs == "1" else "operands"
        raise reader.wrong("operands", f"{name} takes {needs} {operands}, not {count}.", node)


def read_group_concat(reader: Reader, node: exp.GroupConcat) -> Aggregate:
    reader.only(node, "this", "separator", "on_overflow")
    sorts: tuple[Sort, ...] = ()
    this, distinct = node.this, False
    if isinstance(this, exp.Order):
        this, sorts = this.this, read_order(reader, this)
    if isinstance(this, exp.Distinct):
        distinct = True
        if len(this.expressions) != 1:
            raise reader.refuse(node)
        this = this.expressions[0]
    if isinstance(this, exp.Concat):  # sqlglot's, for several values: CONCAT itself is a call
        if distinct:
            raise reader.wrong("operands", _ONE_TEXT, node)
        this = exp.Anonymous(this="CONCAT", expressions=this.expressions)
    separator = node.args.get("separator")
    args = reader.values([this, separator] if separator else [this])
    if not separator and reader.dialect.separator:
        args = (*args, reader.dialect.separator)
    return Aggregate(agg="string_agg", args=args, distinct=distinct, order_by=sorts)


def read_filter(reader: Reader, node: exp.Filter) -> Aggregate:
    inner = reader.value(node.this)
    if not isinstance(inner, Aggregate) or inner.filter is not None:
        raise reader.refuse(node)
    condition = reader.maybe(node.expression.this)
    return inner.model_copy(update={"filter": condition})


def read_within_group(reader: Reader, node: exp.WithinGroup) -> Aggregate:
    inner = reader.value(node.this)
    if not isinstance(inner, Aggregate) or inner.order_by:
        raise reader.refuse(node)
    return inner.model_copy(update={"order_by": read_order(reader, node.expression)})


def read_order(reader: Reader, order: exp.Order) -> tuple[Sort, ...]:
    """Return what ORDER BY names, without NULL, which orders nothing."""
    reader.only(order, "this", "expressions")
    sorts = [item for item in order.expressions if not isinstance(item.this, exp.Null)]
    return tuple(read_sort(reader, item) for item in sorts)


def read_sort(reader: Reader, item: exp.Ordered) -> Sort:
    """Read one of ORDER BY. sqlglot fills in where the dialect places nulls: that is left out."""
    reader.only(item, "this", "desc", "nulls_first")
    if isinstance(item.this, exp.Var):
        raise reader.wrong("not_supported", "ORDER BY ALL is not read: name the columns.", item)
    down, first = bool(item.args.get("desc")), bool(item.args.get("nulls_first"))
    usual = nulls_first(reader.dialect, down)
    nulls: Any = None if first == usual else "first" if first else "last"
    return Sort(by=reader.value(item.this), dir="desc" if down else "asc", nulls=nulls)


_ONE_TEXT = "GROUP_CONCAT(DISTINCT a, b) is not read: write GROUP_CONCAT(DISTINCT CONCAT(a, b))."
AGGREGATES_READ: dict[type[exp.Expr], Reading] = {
    exp.GroupConcat: read_group_concat, exp.Filter: read_filter,
    exp.WithinGroup: read_within_group,
}  # fmt: skip
