"""
Patterns of LIKE: what a backslash, a bracket and the case of letters mean in them.

A backslash makes the next letter a plain one in some dialects, and is a plain letter in others.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from queryexpr.build.builder import Builder, lacks
from queryexpr.build.patterns import like_as
from queryexpr.build.queries import QUERIES
from queryexpr.build.values import VALUES
from queryexpr.dialects.dialect import Dialect

_ESCAPE = "\\"
_WILD = {"%": "*", "_": "?"}  # LIKE's, and GLOB's
Piece = tuple[str, bool]  # a letter, and whether it means any


def same_like(node: exp.Expr, source: Dialect, target: Dialect) -> exp.Expr:
    """Keep what LIKE means where the dialects differ in case, `\\` or `[`. Raises Refused."""
    if isinstance(node, exp.Escape) and isinstance(node.this, exp.Like | exp.ILike):
        return _same(node.this, node.expression.name, source, target)
    if type(node) in (exp.Like, exp.ILike) and not isinstance(node.parent, exp.Escape):
        return _same(node, "", source, target)
    return node


def _same(like: exp.Expr, escape: str, source: Dialect, target: Dialect) -> exp.Expr:
    pattern = like.expression.unnest()
    if source.sets_in_patterns and not target.sets_in_patterns and "[" in pattern.name:
        raise lacks(target, "[ ] in the pattern of LIKE")
    minds_case = type(like) is exp.Like and source.like_minds_case
    if pattern.is_string:
        pieces = list(_pieces(pattern.name, escape or _ESCAPE * source.like_escapes))
        if minds_case and not target.like_minds_case and target.glob:
            return _negated(like, exp.Glob(this=like.this, expression=_glob(pieces)))
        pattern, escape = _written(pieces, target)
    else:
        pattern, escape = _computed(pattern, escape, source, target)
    return _like(like, pattern, escape, source, target)


def _like(
    like: exp.Expr, pattern: exp.Expr, escape: str, source: Dialect, target: Dialect
) -> exp.Expr:
    """Return LIKE with a pattern of the target, which minds case as it did."""
    if type(like) is exp.ILike:
        changed: exp.Expr = exp.ILike(this=like.this, expression=pattern)
    else:
        builder = Builder(target, None, VALUES, QUERIES)
        changed = like_as(builder, like.this, pattern, source.like_minds_case)
    if escape:
        changed = exp.Escape(this=changed, expression=exp.Literal.string(escape))
    return _negated(like, changed)


def _negated(like: exp.Expr, changed: exp.Expr) -> exp.Expr:
    return exp.Not(this=changed) if like.args.get("negate") else changed


def _pieces(text: str, escape: str) -> Iterator[Piece]:
    """Yield the letters of a pattern; what follows an escape is a plain one."""
    letters = iter(text)
    for letter in letters:
        if letter == escape:
            yield next(letters, letter), False
        else:
            yield letter, letter in _WILD


def _glob(pieces: list[Piece]) -> exp.Expr:
    """Return the pattern of GLOB, where brackets make a letter a plain one."""
    texts = (_WILD[c] if wild else f"[{c}]" if c in "*?[" else c for c, wild in pieces)
    return exp.Literal.string("".join(texts))


def _written(pieces: list[Piece], target: Dialect) -> tuple[exp.Expr, str]:
    """Return a pattern of the target, and the letter that ESCAPE has to name."""
    special = "%_" + "[" * target.sets_in_patterns + _ESCAPE * target.like_escapes
    escapes = any(c in special and not wild for c, wild in pieces)
    plain = special + _ESCAPE if escapes else ""
    text = "".join(_ESCAPE + c if c in plain and not wild else c for c, wild in pieces)
    named = escapes and not target.like_escapes
    return exp.Literal.string(text), _ESCAPE if named else ""


def _computed(
    pattern: exp.Expr, escape: str, source: Dialect, target: Dialect
) -> tuple[exp.Expr, str]:
    """Return a pattern that is not known: each letter of it that is special is escaped."""
    if escape and (not target.escape_clause or escape.isalpha()):
        raise lacks(target, "ESCAPE of a pattern that is computed")
    if target.sets_in_patterns and not source.sets_in_patterns:
        pattern = _replaced(pattern, "[", "[[]")
    if escape or source.like_escapes == target.like_escapes:
        return pattern, escape
    if source.like_escapes:
        return pattern, _ESCAPE
    return _replaced(pattern, _ESCAPE, _ESCAPE * 2), ""


def _replaced(value: exp.Expr, old: str, new: str) -> exp.Expr:
    """Return REPLACE of a text, unless it is made of texts that have no such letter."""
    known = not value.find(exp.Column, exp.Query)
    if known and all(old not in text.name for text in value.find_all(exp.Literal)):
        return value
    words = [exp.Literal.string(old), exp.Literal.string(new)]
    return exp.Anonymous(this="REPLACE", expressions=[value, *words])
