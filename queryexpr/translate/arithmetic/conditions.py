"""Conditions that are counted as 1 and 0, where booleans are numbers and are not elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.changes import bare

_COUNTS = (exp.Sum, exp.Avg, exp.Min, exp.Max)
_COMPARED = (exp.EQ, exp.NEQ, exp.In)
_CONDITIONS = (exp.Predicate, exp.Connector, exp.Not, exp.Boolean)
_BOOLEANS = (exp.DType.BOOLEAN, exp.DType.BIT)
_NUMBERS = {"0": False, "1": True}


def counts_conditions(
    tree: exp.Expr, source: Dialect, target: Dialect, catalogue: Catalogue | None
) -> bool:
    """May the query add conditions up, or compare a boolean with a number?"""
    if source.booleans_are_words or not target.booleans_are_words:
        return False
    types = catalogue.types if catalogue else {}
    return any(
        _is_condition(bare(part), types)
        for node in tree.find_all(*_COUNTS, *_COMPARED)
        for part in node.iter_expressions()
    )


def _is_condition(value: exp.Expr, types: Mapping[str, str]) -> bool:
    is_column = isinstance(value, exp.Column)
    is_boolean = is_column and family(types.get(value.name.lower(), "")) == "boolean"
    return is_boolean or isinstance(value, _CONDITIONS)


def counted(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return SUM(a > b) as one of numbers, and `ok = 1` as `ok = TRUE`."""
    if source.booleans_are_words or not target.booleans_are_words:
        return node
    if isinstance(node, _COUNTS) and bare(node.this).is_type(*_BOOLEANS):
        node.set("this", exp.cast(bare(node.this), "int"))
        node.type = exp.DataType.build("double" if isinstance(node, exp.Avg) else "bigint")
    elif isinstance(node, _COMPARED):
        _compare(node)
    return node


def _compare(node: exp.Expr) -> None:
    sides = [bare(side) for side in node.iter_expressions()]
    numbers = [side for side in sides if side.is_number]
    others = [side for side in sides if not side.is_number]
    are_booleans = bool(others) and all(side.is_type(*_BOOLEANS) for side in others)
    if are_booleans and all(number.name in _NUMBERS for number in numbers):
        for number in numbers:
            number.replace(exp.convert(_NUMBERS[number.name]))
