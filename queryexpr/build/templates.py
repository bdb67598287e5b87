"""Templates of dialects, written in their own SQL → sqlglot's trees. See dialects.dialect."""

from __future__ import annotations

import re
from functools import lru_cache

from sqlglot import exp, parse_one

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar

_MARK = "p__"  # begins the names that are replaced by values
_FIELD = re.compile(r"\{(\w+)\}")


def fill(
    template: str, dialect: Dialect, *, unit: str = "", sign: str = "+", amount: str = "",
    **values: exp.Expr,
) -> exp.Expr:  # fmt: skip
    """Return the template's tree with `values` in it. `unit` and `sign` are words of ours.

    `amount` is put into texts only, as a part of them: it cannot end one.
    """
    tree = _tree(template, dialect, unit, sign).copy()
    for text in tree.find_all(exp.Literal) if amount else ():
        text.set("this", text.this.replace(f"{_MARK}amount", amount))
    unused = dict(values)
    for column in list(tree.find_all(exp.Column)):
        name = column.name.removeprefix(_MARK)
        if column.name != name:
            value = unused.pop(name, None)
            tree = _replace(tree, column, values[name].copy() if value is None else value)
    return tree


@lru_cache(maxsize=1000)
def _tree(template: str, dialect: Dialect, unit: str, sign: str) -> exp.Expr:
    words = {"unit": unit, "UNIT": unit.upper(), "sign": sign}
    sql = _FIELD.sub(lambda field: words.get(field[1], f"{_MARK}{field[1]}"), template)
    return parse_one(sql, read=plain_grammar(dialect))


def _replace(tree: exp.Expr, column: exp.Expr, value: exp.Expr) -> exp.Expr:
    """Put `value` in the place of `column`, without parentheses or a cast that it does not need."""
    around = column.parent
    is_bare = isinstance(around, exp.Paren) and not isinstance(value, exp.Binary)
    is_cast = (
        isinstance(value, exp.Cast) and isinstance(around, exp.Cast) and value.is_type(around.to)
    )
    place = around if around is not None and (is_bare or is_cast) else column
    if place is tree:
        return value
    place.replace(value)
    return tree
