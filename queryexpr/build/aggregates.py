"""Our aggregates and ORDER BY → sqlglot's."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder
from queryexpr.dialects.grammar import nulls_first
from queryexpr.expression import Aggregate, Case, Expr, Op, Sort, When

_AGGREGATES: dict[str, type[exp.Expr]] = {
    "sum": exp.Sum, "avg": exp.Avg, "min": exp.Min, "max": exp.Max, "median": exp.Median,
    "count": exp.Count, "percentile_cont": exp.PercentileCont,
    "percentile_disc": exp.PercentileDisc,
}  # fmt: skip
_ANY_ROW = {"any_value", "first", "last"}  # which may take a null
_BY_SECOND = {"max_by", "min_by"}  # they leave out rows where their second operand is null


def write_aggregate(builder: Builder, node: Aggregate) -> exp.Expr:
    if node.agg in builder.dialect.lacks:
        raise builder.lacks(node.agg.upper())
    if node.filter is not None and not builder.dialect.filter:
        return _filtered(builder, node)
    written = _aggregate(builder, node)
    if node.filter is None:
        return written
    return exp.Filter(this=written, expression=exp.Where(this=builder.value(node.filter)))


def _filtered(builder: Builder, node: Aggregate) -> exp.Expr:
    """Return an aggregate with a filter, for a dialect without FILTER."""
    plain = node.model_copy(update={"filter": None})
    if node.agg in builder.dialect.ignores_nulls:
        if node.filter == Op(op="is not null", args=node.args):
            return _aggregate(builder, plain, ignores_nulls=True)
        raise builder.lacks(f"FILTER of {node.agg.upper()}")
    if node.agg in _ANY_ROW:
        raise builder.lacks(f"FILTER of {node.agg.upper()}")
    return write_aggregate(builder, _filtered_by_case(node, plain))


def _filtered_by_case(node: Aggregate, plain: Aggregate) -> Aggregate:
    """Return `plain` with the filter of `node` in a CASE, whose null the aggregate leaves out."""

    def case(value: Expr) -> Case:
        return Case(case=(When(when=node.filter, then=value),))

    if node.agg.startswith("percentile") or (node.agg == "mode" and not node.args):
        sorts = tuple(sort.model_copy(update={"by": case(sort.by)}) for sort in node.order_by)
        return plain.model_copy(update={"order_by": sorts})
    first, *rest = node.args or (1,)
    if node.agg in _BY_SECOND:
        return plain.model_copy(update={"args": (first, case(rest[0]))})
    return plain.model_copy(update={"args": (case(first), *rest)})


def _aggregate(builder: Builder, node: Aggregate, *, ignores_nulls: bool = False) -> exp.Expr:
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
    if ignores_nulls:
        operands[0] = exp.IgnoreNulls(this=operands[0])
    if node.order_by:
        operands[0] = exp.Order(this=operands[0], expressions=_sorts(builder, node.order_by))
    if node.agg == "string_agg":
        return exp.GroupConcat(this=operands[0], separator=separator)
    single = _AGGREGATES.get(node.agg)
    if single and not operands[1:]:
        return single(this=operands[0])
    name = builder.dialect.aggregates_written.get(node.agg, node.agg.upper())
    return exp.Anonymous(this=name, expressions=operands)


def _is_plain(sorts: tuple[Sort, ...]) -> bool:
    return len(sorts) == 1 and sorts[0].dir == "asc" and sorts[0].nulls is None


def write_order(builder: Builder, sorts: tuple[Sort, ...]) -> exp.Order:
    """Return ORDER BY."""
    return exp.Order(expressions=_sorts(builder, sorts))


def _sorts(builder: Builder, sorts: tuple[Sort, ...]) -> list[exp.Expr]:
    return [_sort(builder, sort) for sort in sorts]


def _sort(builder: Builder, sort: Sort) -> exp.Expr:
    down = sort.dir == "desc"
    first = sort.nulls == "first" if sort.nulls else nulls_first(builder.dialect, down)
    return exp.Ordered(this=builder.value(sort.by), desc=down or None, nulls_first=first)
