"""The values that a schema itself lists for a column: in a CHECK, or in an ENUM."""

from __future__ import annotations

from collections.abc import Sequence

from queryexpr.schema.ddl.tokens import Token
from queryexpr.schema.ddl.words import Word

# What a CHECK may hold beside one name and texts: kind IN ('a', 'b'), and how Postgres dumps it:
# ((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))
_MARKS = frozenset("()[],:=")
_WORDS = frozenset("IN ANY ARRAY TEXT CHARACTER VARYING VARCHAR BPCHAR N".split())


def checked_values(facts: Sequence[Word], name: str) -> tuple[str, ...]:
    """Return the values that a CHECK among `facts` allows for the column `name`."""
    for fact in facts:
        if fact.first.word == "CHECK":
            column, values = read_check(fact.inside)
            if column == name.lower():
                return values
    return ()


def read_check(tokens: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    """Return a column in small letters, and the only values it may have; ("", ()) for others."""
    names: set[str] = set()
    values: list[str] = []
    for token in tokens:
        if token.kind == "string":
            values.append(token.name)
        elif token.raw in _MARKS or token.word in _WORDS:
            continue
        else:
            names.add(token.name.lower())
    lists = any(token.word in ("IN", "ANY") for token in tokens)
    return (names.pop(), tuple(values)) if len(names) == 1 and values and lists else ("", ())


def enum_values(words: Sequence[Word]) -> tuple[str, ...]:
    """Return the values of ENUM('a', 'b') among the words of a type."""
    for word in words:
        if word.first.word == "ENUM":
            return tuple(token.name for token in word.inside if token.kind == "string")
    return ()


def named_enum(statement: Sequence[Token]) -> tuple[str, tuple[str, ...]]:
    """Return the name and the values of a CREATE TYPE … AS ENUM; ("", ()) for others."""
    words = [token.word for token in statement]
    if words[:2] != ["CREATE", "TYPE"] or words[-1:] != [")"] or "ENUM" not in words:
        return "", ()
    at = words.index("ENUM")
    if at < 4 or words[at - 1] != "AS":
        return "", ()
    values = tuple(token.name for token in statement[at:] if token.kind == "string")
    return statement[at - 2].name.upper(), values
