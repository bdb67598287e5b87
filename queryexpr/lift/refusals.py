"""What is said of SQL that a query expression cannot have: one sentence, with what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlglot import exp

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.grammar import plain_grammar

_VALUE = "A query has no variables and placeholders: write the value in place of {}."
_HINTS = "Hints for the database are not read: leave out {}."
_USER = "{} is not a function that may be called: a query does not depend on who asks."
_SENTENCES: dict[tuple[type[exp.Expr], str], str] = {
    (exp.Placeholder, ""): _VALUE, (exp.Parameter, ""): _VALUE, (exp.SessionParameter, ""): _VALUE,
    (exp.CurrentUser, ""): _USER, (exp.SessionUser, ""): _USER, (exp.CurrentRole, ""): _USER,
    (exp.CurrentSchema, ""): _USER, (exp.CurrentCatalog, ""): _USER,
    **dict.fromkeys(
        [(exp.Delete, ""), (exp.Insert, ""), (exp.Update, "")],
        "A query writes nothing: leave out {}.",
    ),
    (exp.Table, "hints"): _HINTS, (exp.Select, "hint"): _HINTS,
    (exp.Table, "sample"): "A sample of a table cannot be taken: leave out TABLESAMPLE.",
    (exp.Select, "locks"): "A query locks nothing: leave out FOR UPDATE, FOR SHARE and the like.",
    (exp.Select, "into"): "A query writes nothing: leave out INTO.",
    (exp.Select, "connect"): "CONNECT BY is not read: write WITH RECURSIVE.",
    (exp.LimitOptions, "with_ties"): "WITH TIES is not read: write ROWS ONLY, or a window.",
    (exp.Limit, "limit_options"): "PERCENT and WITH TIES are not read: write a number of rows.",
    (exp.IgnoreNulls, ""): "IGNORE NULLS is not read there: leave nulls out with a condition.",
}  # fmt: skip


def sentence(node: exp.Expr, part: str, excerpt: str) -> str:
    """Return what is said of `node`, or of a part of it; empty for one without a sentence."""
    inside = node.args.get(part) if part else None
    parts = inside if isinstance(inside, list) else [inside]
    written = " ".join(one.sql() for one in parts if isinstance(one, exp.Expr))
    return _SENTENCES.get((type(node), part), "").format(written or excerpt)


_MARK = re.compile(r"@@?\w+|:\w+|\$\w+|%\(\w+\)s|%s|\?")


def variable(node: exp.Expr, sql: str, dialect: Dialect) -> re.Match[str] | None:
    """Return where a placeholder or a variable is written in `sql`; None for other nodes."""
    if not isinstance(node, exp.Placeholder | exp.Parameter | exp.SessionParameter):
        return None
    name = node.name.strip("?").upper()
    marks = (_MARK.match(sql, start) for _, start in _words_of(sql, dialect))
    return next((mark for mark in marks if mark and name in mark[0].upper()), None)


def place_of_words(text: str, sql: str, dialect: Dialect) -> int | None:
    """Return the offset in `sql` of the first word that `text` has in capitals, or in quotes."""
    named = {word.upper() for word in _NAMED.findall(text)}
    return next((start for word, start in _words_of(sql, dialect) if word in named), None)


_NAMED = re.compile(r"\b[A-Z][A-Z_0-9]+\b|(?<=')\w+")


def _words_of(sql: str, dialect: Dialect) -> Iterator[tuple[str, int]]:
    """Yield each word of `sql` in capitals, with its offset."""
    for token in plain_grammar(dialect).tokenize(sql):
        yield str(token.text).upper(), token.start
