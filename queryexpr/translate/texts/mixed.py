"""COALESCE, CASE and IF of numbers and texts, whose value is a text in most dialects."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.arithmetic.quotients import choices

_NUMBER = re.compile(r"\s*\d+(\.\d+)?\s*")
MIXED = (exp.Coalesce, exp.Case, exp.If)


def mixes(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """May the query choose between numbers and texts, in a dialect that allows that?"""
    types = catalogue.types if catalogue else {}

    def is_text(value: exp.Expr) -> bool:
        is_column = isinstance(value, exp.Column)
        return value.is_string or (
            is_column and family(types.get(value.name.lower(), "")) == "text"
        )

    reads = source.mixed_choices != "error" or source.whole_texts_only
    found = tree.find_all(*MIXED) if reads else ()
    return any({*map(is_text, choices(node))} == {True, False} for node in found)


def as_texts(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a choice of numbers and texts as one of texts, or of what numbers the texts are."""
    if isinstance(node, MIXED) and source.whole_texts_only and not target.whole_texts_only:
        _as_numbers(choices(node))
        return node
    known = source.mixed_choices != "error" and source.mixed_choices != target.mixed_choices
    if not known or not isinstance(node, MIXED) or isinstance(node.parent, exp.Case):
        return node
    values = choices(node)
    if not any(value.is_type(*exp.DataType.TEXT_TYPES) for value in values):
        return node
    for value in values:
        if value.is_type(*exp.DataType.NUMERIC_TYPES):
            value.replace(exp.cast(value.copy(), "text"))
    return node


def _as_numbers(values: list[exp.Expr]) -> None:
    """Write texts beside numbers as the numbers that they are read as."""
    others = [value for value in values if not value.is_string and not isinstance(value, exp.Null)]
    if not others or not all(value.is_type(*exp.DataType.NUMERIC_TYPES) for value in others):
        return
    for value in values:
        if value.is_string and _NUMBER.fullmatch(value.name):
            value.replace(exp.Literal.number(value.name.strip()))
