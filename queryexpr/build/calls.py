"""Our functions, aggregates and windows → sqlglot's."""

from __future__ import annotations

import re

from sqlglot import exp

from queryexpr.build.builder import Builder, Writing
from queryexpr.build.dates import DATES
from queryexpr.build.templates import fill
from queryexpr.build.windows import WINDOWS
from queryexpr.dialects.grammar import grammar
from queryexpr.dialects.operators import RANKINGS
from queryexpr.expression import Function, Native

# Function → sqlglot's class and the names of its operands.
_FUNCTIONS: dict[str, tuple[type[exp.Expr], tuple[str, ...]]] = {
    "lower": (exp.Lower, ("this",)), "upper": (exp.Upper, ("this",)),
    "length": (exp.Length, ("this",)), "abs": (exp.Abs, ("this",)),
    "round": (exp.Round, ("this", "decimals")), "ceil": (exp.Ceil, ("this",)),
    "floor": (exp.Floor, ("this",)), "sqrt": (exp.Sqrt, ("this",)), "ln": (exp.Ln, ("this",)),
    "power": (exp.Pow, ("this", "expression")), "exp": (exp.Exp, ("this",)),
    "sign": (exp.Sign, ("this",)), "nullif": (exp.Nullif, ("this", "expression")),
    "substring": (exp.Substring, ("this", "start", "length")),
    "position": (exp.StrPosition, ("substr", "this")),
    "trim": (exp.Trim, ("this", "expression")),
    "left": (exp.Left, ("this", "expression")), "right": (exp.Right, ("this", "expression")),
}  # fmt: skip


def write_function(builder: Builder, node: Function) -> exp.Expr:
    if node.fn in DATES:
        return DATES[node.fn](builder, node)
    if node.fn in _SPECIAL:
        return _SPECIAL[node.fn](builder, node)
    kind, names = _FUNCTIONS[node.fn]
    return kind(**dict(zip(names, builder.values(node.args), strict=False)))


def _coalesce(builder: Builder, node: Function) -> exp.Expr:
    first, *rest = builder.values(node.args)
    return exp.Coalesce(this=first, expressions=rest)


def _plain(builder: Builder, node: Function) -> exp.Expr:
    return exp.Anonymous(this=node.fn.upper(), expressions=builder.values(node.args))


def _trim_side(builder: Builder, node: Function) -> exp.Expr:
    this, *rest = builder.values(node.args)
    side = "LEADING" if node.fn == "ltrim" else "TRAILING"
    return exp.Trim(this=this, position=side, expression=rest[0] if rest else None)


def _end(builder: Builder, node: Function) -> exp.Expr:
    """Return the beginning or the end of a text."""
    dialect = builder.dialect
    template = dialect.left if node.fn == "left" else dialect.right
    text, size = builder.values(node.args)
    if template:
        return fill(template, dialect, text=text, size=size)
    return _FUNCTIONS[node.fn][0](this=text, expression=size)


def _substring(builder: Builder, node: Function) -> exp.Expr:
    text, start, *length = builder.values(node.args)
    if not length and builder.dialect.rest:
        return fill(builder.dialect.rest, builder.dialect, text=text, start=start)
    return exp.Substring(this=text, start=start, length=length[0] if length else None)


_SPECIAL: dict[str, Writing] = {
    "coalesce": _coalesce, "replace": _plain, "ltrim": _trim_side, "rtrim": _trim_side,
    "left": _end, "right": _end, "substring": _substring, **dict.fromkeys(RANKINGS, _plain),
}  # fmt: skip


def write_native(builder: Builder, node: Native) -> exp.Expr:
    """Write a native function as it was; `unit` returns to its place."""
    name, operands = node.native.upper(), builder.values(node.args)
    if name in builder.dialect.bare:
        return exp.var(name)
    if name == "EXTRACT":
        return exp.Extract(this=exp.var(node.unit or ""), expression=operands[0])
    if node.unit:
        operands.insert(builder.dialect.unit_at[name], exp.var(node.unit))
    return exp.Anonymous(this=name, expressions=operands)


# ── Types ───────────────────────────────────────────────────────────────────────────────────

_WIDE = {"float": "double", "real": "double"}  # a model's FLOAT means full precision


def typed(builder: Builder, name: str) -> exp.DataType:
    """Return a type. With affinities `numeric` is kept, which sqlglot would write as REAL."""
    word = name.lower().strip()
    is_meant = builder.native and word in builder.dialect.single
    if builder.dialect.affinities and re.match(r"numeric|decimal|number", word):
        return exp.DataType(this=exp.DType.USERDEFINED, kind="NUMERIC")
    if builder.dialect.wide_text and word == "text":
        word = builder.dialect.wide_text
        return exp.DataType.build(word, dialect=grammar(builder.dialect))
    grammar_of_dialect = grammar(builder.dialect)
    try:
        return exp.DataType.build(word if is_meant else _WIDE.get(word, word), dialect=None)
    except Exception:  # the dialect's own word
        return exp.DataType.build(word, dialect=grammar_of_dialect, udt=True)


CALLS: dict[type, Writing] = {
    Function: write_function, Native: write_native, **WINDOWS,
}  # fmt: skip
