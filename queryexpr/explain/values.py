"""Values and operators in plain English: one function for each class, in VALUES."""

from __future__ import annotations

import re
from typing import Any

from queryexpr.dialects.grammar import cuts_fractions
from queryexpr.dialects.operators import ARITHMETIC, OPERATORS, QUANTIFIED
from queryexpr.explain.calls import CALLS
from queryexpr.explain.columns import COLUMNS, row, rows
from queryexpr.explain.words import (
    ATOM,
    CHAIN,
    EARLIER,
    IS_LIKE,
    NOT_LIKE,
    OPS,
    PHRASE,
    SUM,
    TEST,
    Words,
    as_call,
    escaped,
    listed,
)
from queryexpr.explain.writer import Writer
from queryexpr.expression import Cast, Null, Number, Op, Star, Subquery, Values


def _text(writer: Writer, node: str) -> Words:
    return "'" + escaped(node).replace("'", "''") + "'", ATOM


def _star(writer: Writer, node: Star) -> Words:
    source = writer.scope.source(node.table) if writer.scope and node.table else None
    return (f"all columns of {writer.label(source)}" if source else "all columns"), PHRASE


# ── Operators ───────────────────────────────────────────────────────────────────────────────


def _op(writer: Writer, node: Op) -> Words:
    minimum, maximum = OPERATORS[node.op]
    if not minimum <= len(node.args) <= maximum:  # invalid, but readable
        return as_call(node.op, writer.texts(node.args))
    words: Words = _SPECIAL_OPS.get(node.op, _plain_op)(writer, node)
    return words


def _plain_op(writer: Writer, node: Op) -> Words:
    return writer.worded(OPS[node.op], node.args)


def _ordered(writer: Writer, node: Op) -> Words:
    """Return the words for a comparison by size; a day is before or after another."""
    words = EARLIER if any(_is_day(arg) for arg in node.args) else OPS
    return writer.worded(words[node.op], node.args)


def _is_day(node: Any) -> bool:
    text = node.cast if isinstance(node, Cast) else node
    return isinstance(text, str) and re.match(r"\d{4}-\d\d-\d\d", text) is not None


def _chain(writer: Writer, node: Op) -> Words:
    return f" {node.op} ".join(writer.texts(node.args, TEST)), CHAIN


def _followed(writer: Writer, node: Op) -> Words:
    return " followed by ".join(writer.texts(node.args, ATOM)), SUM


def _row(writer: Writer, node: Op) -> Words:
    return f"rows of {', '.join(writer.texts(node.args, ATOM))}", SUM


def _repeated(writer: Writer, node: Op) -> Words:
    """Return the words for + or *, without parentheses around the same on the left."""
    left, right = node.args
    same = isinstance(left, Op) and left.op == node.op and len(left.args) == 2
    first = writer.text(left, SUM if same else ATOM)
    return f"{first} {_REPEATED[node.op]} {writer.text(right, ATOM)}", SUM


def _native_division(writer: Writer, node: Op) -> Words:
    text, level = writer.worded(OPS["/"], node.args)
    dialect = writer.dialect
    cuts = dialect and cuts_fractions(dialect)
    if not dialect or not cuts or any(_has_fraction(arg) for arg in node.args):
        return text, level
    return f"{text} (as {dialect.title} divides: whole numbers lose the fraction)", level


def _has_fraction(node: Any) -> bool:
    if isinstance(node, Op):
        return node.op in ARITHMETIC and any(_has_fraction(arg) for arg in node.args)
    kind = node.type if isinstance(node, Cast) else ""
    return isinstance(node, float | Number) or kind.startswith(_FRACTIONS)


# ── Patterns and sets ───────────────────────────────────────────────────────────────────────


def _like(writer: Writer, node: Op) -> Words:
    value, pattern, *escape = node.args
    form, templates = _form(pattern, bool(escape)), NOT_LIKE if "not" in node.op else IS_LIKE
    text = pattern.strip("%") if form and isinstance(pattern, str) else pattern
    verb = templates[form].format(writer.text(text, SUM))
    escaped = f", where {writer.text(escape[0])} takes their meaning away" if escape else ""
    means = "" if form else f" (% is any text, _ is any one character{escaped})"
    return f"{writer.text(value, SUM)} {verb}{means}{_case_of(writer, node.op, text)}", TEST


def _form(pattern: Any, has_escape: bool) -> str:
    """Return the form of a pattern, such as `%a`; empty if no words describe it."""
    if not isinstance(pattern, str) or has_escape or re.search(r"[_\\\[]", pattern):
        return ""
    body, ends = pattern.strip("%"), (pattern.startswith("%"), pattern.endswith("%"))
    return "" if not body or "%" in body else "%" * ends[0] + "a" + "%" * ends[1]


def _case_of(writer: Writer, op: str, pattern: Any) -> str:
    if isinstance(pattern, str) and pattern.lower() == pattern.upper():
        return ""
    native = writer.dialect is not None and writer.dialect.like_minds_case
    minds = native if "native" in op else "ilike" not in op
    return " (capitals matter)" if minds else " (in letters of either case)"


def _in(writer: Writer, node: Op) -> Words:
    *left, right = node.args
    among = f"among {rows(writer, right)}" if isinstance(right, Subquery) else writer.text(right)
    negated = "not " if node.op == "not in" else ""
    if left[1:]:
        pair = f"the row of {listed(writer.texts(tuple(left), ATOM))}"
        return f"{pair} is {negated}{among}", TEST
    return f"{writer.text(left[0], SUM)} is {negated}{among}", TEST


def _quantified(writer: Writer, node: Op) -> Words:
    compared, word = node.op.split()
    verb = OPS[compared].template.removeprefix("{0} ").removesuffix(" {1}")
    value, query = node.args
    each = rows(writer, query) if isinstance(query, Subquery) else writer.text(query, ATOM)
    of = "each of" if word == "all" else "at least one of"
    return f"{writer.text(value, SUM)} {verb} {of} {each}", TEST


def _exists(writer: Writer, node: Op) -> Words:
    (query,) = node.args
    some = "no" if node.op == "not exists" else "a"
    rest = row(writer, query) if isinstance(query, Subquery) else writer.text(query, ATOM)
    return f"there is {some} row {rest}", TEST


def _values(writer: Writer, node: Values) -> Words:
    return f"one of ({', '.join(writer.texts(node.values))})", ATOM


# ── Dispatch ────────────────────────────────────────────────────────────────────────────────

_FRACTIONS = ("dec", "num", "float", "real", "double")
_REPEATED = {"+": "plus", "*": "times"}
_SPECIAL_OPS: dict[str, Any] = {
    **dict.fromkeys(EARLIER, _ordered), "and": _chain, "or": _chain, "||": _followed, "row": _row,
    **dict.fromkeys(_REPEATED, _repeated), "native /": _native_division,
    **dict.fromkeys((op for op in OPERATORS if op.endswith("like")), _like),
    **dict.fromkeys(QUANTIFIED, _quantified),
    "in": _in, "not in": _in, "exists": _exists, "not exists": _exists,
}  # fmt: skip
VALUES: dict[type, Any] = {
    str: _text, int: lambda w, n: (str(n), ATOM), float: lambda w, n: (repr(n), ATOM),
    bool: lambda w, n: (str(n).lower(), ATOM), Number: lambda w, n: (n.number, ATOM),
    **dict.fromkeys((Null, type(None)), lambda w, n: ("no value", ATOM)),
    Op: _op, Values: _values, Star: _star, **CALLS, **COLUMNS,
}  # fmt: skip
