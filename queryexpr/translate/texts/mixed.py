"""COALESCE, CASE and IF of numbers and texts, whose value is a text in most dialects."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.arithmetic.quotients import choices

MIXED = (exp.Coalesce, exp.Case, exp.If)


def mixes(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """May the query choose between numbers and texts, in a dialect that allows that?"""
    types = catalogue.types if catalogue else {}

    def is_text(value: exp.Expr) -> bool:
        is_column = isinstance(value, exp.Column)
        return value.is_string or (
            is_column and family(types.get(value.name.lower(), "")) == "text"
        )

    found = tree.find_all(*MIXED) if source.mixed_choices != "error" else ()
    return any({*map(is_text, choices(node))} == {True, False} for node in found)


def as_texts(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a choice of numbers and texts as one of texts."""
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
