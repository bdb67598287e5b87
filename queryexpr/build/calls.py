"""Our functions, aggregates and windows → sqlglot's."""

from __future__ import annotations

import re
from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.dates import DATES
from queryexpr.build.templates import fill
from queryexpr.dialects.grammar import grammar, nulls_first
from queryexpr.dialects.operators import RANKINGS
from queryexpr.expression import Aggregate, Case, Function, Native, Sort, When, Window

# Function → sqlglot's class and the names of its operands.
_FUNCTIONS: dict[str, tuple[type[exp.Expr], tuple[str, ...]]] = {
    "lower": (exp.Lower, ("this",)), "upper": (exp.Upper, ("this",)),
    "length": (exp.Length, ("this",)), "abs": (exp.Abs, ("this",)),
    "round": (exp.Round, ("this", "decimals")), "ceil": (exp.Ceil, ("this",)),
    "floor": (exp.Floor, ("this",)), "sqrt": (exp.Sqrt, ("this",)), "ln": (exp.Ln, ("this",)),
    "power": (exp.Pow, ("this", "expression")), "exp": (exp.Exp, ("this",)),
    "sign": (exp.Sign, ("this",)), "nullif": (exp.Nullif, ("this", "expression")),
    "substring": (exp.Substring, ("this", "start", "length")),
    "position": (exp.StrPosition, ("substr", "this")),
    "trim": (exp.Trim, ("this", "expression")),
    "left": (exp.Left, ("this", "expression")), "right": (exp.Right, ("this", "expression")),
}  # fmt: skip
_AGGREGATES: dict[str, type[exp.Expr]] = {
    "sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max, "median": exp.Median,
    "stddev": exp.Stddev, "variance": exp.Variance,
    "count": exp.Count, "percentile_cont": exp.PercentileCont,
    "percentile_disc": exp.PercentileDisc,
}  # fmt: skip


def write_function(builder: Builder, node: Function) -> exp.Expr:
    if node.fn in DATES:
        return DATES[node.fn](builder, node)
    if node.fn in _SPECIAL:
        return _SPECIAL[node.fn](builder, node)
    kind, names = _FUNCTIONS[node.fn]
    return kind(**dict(zip(names, builder.values(node.args), strict=False)))


def _coalesce(builder: Builder, node: Function) -> exp.Expr:
    first, *rest = builder.values(node.args)
    return exp.Coalesce(this=first, expressions=rest)


def _plain(builder: Builder, node: Function) -> exp.Expr:
    return exp.Anonymous(this=node.fn.upper(), expressions=builder.values(node.args))


def _trim_side(builder: Builder, node: Function) -> exp.Expr:
    this, *rest = builder.values(node.args)
    side = "LEADING" if node.fn == "ltrim" else "TRAILING"
    return exp.Trim(this=this, position=side, expression=rest[0] if rest else None)


def _end(builder: Builder, node: Function) -> exp.Expr:
    """Return the beginning or the end of a text."""
    dialect = builder.dialect
    template = dialect.left if node.fn == "left" else dialect.right
    text, size = builder.values(node.args)
    if template:
        return fill(template, dialect, text=text, size=size)
    return _FUNCTIONS[node.fn][0](this=text, expression=size)


def _substring(builder: Builder, node: Function) -> exp.Expr:
    text, start, *length = builder.values(node.args)
    if not length and builder.dialect.rest:
        return fill(builder.dialect.rest, builder.dialect, text=text, start=start)
    return exp.Substring(this=text, start=start, length=length[0] if length else None)


_SPECIAL: dict[str, Writing] = {
    "coalesce": _coalesce, "replace": _plain, "ltrim": _trim_side, "rtrim": _trim_side,
    "left": _end, "right": _end, "substring": _substring, **dict.fromkeys(RANKINGS, _plain),
}  # fmt: skip


def write_native(builder: Builder, node: Native) -> exp.Expr:
    """Write a native function as it was; `unit` returns to its place."""
    name, operands = node.native.upper(), builder.values(node.args)
    if name in builder.dialect.bare:
        return exp.var(name)
    if name == "EXTRACT":
        return exp.Extract(this=exp.var(node.unit or ""), expression=operands[0])
    if node.unit:
        operands.insert(builder.dialect.unit_at[name], exp.var(node.unit))
    return exp.Anonymous(this=name, expressions=operands)


def write_aggregate(builder: Builder, node: Aggregate) -> exp.Expr:
    if node.agg in builder.dialect.lacks:
        raise builder.lacks(node.agg.upper())
    if node.filter is not None and not builder.dialect.filter:
        return write_aggregate(builder, _filtered_by_case(node))
    written = _aggregate(builder, node)
    if node.filter is None:
        return written
    return exp.Filter(this=written, expression=exp.Where(this=builder.value(node.filter)))


def _filtered_by_case(node: Aggregate) -> Aggregate:
    """Return `node` with its filter in a CASE, whose null the aggregate leaves out."""
    value = node.args[0] if node.args else 1
    case = Case(case=(When(when=node.filter, then=value),))
    return node.model_copy(update={"args": (case, *node.args[1:]), "filter": None})


def _aggregate(builder: Builder, node: Aggregate) -> exp.Expr:
    if node.agg == "count" and not node.args:
        return exp.Count(this=exp.Star())
    operands = builder.values(node.args)
    quantile = builder.dialect.quantiles.get(node.agg)
    if quantile and _is_plain(node.order_by):
        value = builder.value(node.order_by[0].by)
        return exp.Anonymous(this=quantile, expressions=[value, *operands])
    if node.agg.startswith("percentile") or (node.agg == "mode" and not operands):
        kind = _AGGREGATES.get(node.agg)
        inner = kind(this=operands[0]) if kind else exp.Anonymous(this=node.agg.upper())
        return exp.WithinGroup(this=inner, expression=write_order(builder, node.order_by))
    separator = operands.pop() if node.agg == "string_agg" and operands[1:] else None
    if node.distinct:
        operands = [exp.Distinct(expressions=operands)]
    if node.order_by:
        operands[0] = exp.Order(this=operands[0], expressions=_sorts(builder, node.order_by))
    if node.agg == "string_agg":
        return exp.GroupConcat(this=operands[0], separator=separator)
    single = _AGGREGATES.get(node.agg)
    if single and not operands[1:]:
        return single(this=operands[0])
    return exp.Anonymous(this=node.agg.upper(), expressions=operands)


def _is_plain(sorts: tuple[Sort, ...]) -> bool:
    return len(sorts) == 1 and sorts[0].dir == "asc" and sorts[0].nulls is None


def write_window(builder: Builder, node: Window) -> exp.Expr:
    frame = None
    if node.frame:
        start = _bound("start", node.frame.start)
        end = _bound("end", node.frame.end) if node.frame.end else {}
        frame = exp.WindowSpec(kind=node.frame.frame.upper(), **start, **end)
    return exp.Window(
        this=builder.value(node.window),
        partition_by=builder.values(node.partition_by),
        order=write_order(builder, node.order_by) if node.order_by else None,
        spec=frame,
        over="OVER",
    )


def _bound(which: str, text: str) -> dict[str, Any]:
    """Return a frame's bound, such as `3 preceding`, in sqlglot's words."""
    if text == "current row":
        return {which: "CURRENT ROW"}
    amount, side = text.split()
    value = "UNBOUNDED" if amount == "unbounded" else exp.Literal.number(amount)
    return {which: value, f"{which}_side": side.upper()}


def write_order(builder: Builder, sorts: tuple[Sort, ...]) -> exp.Order:
    """Return ORDER BY."""
    return exp.Order(expressions=_sorts(builder, sorts))


def _sorts(builder: Builder, sorts: tuple[Sort, ...]) -> list[exp.Expr]:
    return [_sort(builder, sort) for sort in sorts]


def _sort(builder: Builder, sort: Sort) -> exp.Expr:
    down = sort.dir == "desc"
    first = sort.nulls == "first" if sort.nulls else nulls_first(builder.dialect, down)
    return exp.Ordered(this=builder.value(sort.by), desc=down or None, nulls_first=first)


# ── Types ───────────────────────────────────────────────────────────────────────────────────

_WIDE = {"float": "double", "real": "double"}  # a model's FLOAT means full precision


def typed(builder: Builder, name: str) -> exp.DataType:
    """Return a type. With affinities `numeric` is kept, which sqlglot would write as REAL."""
    word = name.lower().strip()
    if builder.dialect.affinities and re.match(r"numeric|decimal|number", word):
        return exp.DataType(this=exp.DType.USERDEFINED, kind="NUMERIC")
    grammar_of_dialect = grammar(builder.dialect)
    try:
        return exp.DataType.build(_WIDE.get(word, word), dialect=None)
    except Exception:  # the dialect's own word
        return exp.DataType.build(word, dialect=grammar_of_dialect, udt=True)


CALLS: dict[type, Writing] = {
    Function: write_function, Native: write_native, Aggregate: write_aggregate,
    Window: write_window,
}  # fmt: skip
