"""Templates of dialects, written in their own SQL → sqlglot's trees. See dialects.dialect."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from sqlglot import exp, parse_one

from queryexpr.build.copies import copied
from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar

_MARK = "p__"  # begins the names that are replaced by values
_FIELD = re.compile(r"\{(\w+)\}")


def fill(
    template: str, dialect: Dialect, *, unit: str = "", sign: str = "+", **values: exp.Expr | str
) -> exp.Expr:
    """Return the template's tree with `values` in it. `unit` and `sign` are words of ours.

    A value that is a text becomes a part of a text: it cannot end one.
    """
    filled: exp.Expr = _Filling(values).copied(_tree(template, dialect, unit, sign))
    return filled


@lru_cache(maxsize=1000)
def _tree(template: str, dialect: Dialect, unit: str, sign: str) -> exp.Expr:
    words = {"unit": unit, "UNIT": unit.upper(), "sign": sign}
    sql = _FIELD.sub(lambda field: words.get(field[1], f"{_MARK}{field[1]}"), template)
    return parse_one(sql, read=plain_grammar(dialect))


class _Filling:
    """Copies a template's tree, with values in it."""

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.used: set[str] = set()

    def copied(self, part: Any) -> Any:
        """Return a copy of a part of the tree, without needless parentheses and casts."""
        if isinstance(part, list):
            return [self.copied(each) for each in part]
        if not isinstance(part, exp.Expr):
            return part
        if isinstance(part, exp.Column) and part.name.startswith(_MARK):
            return self.value(part.name.removeprefix(_MARK))
        if isinstance(part, exp.Literal) and _MARK in part.this:
            return exp.Literal.string(part.this.replace(f"{_MARK}amount", self.values["amount"]))
        copy = type(part)(**{name: self.copied(arg) for name, arg in part.args.items()})
        return copy.this if _is_needless(copy) else copy

    def value(self, name: str) -> exp.Expr:
        """Return a value; a node has one parent, so a second place gets a copy."""
        value: exp.Expr = self.values[name]
        if name in self.used:
            return copied(value)
        self.used.add(name)
        return value


def _is_needless(around: exp.Expr) -> bool:
    if isinstance(around, exp.Paren):
        return not isinstance(around.this, exp.Binary)
    is_cast = isinstance(around, exp.Cast) and isinstance(around.this, exp.Cast)
    return is_cast and around.this.is_type(around.args["to"])
