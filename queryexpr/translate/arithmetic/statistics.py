"""Statistics, whose names mean the population or a sample, by the dialect."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect

# sqlglot's statistics, and the names that it does not know.
_STATISTICS: dict[type[exp.Expr], str] = {
    exp.Stddev: "stddev", exp.StddevSamp: "stddev_samp", exp.StddevPop: "stddev_pop",
    exp.Variance: "variance", exp.VariancePop: "var_pop",
}  # fmt: skip
_NAMES = frozenset(_STATISTICS.values())


def statistic(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a statistic of `source` in the words of `target`; any other node as it is."""
    known = source.aggregates_read.get(node.name.upper()) if type(node) is exp.Anonymous else None
    name = _STATISTICS.get(type(node)) or known
    if name not in _NAMES:
        return node
    operands = node.expressions or [node.this]
    word = target.aggregates_written.get(name, name.upper())
    return exp.Anonymous(this=word, expressions=operands)
