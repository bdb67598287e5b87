"""Warnings about a query that was translated: what depends on its rows, clock or letters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from queryexpr.check.kinds import kind
from queryexpr.check.parts import type_of
from queryexpr.check.scope import Scope
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.operators import ARITHMETIC, COMPARISONS
from queryexpr.expression import Case, Cast, Column, Function, Native, Node, Number, Op
from queryexpr.issues import Issue
from queryexpr.schema.catalogue import family
from queryexpr.walk import walk

_NOW = {"current_date", "current_timestamp"}
_READ_NOW = {"DATE", "DATETIME", "TIME", "STRFTIME", "JULIANDAY", "UNIXEPOCH"}
_DIGITS = {"STRFTIME", "DATE_FORMAT", "TO_CHAR"}
_TESTS = COMPARISONS | {"in", "not in", "like", "not like", "ilike", "not ilike"}


def differences(
    parts: list[tuple[Any, Scope]], source: Dialect, target: Dialect
) -> Iterator[Issue]:
    """Yield warnings about the parts of a query of `source` that is written for `target`."""
    yield from _of_texts(parts, source, target)
    yield from _of_numbers(parts, source, target)


def _of_texts(parts: list[tuple[Any, Scope]], source: Dialect, target: Dialect) -> Iterator[Issue]:
    """Yield warnings about texts, and about the clock."""
    nodes = [node for node, _ in parts]
    if source.now_is_utc != target.now_is_utc and any(map(_is_now, nodes)):
        message = f"{_clock(source)}, and {_clock(target)}: today may be another day."
        yield Issue("clock", message, "warning")
    if source.cases_ascii != target.cases_ascii and _changes_case(nodes):
        ascii_only = (source if source.cases_ascii else target).title
        message = f"{ascii_only} changes the case of the letters A to Z only: 'é' stays as it is."
        yield Issue("letters", message, "warning")
    if source.empty_is_null != target.empty_is_null and any(_may_be_empty(*part) for part in parts):
        empty = (source if source.empty_is_null else target).title
        message = (
            f"{empty} takes '' for null: no value equals it, and || joins null as an empty text."
        )
        yield Issue("empty_texts", message, "warning")
    if source.length_leaves_spaces != target.length_leaves_spaces and any(map(_is_length, nodes)):
        short = (source if source.length_leaves_spaces else target).title
        message = f"The length of a text in {short} leaves out the spaces at its end."
        yield Issue("spaces", message, "warning")
    if source.mixed_choices == "either" and any(_mixes(n, scope) for n, scope in parts):
        message = f"A value may be a number or a text: in {target.title} it is a text."
        yield Issue("mixed", message, "warning")


def _of_numbers(
    parts: list[tuple[Any, Scope]], source: Dialect, target: Dialect
) -> Iterator[Issue]:
    """Yield warnings about numbers, and texts that are read as such."""
    nodes = [node for node, _ in parts]
    ours, theirs = source.text_numbers, target.text_numbers
    first = ours == "prefix" and target.may_call("REGEXP_REPLACE")
    read = (node for node, scope in parts if _reads_number(node, scope))
    if ours not in ("error", theirs) and not all(first and _is_of_row(n.cast) for n in read):
        message = (
            f"Texts are read as numbers: one that is no whole number is {_read_as(source)} in"
            f" {source.title}, and {_read_as(target)} in {target.title}."
        )
        yield Issue("text_numbers", message, "warning")
    if any(_compares_single(n, scope, source) for n, scope in parts):
        message = (
            f"A number of 4 bytes is compared, as with 0.1: {target.title} may take"
            " another one for equal. Write a range, or CAST it to DECIMAL."
        )
        yield Issue("single", message, "warning")
    if not source.bits_are_signed and any(map(_is_unsigned, nodes)):
        message = f"A cast to UNSIGNED keeps the sign of numbers below 0 in {target.title}."
        yield Issue("unsigned", message, "warning")
    if target.affinities and source.exact_numbers and any(map(_compares_sums, nodes)):
        message = f"{target.title} computes with doubles: 0.1 + 0.2 is not 0.3 there. Round both."
        yield Issue("digits", message, "warning")


def steps(query: Any, nodes: list[Any], target: Dialect) -> Iterator[Issue]:
    """Yield a warning about a recursion that the target may end too early."""
    most = target.recursion_steps
    if most and query.recursive and any(_is_above(node, most) for node in nodes):
        message = f"{target.title} ends a recursion after {most:,} steps, unless it is set to more."
        yield Issue("recursion", message, "warning")


def _is_above(node: Any, most: int) -> bool:
    is_test = isinstance(node, Op) and node.op in COMPARISONS
    return is_test and any(type(value) is int and value > most for value in node.args)


def _compares_sums(node: Any) -> bool:
    """Does it compare a value with what is computed of fractions?"""
    if not isinstance(node, Op) or node.op not in COMPARISONS:
        return False
    sums = [v for v in node.args if isinstance(v, Op) and v.op in ARITHMETIC]
    inner = [part for value in sums for part, _ in walk(value) if isinstance(part, Op)]
    return any(isinstance(value, float | Number) for op in (*sums, *inner) for value in op.args)


def _clock(dialect: Dialect) -> str:
    return f"{dialect.title}'s clock has {'UTC' if dialect.now_is_utc else 'a local time'}"


def _is_now(node: Any) -> bool:
    if isinstance(node, Native) and node.native.upper() in _READ_NOW:
        return not node.args or "now" in node.args
    return isinstance(node, Function) and node.fn in _NOW


def _may_be_empty(node: Any, scope: Scope) -> bool:
    """Is it about '', or does it join a value that may be null?"""
    args = getattr(node, "args", ())
    joins = isinstance(node, Op) and node.op == "||"
    return "" in args or (joins and any(_may_be_null(arg, scope) for arg in args))


def _may_be_null(value: Any, scope: Scope) -> bool:
    if not isinstance(value, Column):
        return isinstance(value, Node)
    found = scope.find(value.column, value.table)
    return any(output.nullable for _, output in found)


def _is_length(node: Any) -> bool:
    return isinstance(node, Function) and node.fn == "length"


def _changes_case(nodes: list[Any]) -> bool:
    """Is the case of letters changed, but for a comparison with a text of plain letters?"""
    calls = {id(n) for n in nodes if isinstance(n, Function) and n.fn in ("upper", "lower")}
    for node in nodes:
        if not isinstance(node, Op) or node.op not in _TESTS:
            continue
        texts = [arg for arg in node.args[1:] if isinstance(arg, str)]
        plain = len(texts) == len(node.args) - 1 and all(map(str.isascii, texts))
        if plain:
            calls -= {*map(id, node.args)}
        elif node.op.endswith("ilike"):
            return True
    return bool(calls)


_PARTS = {"substring", "left", "right", "trim", "lower", "upper"}
_READ = {"prefix": "its first digits, or 0,", "rounded": "rounded, or an error,"}


def _read_as(dialect: Dialect) -> str:
    return _READ.get(dialect.text_numbers, "an error")


def _reads_number(node: Any, scope: Scope) -> bool:
    if not isinstance(node, Cast) or family(node.type) != "number" or isinstance(node.cast, str):
        return False
    if isinstance(node.cast, Native) and node.cast.native.upper() in _DIGITS:
        return False
    return kind(node.cast, scope) == "text"


def _is_of_row(value: Any) -> bool:
    """Is it the text of a column, or a part of it? Its first digits are read everywhere."""
    if isinstance(value, Function) and value.fn in _PARTS:
        return _is_of_row(value.args[0])
    return isinstance(value, Column)


def _is_unsigned(node: Any) -> bool:
    return isinstance(node, Cast) and "unsigned" in node.type


def _mixes(node: Any, scope: Scope) -> bool:
    if isinstance(node, Function) and node.fn == "coalesce":
        values = [*node.args]
    elif isinstance(node, Case):
        values = [*(branch.then for branch in node.case), node.otherwise]
    elif isinstance(node, Native) and node.native.upper() in ("IIF", "IF"):
        values = [*node.args[1:]]
    else:
        return False
    return {"number", "text"} <= {kind(value, scope) for value in values}


def _compares_single(node: Any, scope: Scope, source: Dialect) -> bool:
    """Is a number of 4 bytes compared with a literal fraction, or cast to 4 bytes?"""
    if not source.single or getattr(node, "op", "") not in (*COMPARISONS, "in", "not in"):
        return False
    values = [part for arg in node.args for part in (getattr(arg, "values", None) or (arg,))]
    types = [v.type if isinstance(v, Cast) else type_of(v, scope) for v in values]
    single = [v for v, word in zip(values, types, strict=True) if word.lower() in source.single]
    is_cast = any(isinstance(value, Cast) for value in single)
    return is_cast or (bool(single) and any(map(_is_fraction, values)))


def _is_fraction(value: Any) -> bool:
    number = float(value.number) if isinstance(value, Number) else value
    return isinstance(number, float) and number * 2**20 % 1 != 0  # 0.5 is the same in both
