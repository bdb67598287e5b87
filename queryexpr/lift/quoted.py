"""Names in quotes, whose letters' case is their own where databases fold the others."""

from __future__ import annotations

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect

_MARKS = frozenset("\"'`[")


def read_quoted(tree: exp.Expr, sql: str, dialect: Dialect) -> tuple[str, ...]:
    """Return the names that would be others without their quotes.

    Plain names of the same letters are spelled as the dialect folds them: `Id` beside `"Id"` is
    `ID` in Snowflake. The two may be different names.
    """
    if _MARKS.isdisjoint(sql):
        return ()
    names = list(tree.find_all(exp.Identifier))
    quoted = {n.name for n in names if n.quoted and dialect.folded(n.name) != n.name}
    letters = {name.lower() for name in quoted} if dialect.folds else set()
    for name in names:
        if not name.quoted and name.name.lower() in letters:
            name.set("this", dialect.folded(name.name))
    return tuple(sorted(quoted))
