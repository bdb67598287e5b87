"""Tokens of a statement → names, words and marks, each with the brackets that follow it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from queryexpr.issues import Issue, Refused
from queryexpr.schema.checks import fault
from queryexpr.schema.ddl.tokens import Token


@dataclass(slots=True)
class Word:
    """A name, word or mark, with all tokens of the brackets that follow it."""

    tokens: list[Token]

    @property
    def first(self) -> Token:
        return self.tokens[0]

    @property
    def inside(self) -> list[Token]:
        """What its parentheses hold."""
        return self.tokens[2:-1] if len(self.tokens) > 2 and self.tokens[1].raw == "(" else []

    @property
    def listed(self) -> list[str]:
        """The names that its parentheses list."""
        return [item[0].name for item in items_of(self.inside)]


_CLOSERS = {"(": ")", "[": "]", "{": "}"}
_HOLDERS = ("ARRAY", "STRUCT", "MAP", "RANGE")  # of types, in <>


def wrong(message: str, token: Token) -> Refused:
    """Return the error at a token; `line` is an offset until the whole text is read."""
    return Refused(Issue("ddl_syntax", message, line=token.start))


def _depths(tokens: list[Token]) -> Iterator[tuple[Token, int]]:
    """Yield each token, and in how many brackets it is; brackets are in themselves."""
    opened: list[tuple[str, Token]] = []
    before = ""
    for token in tokens:
        closer = _CLOSERS.get(token.raw, ">" if token.raw == "<" and before in _HOLDERS else "")
        if closer:
            opened.append((closer, token))
        yield token, len(opened)
        if opened and token.raw == opened[-1][0]:
            opened.pop()
        before = token.word
    if opened:
        raise wrong(f"This '{opened[0][1].raw}' is not closed.", opened[0][1])


def words_of(tokens: list[Token]) -> list[Word]:
    """Return the words. Raises Refused where a quote or a bracket is not closed."""
    words: list[Word] = []
    for token, depth in _depths(tokens):
        if token.kind == "open":
            raise wrong(f"This {token.raw[0]} is not closed.", token)
        if depth and words:
            words[-1].tokens.append(token)
        else:
            words.append(Word([token]))
    return words


def items_of(tokens: list[Token]) -> list[list[Token]]:
    """Return what is between commas, but for commas in brackets."""
    items: list[list[Token]] = [[]]
    for token, depth in _depths(tokens):
        if token.raw == "," and not depth:
            items.append([])
        else:
            items[-1].append(token)
    return [item for item in items if item]


def dotted(words: list[Word]) -> list[Word]:
    """Return the parts of the qualified name that the words begin with."""
    end = 1
    while end < len(words) and "." in (words[end].first.raw, words[end - 1].first.raw):
        end += 1
    return [word for word in words[:end] if word.first.raw != "."]


def check_name(name: str, token: Token) -> None:
    """Raise Refused if `name` cannot be a name."""
    if message := fault(name):
        raise wrong(message, token)
