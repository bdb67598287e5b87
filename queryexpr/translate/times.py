"""Times that are compared with dates, where both are texts."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
_TIMES = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ, exp.DType.DATETIME, exp.DType.TIMESTAMPNTZ)


def has_both(catalogue: Catalogue | None) -> bool:
    """Has the schema columns with times, and others with dates?"""
    columns = (
        (column for table in catalogue.tables for column in table.columns) if catalogue else ()
    )
    types = {column.type.lower() for column in columns}
    return "date" in types and any(kind.startswith(("timestamp", "datetime")) for kind in types)


def compared_times(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Compare a time with the first moment of a date: in SQLite the longer text is the greater."""
    if source.affinities or not target.affinities or not isinstance(node, COMPARISONS):
        return node
    for date, time in ((node.left, node.right), (node.right, node.left)):
        if date.unnest().is_type("date") and time.unnest().is_type(*_TIMES):
            date.replace(exp.Anonymous(this="DATETIME", expressions=[copied(date)]))
    return node
