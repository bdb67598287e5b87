"""Times that are compared with dates, where both are texts: in SQLite the longer is the greater."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue

COMPARISONS = (
    exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.NullSafeEQ, exp.NullSafeNEQ,
    exp.Between, exp.In, exp.Case, exp.Nullif,
)  # fmt: skip
TIMES = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.DATETIME, exp.DType.TIMESTAMPNTZ)
_CUT = (exp.TimestampTrunc, exp.DateTrunc)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


def may_differ(tree: exp.Expr, catalogue: Catalogue | None) -> bool:
    """May times be compared with dates: are there columns of times, or dates that are cut off?"""
    columns = (
        (column for table in catalogue.tables for column in table.columns) if catalogue else ()
    )
    has_times = any(column.type.lower().startswith(("timestamp", "datetime")) for column in columns)
    return bool(tree.find(*COMPARISONS)) and (has_times or bool(tree.find(*_CUT)))


def compared_times(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Compare a time with the first moment of a date. Raises Refused for a query of dates."""
    if source.affinities or not target.affinities or not isinstance(node, COMPARISONS):
        return node
    values = compared_values(node)
    if not any(_is_time(value) for value in values):
        return node
    for value in values:
        if _is_date(value):
            value.replace(exp.Anonymous(this="DATETIME", expressions=[copied(value)]))
    query = node.args.get("query") if isinstance(node, exp.In) else None
    if query and any(_is_date(item.unalias()) for item in query.unnest().selects):
        raise lacks(target, "IN that compares times with dates")
    return node


def moved_time(node: exp.Expr, target: Dialect, catalogue: Catalogue | None) -> exp.Expr:
    """Keep the hours of a time of a query below, to which a length of time is added.

    The builder knows the types of the schema's columns only.
    """
    is_sum = isinstance(node, exp.Add | exp.Sub) and isinstance(node.expression, exp.Interval)
    column = node.this.unnest() if is_sum and target.affinities else None
    if not isinstance(column, exp.Column) or not column.is_type(*TIMES):
        return node
    known = (catalogue.types if catalogue else {}).get(column.name.lower(), "")
    if not known.lower().startswith(("timestamp", "datetime")):
        node.set("this", exp.Anonymous(this="DATETIME", expressions=[copied(column)]))
    return node


def compared_values(node: exp.Expr) -> list[exp.Expr]:
    """Return the values of which one is compared with the others; none of anything else."""
    if not isinstance(node, COMPARISONS):
        return []
    if isinstance(node, exp.Case):
        return [node.this, *(branch.this for branch in node.args["ifs"])] if node.this else []
    if isinstance(node, exp.In):
        return [node.this, *node.expressions]
    keys = ("this", "expression", "low", "high")
    return [node.args[key] for key in keys if node.args.get(key)]


def _is_date(value: exp.Expr) -> bool:
    """Is it written as a date? What is cut off is, also in a query below; a text may be one."""
    value = value.unnest()
    if isinstance(value, exp.Query):
        return any(_is_date(item.unalias()) for item in value.selects)
    if isinstance(value, exp.Column) and not value.is_type("date"):
        return bool(value.root().find(*_CUT))  # it may be what a query below cut off
    text = value.is_string and _DATE.fullmatch(value.name)
    return bool(text) or _is_cut(value) or bool(value.is_type("date"))


def _is_time(value: exp.Expr) -> bool:
    value = value.unnest()
    return bool(value.is_type(*TIMES)) and not _is_cut(value)


def _is_cut(value: exp.Expr) -> bool:
    return isinstance(value, _CUT) or (isinstance(value, exp.Cast) and value.to.is_type("date"))
