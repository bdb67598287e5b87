"""The text of a schema → tokens → statements, by one pattern, in linear time for any text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from queryexpr.dialects.dialect import Dialect


class Token(NamedTuple):
    """`kind` is the name of a group of the pattern; `start` an offset into the text."""

    kind: str
    raw: str
    start: int

    @property
    def end(self) -> int:
        return self.start + len(self.raw)

    @property
    def word(self) -> str:
        """The word or mark in capitals; empty for what is quoted."""
        return self.raw.upper() if self.kind in ("word", "mark") else ""

    @property
    def name(self) -> str:
        """What it names, or says, without its quotes."""
        if self.kind not in ("quoted", "string"):
            return self.raw
        quote = self.raw[-1]
        return self.raw[1:-1].replace(quote * 2, quote).replace(f"\\{quote}", quote)


# Each repetition is possessive or ends with the text too: no input makes the search start over.
TABLE = r"""CREATE\s++(?:(?:OR\s++REPLACE|GLOBAL|LOCAL|TEMP|TEMPORARY|UNLOGGED|TRANSIENT|EXTERNAL
    |FOREIGN|HYBRID)\s++){0,3}TABLE\b(?:\s++IF\s++NOT\s++EXISTS\b)?"""
_LINES = r"""(?P<line>^[ \t]*+(?=CREATE)TABLE_)|(?P<create>TABLE_)
    |(?P<other>^\\[^\n]*+|^COPY\b[^\n]*\bFROM[ \t]+STDIN\b[^\n]*+(?s:.*?)(?:^\\\.|\Z)
        |^DELIMITER[ \t]+(?!;)\S++(?s:.*?)(?:^DELIMITER[ \t]*;|\Z)ROUTINE_)""".replace(
    "TABLE_", TABLE
)
_ROUTINE = r"""|^[ \t]*+CREATE[ \t]++(?:OR[ \t]++ALTER[ \t]++)?(?:PROC|PROCEDURE|FUNCTION|TRIGGER)\b
    (?s:.*?)(?=^[ \t]*+GO[ \t]*+;?[ \t]*+$|\Z)"""
_GO = r"|(?P<go>^[ \t]*+GO[ \t]*+\d*+[ \t]*+;?[ \t]*+$)"
_BLANK = r"|(?P<blank>\n++|[^\S\n]++|--[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)|^```[^\n]*+HASH_)"
_DOLLAR = r"|(?P<dollar>\$(?P<tag>\w*+)\$(?s:.*?)(?:\$(?P=tag)\$|\Z))"
_REST = r"|(?P<open>['\"`](?s:.*))|(?P<word>[\w@$\#]++)|(?P<mark>.)"


@cache
def _tokens(dialect: Dialect) -> re.Pattern[str]:
    """Return the pattern of a token, by how the dialect quotes and comments."""
    lines = _LINES.replace("ROUTINE_", _ROUTINE if dialect.batches else "")
    blank = _BLANK.replace("HASH_", r"|\#[^\n]*+" if dialect.hash_comments else "")
    any_ = r"(?s:\\.)|" if dialect.backslash_escapes else ""
    not_ = r"\\" if any_ else ""
    string = rf"|(?P<string>'(?:[^'{not_}]++|{any_}'')*+')"
    quoted = rf'|(?P<quoted>"(?:[^"{not_}]++|{any_}"")*+"|`(?:[^`]++|``)*+`'
    quoted += r"|\[[^\[\]\n]*+(?:\]\][^\[\]\n]*+)*+\])" if dialect.brackets else ")"
    go, dollar = _GO if dialect.batches else "", _DOLLAR if dialect.dollar_quotes else ""
    parts = (lines, go, blank, dollar, string, quoted, _REST)
    return re.compile("".join(parts), re.IGNORECASE | re.MULTILINE | re.VERBOSE | re.DOTALL)


def statements_of(text: str, dialect: Dialect) -> Iterator[list[Token]]:
    """Cut at semicolons, and before CREATE TABLE at a line's start, where one may be missing."""
    statement: list[Token] = []
    for match in _tokens(dialect).finditer(text):
        token = Token(match.lastgroup or "", match.group(), match.start())
        if token.kind == "blank":
            continue
        ends = token.kind == "go" or token.raw == ";"
        if statement and (ends or token.kind in ("line", "other") or statement[-1].kind == "other"):
            yield statement
            statement = []
        if not ends:
            statement.append(token)
    if statement:
        yield statement
