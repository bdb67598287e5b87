"""LIKE and its relatives → sqlglot's, as the dialect minds case."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.operands import operand
from queryexpr.build.templates import fill
from queryexpr.expression import Op


def write_like(minds_case: bool) -> Writing:
    def write(builder: Builder, node: Op) -> exp.Expr:
        parts = [operand(builder, node, place) for place in range(len(node.args))]
        if parts[2:] and not builder.dialect.escape_clause:
            raise builder.lacks("ESCAPE")
        like = like_as(builder, parts[0], parts[1], minds_case)
        return exp.Escape(this=like, expression=parts[2]) if parts[2:] else like

    return write


def like_as(builder: Builder, left: exp.Expr, pattern: exp.Expr, minds_case: bool) -> exp.Expr:
    """Return LIKE as it must be written for the dialect to mind case, or not to."""
    if minds_case == builder.dialect.like_minds_case:
        return exp.Like(this=left, expression=pattern)
    dialect = builder.dialect
    if template := dialect.exact_like if minds_case else dialect.loose_like:
        return fill(template, dialect, value=left, pattern=pattern)
    if not minds_case:
        return exp.ILike(this=left, expression=pattern)
    if not dialect.glob:
        raise builder.lacks("LIKE that minds case")
    return _glob(builder, left, pattern)


_GLOB = str.maketrans({"%": "*", "_": "?", "*": "[*]", "?": "[?]", "[": "[[]"})


def _glob(builder: Builder, left: exp.Expr, pattern: exp.Expr) -> exp.Expr:
    """Return GLOB, which minds case where LIKE never does."""
    if not isinstance(pattern, exp.Literal) or not pattern.is_string:
        raise builder.lacks("LIKE that minds case and takes its pattern from a column")
    if "\\" in pattern.this:
        raise builder.lacks("LIKE that minds case and has an escape in its pattern")
    return exp.Glob(this=left, expression=exp.Literal.string(str(pattern.this).translate(_GLOB)))


def write_native_like(builder: Builder, node: Op) -> exp.Expr:
    return write_like(builder.dialect.like_minds_case)(builder, node)
