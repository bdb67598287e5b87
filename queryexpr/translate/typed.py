"""
What a query of one dialect means in another, where that depends on the types of its values.

`/` cuts fractions off in some dialects, a cast to a whole number rounds in some, and `date - date`
is a number of days, of years or of digits. sqlglot knows types, from the schema, and not all of
these differences.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from queryexpr.build.builder import lacks
from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue
from queryexpr.translate.annotated import annotated
from queryexpr.translate.arithmetic.conditions import counted, counts_conditions
from queryexpr.translate.arithmetic.decimals import ANY_DIGITS
from queryexpr.translate.arithmetic.quotients import quotient
from queryexpr.translate.arithmetic.remainders import divided, remainder
from queryexpr.translate.arithmetic.rounding import cut, exact, rounded, whole_cast
from queryexpr.translate.arithmetic.wholes import whole_quotient
from queryexpr.translate.changes import bare, changed
from queryexpr.translate.dates.clocks import checked_clock, has_clocks
from queryexpr.translate.dates.hours import truncated, truncates
from queryexpr.translate.dates.literals import compared_texts, compares_hours
from queryexpr.translate.dates.numbers import compared_numbers, compares_numbers
from queryexpr.translate.dates.seconds import kept_fraction
from queryexpr.translate.dates.sums import as_number, counts_dates, dates, differs
from queryexpr.translate.dates.times import COMPARISONS, compared_times, may_differ, moved_time
from queryexpr.translate.joined_arrays import joined_arrays
from queryexpr.translate.recursion import may_recur, recursive_types
from queryexpr.translate.texts.booleans import (
    boolean_text,
    has_words,
    joins_booleans,
    reads_otherwise,
    text_as_boolean,
)
from queryexpr.translate.texts.joined import as_text, joined_texts, sized
from queryexpr.translate.texts.mixed import as_texts, mixes
from queryexpr.translate.texts.number_casts import read_number, signed_cast
from queryexpr.translate.texts.numbers import first_number, reads_texts, text_beside_number
from queryexpr.translate.texts.text_casts import cut_text

Change = Callable[[exp.Expr, Dialect, Dialect], exp.Expr]
_TIMES = exp.DataType.TEMPORAL_TYPES
# What means something else where its operands have another type.
_TYPED = (
    exp.Cast,
    exp.TryCast,
    exp.Sub,
    exp.Add,
    exp.Round,
    exp.Trunc,
    exp.Div,
    exp.IntDiv,
    exp.Mod,
    exp.Median,
    exp.PercentileCont,
)


def by_types(
    tree: exp.Expr, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> exp.Expr:
    """Return the tree of a query of `source` as one that means the same in `target`."""
    both = target.affinities and not source.affinities and may_differ(tree, catalogue)
    words = reads_otherwise(source, target) and has_words(tree, source, catalogue)
    words = words or joins_booleans(tree, catalogue) or mixes(tree, source, catalogue)
    words = words or compares_numbers(tree, source, catalogue)
    words = words or counts_conditions(tree, source, target, catalogue)
    words = words or truncates(tree, source, catalogue)
    words = words or compares_hours(tree) or has_clocks(tree, catalogue) or may_recur(tree, target)
    arrays = (exp.Length, exp.DPipe, *((exp.Concat,) if target.arrays else ()))
    words = words or (source.arrays == "typed" and bool(tree.find(*arrays)))
    words = words or counts_dates(tree, catalogue) or reads_texts(tree, source, catalogue)
    joins = (exp.DPipe, exp.Concat) if target.joins_texts_only else ()
    if not words and not tree.find(*_TYPED, *joins, *(COMPARISONS if both else ())):
        return changed(tree, exact, source, target)
    tree = annotated(tree, source, catalogue)
    for change in _CHANGES:
        tree = changed(tree, change, source, target)
    return changed(tree, moved_time, target, catalogue)


def _array_length(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return LENGTH of an array by its name in the target. Raises Refused if it has none."""
    if not isinstance(node, exp.Length) or not node.this.is_type("array"):
        return node
    inner = node.this.type.expressions if isinstance(node.this.type, exp.DataType) else []
    if not target.may_call("CARDINALITY") or any(kind.is_type("array") for kind in inner):
        raise lacks(target, "LENGTH of an array")
    return exp.Anonymous(this="CARDINALITY", expressions=[node.this])


def _boolean_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to a boolean as a comparison, where booleans are numbers."""
    numbers = not target.booleans_are_words and target.conditions_are_values
    if type(node) is not exp.Cast or source.affinities or not numbers:
        return node
    value = bare(node.this)
    if node.to.is_type("boolean") and value.is_type(*exp.DataType.NUMERIC_TYPES):
        return exp.Paren(this=exp.NEQ(this=exp.Paren(this=value), expression=exp.convert(0)))
    return node


def _date_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Refuse to cast a date to a number: in SQLite that is its year, and an error elsewhere."""
    number = isinstance(node, exp.Cast) and not node.is_type(*_TIMES, *exp.DataType.TEXT_TYPES)
    if number and source.affinities and not target.affinities and node.this.is_type(*_TIMES):
        raise differs(source, target)
    return node


def _double_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a cast to FLOAT as one to a double, where no number has 4 bytes."""
    if isinstance(node, exp.Cast) and node.to.this is exp.DType.FLOAT and not source.single:
        node.set("to", exp.DataType.build("double"))
    return node


def _median(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Keep the places of a median that are more than those of its values."""
    cuts = target.cuts_medians and not source.cuts_medians
    if not cuts or not isinstance(node, exp.Median | exp.Ordered):
        return node
    around = node.find_ancestor(exp.WithinGroup, exp.Select)
    quantile = isinstance(around, exp.WithinGroup) and isinstance(around.this, exp.PercentileCont)
    if node.this.is_type(exp.DType.DECIMAL) and (quantile or isinstance(node, exp.Median)):
        node.set("this", exp.cast(node.this, "double"))
    return node


def _decimal_cast(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Give a decimal its scale: the one that the cast names, or what is usual in its dialect."""
    if not isinstance(node, exp.Cast) or node.to.this is not exp.DType.DECIMAL:
        return node
    if node.meta.get(ANY_DIGITS):
        return node
    if target.strict_types and bare(node.this).is_type("boolean"):
        node.set("to", exp.DataType.build("int"))  # a condition is no decimal
        return node
    sizes = [int(size.name) for size in node.to.expressions] or [*source.decimal]
    is_rounded = isinstance(node.parent, exp.Round) and node.parent.args.get("decimals")
    if not sizes and is_rounded and node.this.is_type(exp.DType.DECIMAL):
        exact: exp.Expr = node.this  # with all its digits, and no more
        return exact
    if not sizes:
        sizes = [*target.wide_decimal]
    elif not target.casts_to_scale:
        plain = exp.Cast(this=node.this, to=exp.DataType.build("decimal"))
        scale = exp.Literal.number(sizes[1] if sizes[1:] else 0)
        return exp.Round(this=plain, decimals=scale)
    params = [exp.DataTypeParam(this=exp.Literal.number(size)) for size in sizes]
    node.set("to", exp.DataType(this=exp.DType.DECIMAL, expressions=params, nested=False))
    return node


_CHANGES: tuple[Change, ...] = (
    counted, as_number, first_number, text_beside_number, read_number, signed_cast, as_texts,
    compared_numbers, compared_texts, compared_times, checked_clock, kept_fraction, quotient,
    whole_quotient, _date_cast, text_as_boolean, boolean_text, cut_text, _boolean_cast,
    whole_cast, _median, _double_cast, _decimal_cast, rounded, cut,
    joined_texts, as_text, sized, truncated, dates, divided, remainder, exact,
    recursive_types, _array_length, joined_arrays,
)  # fmt: skip
