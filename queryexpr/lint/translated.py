"""
Warnings about a query that was translated: what its rows depend on, and no query shows.

Whether texts are equal is the collation's matter. By default it ignores case in MySQL and SQL
Server only, where 'a' = 'A'.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from queryexpr.check.checker import Checked
from queryexpr.check.grouping import result_at
from queryexpr.check.kinds import kind
from queryexpr.check.parts import type_of
from queryexpr.check.scope import Scope
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.operators import COMPARISONS, QUANTIFIED
from queryexpr.expression import (
    Aggregate,
    Case,
    Cast,
    Column,
    Function,
    Native,
    Number,
    Op,
    Select,
    SetOperation,
    Sort,
    Window,
)
from queryexpr.issues import Issue
from queryexpr.lint.differences import differences, steps
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.walk import walk

_TESTS = COMPARISONS | QUANTIFIED | {"in", "not in", "between", "not between"}
_FRACTIONS = re.compile("dec|num|real|double|float|money")
_FUNCTIONS = {"nullif", "position", "replace"}
# Functions of the dialects that compare texts, and aggregates.
_CALLS = frozenset(
    "CHARINDEX CONTAINS DECODE ENDSWITH ENDS_WITH FIELD FIND_IN_SET GREATEST INSTR LEAST LOCATE MAX"
    " MIN PATINDEX POSITION PREFIX SPLIT_PART STARTSWITH STARTS_WITH STRCMP STRPOS SUBSTRING_INDEX"
    " SUFFIX".split()
)
_FINDERS = {"CHARINDEX", "INSTR", "LOCATE", "POSITION", "SPLIT_PART", "STRPOS", "SUBSTRING_INDEX"}
_EXTREMES = {"min", "max", "mode", "max_by", "min_by", "arg_max", "arg_min"}


def translated(
    checked: Checked, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> tuple[Issue, ...]:
    """Return warnings about a checked query of `source` that is written for `target`."""
    parts = [(node, scope) for block, scope, _ in checked.blocks for node, _ in walk(block)]
    found = []
    if source.equals_minds_case != target.equals_minds_case and _compares_texts(checked, parts):
        message = (
            f"Texts are compared: 'a' = 'A' {_case(source)} in {source.title}, and {_case(target)}"
            f" in {target.title}, unless a collation says otherwise."
        )
        found.append(Issue("collation", message, "warning"))
    if any(_is_fraction_as_text(node, catalogue) for node, _ in parts):
        message = f"A fraction as a text may have other digits in {target.title}: round it first."
        found.append(Issue("digits", message, "warning"))
    if source.cuts_medians and any(_is_median(node, scope) for node, scope in parts):
        message = f"A median has the places of its values in {source.title}, and more elsewhere."
        found.append(Issue("digits", message, "warning"))
    types = catalogue.types if catalogue else {}
    infinite = source.infinite_by_zero and not target.infinite_by_zero
    if infinite and any(_may_divide_by_zero(node, types) for node, _ in parts):
        message = (
            f"A division by zero is infinite in {source.title}, and "
            f"{'null' if target.null_by_zero else 'an error'} in {target.title}. "
            "Write NULLIF(…, 0) around the divisor, and it is null in both."
        )
        found.append(Issue("by_zero", message, "warning"))
    nodes = [node for node, _ in parts]
    found += steps(checked.expression.query, nodes, target)
    return (*found, *differences(parts, source, target))


def _may_divide_by_zero(node: Any, types: Mapping[str, str]) -> bool:
    """Is it a division of fractions, or what remains of one, whose divisor may be zero?"""
    if not isinstance(node, Op) or node.op not in ("/", "native /", "%"):
        return False
    if node.op == "%" and not any(_is_fraction(part, types) for part, _ in walk(node.args)):
        return False
    divisor = node.args[1]
    if isinstance(divisor, Function):
        return divisor.fn != "nullif"
    number = divisor.number if isinstance(divisor, Number) else divisor
    is_number = isinstance(number, int | float | str)
    return not (is_number and float(number))


def _case(dialect: Dialect) -> str:
    return "is false" if dialect.equals_minds_case else "is true"


def _compares_texts(checked: Checked, parts: list[tuple[Any, Scope]]) -> bool:
    if any(_is_comparison(node, scope) for node, scope in parts):
        return True
    nodes = walk(checked.expression.query, subqueries=True)
    sets = [node for node, _ in nodes if isinstance(node, SetOperation)]
    distinct = any(node.set != "union all" for node in sets)
    sorts = tuple(sort for node in sets for sort in node.order_by)
    return any(_orders(block, scope, sorts, distinct) for block, scope, _ in checked.blocks)


def _orders(block: Select, scope: Scope, sorts: tuple[Sort, ...], distinct: bool) -> bool:
    """Does the block group, order, or join by texts, or leave equal rows out?

    `sorts` order the rows of set operations, by results of the block.
    """
    named = (*block.group_by, *(sort.by for sort in (*block.order_by, *sorts)))
    values = [_result(value, block, scope) for value in named]
    values += (
        [item.expr for item in block.select]
        if distinct or block.distinct or block.distinct_on
        else []
    )
    shared = any(join.using or join.natural for join in block.joins)
    return shared or any(_is_text(value, scope) for value in values)


def _result(value: Any, block: Select, scope: Scope) -> Any:
    """Return the value of a result that GROUP BY or ORDER BY names, or has the number of."""
    value = result_at(value, block.select)
    if not isinstance(value, Column) or value.table or _is_text(value, scope):
        return value
    items = (i.expr for i in block.select if (i.alias or "").lower() == value.column.lower())
    return next(items, value)


def _is_comparison(node: Any, scope: Scope) -> bool:
    match node:
        case Op(op=op):
            return op in _TESTS and any(_is_text(arg, scope) for arg in node.args)
        case Window():
            values = [*node.partition_by, *(sort.by for sort in node.order_by)]
            return any(_is_text(value, scope) for value in values)
        case Aggregate():
            ordered = node.agg.lower() in _EXTREMES or node.distinct
            values = [*(node.args if ordered else ()), *(sort.by for sort in node.order_by)]
            return any(_is_text(value, scope) for value in values)
        case Native(native=name):
            finds = name.upper() in _CALLS and not (
                name.upper() in _FINDERS and _has_no_letters(node)
            )
            return finds and any(_is_text(arg, scope) for arg in node.args)
        case Function(fn="position") if _has_no_letters(node):
            return False
        case Function(fn=fn):
            return fn in _FUNCTIONS and any(_is_text(arg, scope) for arg in node.args)
        case Case():
            return node.of is not None and _is_text(node.of, scope)
    return False


def _has_no_letters(node: Function | Native) -> bool:
    """Is a text without letters looked for, whose case cannot differ?"""
    return any(isinstance(arg, str) and arg.lower() == arg.upper() for arg in node.args)


def _is_text(value: Any, scope: Scope) -> bool:
    return kind(value, scope) == "text"


def _is_median(node: Any, scope: Scope) -> bool:
    """Is it one of decimals, or of numbers whose type is not known?"""
    if not isinstance(node, Aggregate) or node.agg not in ("median", "percentile_cont"):
        return False
    values = [sort.by for sort in node.order_by] or [*node.args[:1]]
    types = [type_of(value, scope).lower() for value in values]
    return any(not word or word.startswith(("dec", "num")) for word in types)


def _is_fraction_as_text(node: Any, catalogue: Catalogue | None) -> bool:
    """Does a number with a fraction become a text? Whole numbers are the same everywhere."""
    types = catalogue.types if catalogue else {}
    if isinstance(node, Cast) and family(node.type) == "text":
        return any(_is_fraction(part, types) for part, _ in walk((node.cast,)))
    joins = getattr(node, "op", "") == "||" or getattr(node, "native", "").startswith("CONCAT")
    literals = (float, Number)
    return joins and any(isinstance(p, literals) or _is_fraction(p, types) for p in node.args)


def _is_fraction(node: Any, types: Mapping[str, str]) -> bool:
    match node:
        case Column():
            return bool(_FRACTIONS.search(types.get(node.column.lower(), "")))
        case Op():
            return "/" in node.op or any(isinstance(arg, float | Number) for arg in node.args)
        case Aggregate():
            return node.agg == "avg"
        case Cast():
            return bool(_FRACTIONS.search(node.type.lower()))
    return False
