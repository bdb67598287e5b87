"""Texts of columns that are numbers: `s = 0` and `CAST(s AS INTEGER)`, whatever the texts are."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.copies import copied
from queryexpr.build.templates import fill
from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue, family
from queryexpr.translate.dates.numbers import COMPARED

_TEXTS = (*exp.DataType.TEXT_TYPES,)
_NUMBERS = (*exp.DataType.NUMERIC_TYPES,)
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*")
_CHOOSING = (exp.Nullif, exp.Greatest, exp.Least)
_PARTS = (exp.Substring, exp.Left, exp.Right, exp.Trim, exp.Lower, exp.Upper)
_WHOLE = r"^\s*([+-]?[0-9]+)?(.|\n)*$"
_ANY = r"^\s*([+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?)?(.|\n)*$"
# Of a text the number that it begins with, or 0.
_FIRST = (
    "CASE WHEN {value} IS NOT NULL THEN"
    r" COALESCE(NULLIF(REGEXP_REPLACE({value}, {form}, '\1'), ''), '0') END"
)


def reads_texts(tree: exp.Expr, source: Dialect, catalogue: Catalogue | None) -> bool:
    """May the query compare texts of rows with numbers? Without a schema that is not known."""
    if catalogue is None:
        return False
    types = catalogue.types

    def is_text(side: exp.Expr) -> bool:
        columns = side.find_all(exp.Column)
        return any(family(types.get(c.name.lower(), "")) in ("text", "") for c in columns)

    def is_only_text(side: exp.Expr) -> bool:
        return isinstance(side, exp.Column) and family(types.get(side.name.lower(), "")) == "text"

    loose = () if source.strict_types else (*COMPARED, exp.Case)
    tests = tree.find_all(*loose, *_CHOOSING)
    sides = [compared_sides(test) for test in tests]
    if any(side.is_string for both in sides for side in both):
        columns = (side for both in sides for side in both if isinstance(side, exp.Column))
        if any(family(types.get(column.name.lower(), "")) == "number" for column in columns):
            return True
    others = ([side for side in both if not side.is_string] for both in sides)
    return any(
        len(both) > 1 and any(map(is_text, both)) and not all(map(is_only_text, both))
        for both in others
    )


def text_beside_number(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a comparison of texts with numbers that finds the same rows. Raises Refused."""
    sides = compared_sides(node)
    chooses = isinstance(node, _CHOOSING)
    if not sides or source is target or (source.strict_types and not chooses):
        return node
    odd = [s for s in sides if s.is_string and (chooses or not _NUMBER.fullmatch(s.name))]
    others = [side for side in sides if not side.is_string]
    if odd and others and all(side.is_type(*_NUMBERS) for side in others):
        _read(odd, source, target, chooses=chooses)
    texts = [side for side in sides if side.is_type(*_TEXTS) and not side.is_string]
    numbers = [side for side in sides if side.is_type(*_NUMBERS)]
    if not texts or not numbers or (target.strict_types and source.text_numbers != "prefix"):
        return node  # it is an error there
    if chooses:
        raise _differs(target)  # which of both is the result
    if source.affinities:
        _as_texts(node, texts, numbers, target)
    else:
        for text in texts:
            text.replace(_number(text, "double", source, target))
    return node


def compared_sides(node: exp.Expr) -> list[exp.Expr]:
    """Return the values that a comparison, or CASE x WHEN y, compares."""
    if isinstance(node, COMPARED):
        return [side.unnest() for side in node.iter_expressions()]
    if isinstance(node, _CHOOSING):
        return [side.unnest() for side in node.iter_expressions()]
    of = node.this if isinstance(node, exp.Case) else None
    return [of.unnest(), *(branch.this.unnest() for branch in node.args["ifs"])] if of else []


def _read(texts: list[exp.Expr], source: Dialect, target: Dialect, *, chooses: bool) -> None:
    """Write the numbers that texts beside numbers begin with, or refuse SQLite's order of both.

    Where one of them is chosen, SQLite takes none for a number.
    """
    if source.affinities and (chooses or target.text_numbers == "prefix"):
        raise _differs(target)
    reads = source.text_numbers == "prefix" or (chooses and target.affinities)
    for text in texts if reads and not source.affinities else ():
        first = re.match(_ANY, text.name)
        text.replace(exp.Literal.number((first[1] if first else "") or "0"))


def _as_texts(
    node: exp.Expr, texts: list[exp.Expr], numbers: list[exp.Expr], target: Dialect
) -> None:
    """Write whole numbers as texts, as which a column of texts is compared in SQLite."""
    plain = all(number.is_int for number in numbers)
    if not plain or not all(map(_is_stored, texts)):
        raise _differs(target)
    for number in numbers:
        number.replace(exp.Literal.string(number.sql()))


def _is_stored(text: exp.Expr) -> bool:
    """Is it a column of a table? Texts that are computed are never compared with numbers."""
    root = text.root()
    queries = {query.alias for query in root.find_all(exp.CTE)}
    tables = {t.alias_or_name for t in root.find_all(exp.Table) if t.name not in queries}
    return isinstance(text, exp.Column) and text.table in tables


def first_number(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Return the cast of a text of a row as the number that it begins with, or 0."""
    reads = source.text_numbers == "prefix" != target.text_numbers
    if type(node) is not exp.Cast or not reads or not _is_of_row(node.this):
        return node
    if not node.to.is_type(*_NUMBERS) or not target.may_call("REGEXP_REPLACE"):
        return node
    return _first(node.this, node.to, target)


def _number(text: exp.Expr, kind: str, source: Dialect, target: Dialect) -> exp.Expr:
    """Return a text as the number that `source` takes it for. Raises Refused."""
    if source.text_numbers != "prefix" or target.text_numbers == "prefix":
        return exp.cast(copied(text), kind)
    if not target.may_call("REGEXP_REPLACE"):
        raise _differs(target)
    return _first(text, exp.DataType.build(kind), target)


def _first(text: exp.Expr, kind: exp.DataType, target: Dialect) -> exp.Expr:
    whole = kind.is_type(*exp.DataType.INTEGER_TYPES)
    form = exp.Literal.string(_WHOLE if whole else _ANY)
    return exp.cast(fill(_FIRST, target, value=copied(text), form=form), kind.copy())


def _is_of_row(value: exp.Expr) -> bool:
    """Is it the text of a column, or a part of it?"""
    value = value.unnest()
    if isinstance(value, _PARTS):
        return _is_of_row(value.this)
    return isinstance(value, exp.Column) and value.is_type(*_TEXTS)


def _differs(target: Dialect) -> Refused:
    message = (
        f"A text is compared with a number, which {target.title} does otherwise:"
        " write the number as a text, such as '0', or cast the text."
    )
    return Refused(Issue("type_mismatch", message))
