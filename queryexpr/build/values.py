"""Our value expressions → sqlglot's: one function for each class, in VALUES."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.calls import CALLS, typed
from queryexpr.build.dates import add_interval
from queryexpr.build.operands import binary, chain, negated, operand
from queryexpr.build.parts import PARTS
from queryexpr.build.patterns import write_like, write_native_like
from queryexpr.build.quantified import write_bits, write_containing, write_quantified
from queryexpr.build.templates import fill
from queryexpr.build.truth import truth
from queryexpr.dialects.grammar import division
from queryexpr.dialects.operators import CONTAINS, QUANTIFIED
from queryexpr.expression import (
    Case,
    Cast,
    Column,
    Interval,
    Null,
    Number,
    Op,
    Star,
    Subquery,
    Values,
)

SAFE_CAST = "TRY_CAST, which gives null for what cannot be converted"


def write_column(builder: Builder, node: Column) -> exp.Expr:
    table = builder.name(node.table) if node.table else None
    return exp.Column(this=builder.name(node.column), table=table)


def write_star(builder: Builder, node: Star) -> exp.Expr:
    if node.table is None:
        return exp.Star()
    return exp.Column(this=exp.Star(), table=builder.name(node.table))


def write_text(builder: Builder, node: str) -> exp.Expr:
    return exp.Literal.string(node)


def write_number(builder: Builder, node: float) -> exp.Expr:
    literal = exp.Literal.number(repr(abs(node)))
    return exp.Neg(this=literal) if str(node).startswith("-") else literal


def write_exact(builder: Builder, node: Number) -> exp.Expr:
    return exp.Literal.number(node.number)


def write_null(builder: Builder, node: Null | None) -> exp.Expr:
    return exp.null()


def write_op(builder: Builder, node: Op) -> exp.Expr:
    return _OPERATORS[node.op](builder, node)


def _sum(kind: type[exp.Expr], sign: int) -> Writing:
    plain = binary(kind)

    def write(builder: Builder, node: Op) -> exp.Expr:
        right = node.args[1]
        if isinstance(right, Interval) and not builder.dialect.intervals:
            return add_interval(builder, node.args[0], right, sign)
        return plain(builder, node)

    return write


def _true_division(builder: Builder, node: Op) -> exp.Expr:
    """Divide without cutting off; a division by zero is null in every dialect."""
    divisor = node.args[1]
    number = float(divisor.number) if isinstance(divisor, Number) else divisor
    safe = not (isinstance(number, int | float) and number)
    left, right = operand(builder, node, 0), operand(builder, node, 1)
    return exp.Div(this=left, expression=right, typed=False, safe=safe)


def _native_division(builder: Builder, node: Op) -> exp.Expr:
    return binary(exp.Div, **division(builder.dialect))(builder, node)


def _same(kind: type[exp.Expr], is_same: int) -> Writing:
    plain = binary(kind)

    def write(builder: Builder, node: Op) -> exp.Expr:
        template = builder.dialect.same
        if not template:
            return plain(builder, node)
        left, right = builder.values(node.args)
        both = fill(template, builder.dialect, left=left, right=right)
        return exp.EQ(this=both, expression=exp.Literal.number(is_same))

    return write


def _between(builder: Builder, node: Op) -> exp.Expr:
    value, low, high = (operand(builder, node, place) for place in range(3))
    return exp.Between(this=value, low=low, high=high)


def _in(builder: Builder, node: Op) -> exp.Expr:
    *left, right = node.args
    if left[1:]:
        return exp.In(this=_row(builder, left), query=builder.value(right))
    if isinstance(right, Values):
        return exp.In(this=operand(builder, node, 0), expressions=builder.values(right.values))
    return exp.In(this=operand(builder, node, 0), query=builder.value(right))


def _row(builder: Builder, parts: list[Any]) -> exp.Tuple:
    if not builder.dialect.writes_rows:
        raise builder.lacks("IN that compares rows as SQL does")
    return exp.Tuple(expressions=builder.values(tuple(parts)))


def _exists(builder: Builder, node: Op) -> exp.Expr:
    query = node.args[0]
    assert isinstance(query, Subquery)  # checked before
    return exp.Exists(this=builder.query(query.query))


def _array(builder: Builder, node: Op) -> exp.Expr:
    query = node.args[0]
    assert isinstance(query, Subquery)  # checked before
    if not builder.dialect.array_queries:
        raise builder.lacks("ARRAY with a query")
    return exp.Anonymous(this="ARRAY", expressions=[builder.query(query.query)])


def _counted_row(builder: Builder, node: Op) -> exp.Expr:
    if builder.dialect.counts_rows != "rows":
        raise builder.lacks("COUNT of distinct rows with their nulls")
    return exp.Tuple(expressions=builder.values(node.args))


def _is_null(builder: Builder, node: Op) -> exp.Expr:
    return exp.Is(this=operand(builder, node, 0), expression=exp.null())


def _truth(is_true: bool) -> Writing:
    def write(builder: Builder, node: Op) -> exp.Expr:
        plain = exp.Is(this=operand(builder, node, 0), expression=exp.convert(is_true))
        return truth(plain, builder.dialect)

    return write


def _zone(builder: Builder, node: Op) -> exp.Expr:
    return exp.AtTimeZone(this=operand(builder, node, 0), zone=operand(builder, node, 1))


def _collate(builder: Builder, node: Op) -> exp.Expr:
    name = str(node.args[1])
    quoted = builder.dialect.quoted_collations
    collation = exp.to_identifier(name, quoted=True) if quoted else exp.var(name)
    return exp.Collate(this=operand(builder, node, 0), expression=collation)


def write_case(builder: Builder, node: Case) -> exp.Expr:
    branches = [
        exp.If(this=builder.value(branch.when), true=builder.value(branch.then))
        for branch in node.case
    ]
    of, otherwise = builder.maybe(node.of), builder.maybe(node.otherwise)
    return exp.Case(this=of, ifs=branches, default=otherwise)


def write_cast(builder: Builder, node: Cast) -> exp.Expr:
    if node.safe and not builder.dialect.tries_casts:
        raise builder.lacks(SAFE_CAST)
    parts = {"this": builder.value(node.cast), "to": typed(builder, node.type)}
    if not node.safe:
        return exp.Cast(**parts)
    return exp.TryCast(**parts, requires_string=builder.dialect.tries_texts_only)


def write_interval(builder: Builder, node: Interval) -> exp.Expr:
    computed = not isinstance(node.interval, int | float | str)
    if computed and not builder.dialect.computed_intervals:
        raise builder.lacks("INTERVAL of a computed number")
    value = builder.value(node.interval)
    if isinstance(node.interval, int | float):
        value = exp.Literal.string(str(node.interval))
    return exp.Interval(this=value, unit=exp.var(node.unit.upper()))


def write_subquery(builder: Builder, node: Subquery) -> exp.Expr:
    return exp.Subquery(this=builder.query(node.query))


_COMPARISONS: dict[str, type[exp.Expr]] = {
    "=": exp.EQ, "<>": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE,
    "*": exp.Mul, "%": exp.Mod, "native div": exp.IntDiv,
    "native regexp": exp.RegexpLike, "native iregexp": exp.RegexpILike, "native glob": exp.Glob,
}  # fmt: skip
_BITS: dict[str, type[exp.Expr]] = {
    "&": exp.BitwiseAnd, "|": exp.BitwiseOr, "^": exp.BitwiseXor, "<<": exp.BitwiseLeftShift,
    ">>": exp.BitwiseRightShift,
}  # fmt: skip
_POSITIVE: dict[str, Writing] = {
    "like": write_like(True), "ilike": write_like(False), "native like": write_native_like,
    "between": _between, "in": _in, "exists": _exists,
}  # fmt: skip
_IS: dict[str, Writing] = {"null": _is_null, "true": _truth(True), "false": _truth(False)}
_OPERATORS: dict[str, Writing] = {
    **{name: binary(kind) for name, kind in _COMPARISONS.items()},
    **{name: write_bits(binary(kind)) for name, kind in _BITS.items()},
    "~": write_bits(lambda builder, node: exp.BitwiseNot(this=operand(builder, node, 0))),
    **dict.fromkeys(QUANTIFIED, write_quantified),
    **dict.fromkeys(CONTAINS, write_containing),
    "is distinct from": _same(exp.NullSafeNEQ, 0),
    "is not distinct from": _same(exp.NullSafeEQ, 1),
    **_POSITIVE,
    **{f"not {name}": negated(write) for name, write in _POSITIVE.items()},
    **{f"is {name}": write for name, write in _IS.items()},
    **{f"is not {name}": negated(write) for name, write in _IS.items()},
    "and": chain(exp.And), "or": chain(exp.Or), "||": chain(exp.DPipe),
    "not": lambda builder, node: exp.Not(this=operand(builder, node, 0)),
    "neg": lambda builder, node: exp.Neg(this=operand(builder, node, 0)),
    "+": _sum(exp.Add, 1), "-": _sum(exp.Sub, -1), "/": _true_division,
    "native /": _native_division, "at time zone": _zone, "collate": _collate,
    "array": _array, "row": _counted_row,
}  # fmt: skip
VALUES: dict[type, Writing] = {
    Column: write_column, Star: write_star, Op: write_op, Case: write_case, Cast: write_cast,
    Interval: write_interval, Subquery: write_subquery, str: write_text,
    int: write_number, float: write_number, Number: write_exact,
    type(None): write_null, Null: write_null,
    bool: lambda builder, node: exp.true() if node else exp.false(),
    **CALLS, **PARTS,
}  # fmt: skip
