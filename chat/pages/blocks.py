"""
Splits Markdown into its top-level blocks while it arrives, in linear time. Pure.

A block is complete when no text that may follow changes it: when the next block has begun, or at
the blank line that ends it. The blocks of a text are the same, however it is cut into pieces.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

MAX_TEXT = 200_000  # characters; what is longer is not rendered from there on
MAX_BLOCK = 50_000  # of one block; nor is what follows it
MAX_BARS = 4_000  # of one block: cells of tables
MAX_CELLS = 10_000  # of all tables: a short row has as many as the longest
WORK = 6  # characters that may be parsed for each that arrives
FIRST_WORK = 4_096

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r(?!\Z)|\n)")
_MARK = re.compile(r" {0,3}(?:`{3,}|~{3,})[ \t]*$")
_AFTER_LIST = re.compile(r" ?(?!(?:[-+*]|\d{1,9}[.)])(?:\s|$))\S")
_AFTER_CODE = re.compile(r" {0,3}\S")
GOES_ON = {  # after a blank line, until it matches
    "bullet_list_open": _AFTER_LIST,
    "ordered_list_open": _AFTER_LIST,
    "code_block": _AFTER_CODE,
}


class Block(NamedTuple):
    """Blocks that were completed together. Without tokens they are not rendered."""

    source: str
    tokens: list[Token] | None


class Blocks:
    """Takes a text piece by piece. `references` are the links' that were defined so far."""

    def __init__(self, parser: MarkdownIt) -> None:
        self.references: dict[str, Any] = {}
        self._parser = parser
        self._rest = ""  # of a line that is not complete
        self._lines: list[str] = []  # of blocks that are not complete
        self._length = self._bars = 0  # of these lines
        self._total = self._cells = 0
        self._work = FIRST_WORK
        self._blank = True  # the last line
        self._next: re.Pattern[str] | None = None  # what the line looks like that ends the block
        self._plain = False

    def is_plain(self) -> bool:
        """Was a limit reached? What is left is not rendered then."""
        return self._plain

    def feed(self, text: str) -> list[Block]:
        """Return the blocks that `text` completes."""
        self._rest += text
        if self.is_plain() or ("\n" not in text and "\r" not in text):
            self._plain |= len(self._rest) > MAX_BLOCK  # a line that is too long
            return []
        end, blocks = 0, []
        for match in _LINE.finditer(self._rest):
            end = match.end()
            blocks += self._take(match[0])
            if self.is_plain():
                break
        self._rest = self._rest[end:]
        return blocks

    def close(self) -> list[Block]:
        """Return the rest: nothing follows."""
        blocks = [] if self._plain else self._close()
        source, self._lines, self._rest = "".join(self._lines) + self._rest, [], ""
        return blocks + ([Block(source, None)] if source else [])

    def _close(self) -> list[Block]:
        line, self._rest = self._rest, ""
        blocks = self._take(line) if line else []
        if not self._plain:
            tokens, references = self._parse()
            blocks.append(self._cut(len(self._lines), tokens, references))
        return blocks

    def _take(self, line: str) -> list[Block]:
        self._lines.append(line)
        self._length += len(line)
        self._total += len(line)
        self._bars += line.count("|")
        self._work += WORK * len(line)
        if self._is_too_much():
            self._plain = True
            return []
        before, self._blank = self._blank, not line.strip()
        if self._length > self._work or not self._may_end(line.rstrip("\r\n"), before):
            return []
        self._work -= self._length
        return list(self._complete())

    def _is_too_much(self) -> bool:
        block = self._length > MAX_BLOCK or self._bars > MAX_BARS
        return block or self._total > MAX_TEXT or self._cells > MAX_CELLS

    def _may_end(self, line: str, after_blank: bool) -> bool:
        """Is it worthwhile to parse now?"""
        if self._next is None:
            return self._blank or _MARK.match(line) is not None
        needs_blank = self._next in GOES_ON.values()
        return (after_blank or not needs_blank) and self._next.match(line) is not None

    def _complete(self) -> Iterator[Block]:
        tokens, references = self._parse()
        starts = [i for i, token in enumerate(tokens) if token.level == 0 and token.nesting >= 0]
        self._next = _next(tokens[starts[-1]]) if starts else None
        is_closed = bool(starts) and tokens[starts[-1]].type == "fence"
        if self._next is None and (self._blank or is_closed):
            yield self._cut(len(self._lines), tokens, references)
        elif len(starts) > 1:
            last = _lines_of(tokens[starts[-2]])[1]
            yield self._cut(last, tokens[: starts[-1]], references)

    def _parse(self) -> tuple[list[Token], dict[str, Any]]:
        env: dict[str, Any] = {}
        tokens: list[Token] = []
        source = "".join(self._lines).replace("\r\n", "\n").replace("\r", "\n")
        source = source.replace("\0", "\ufffd")
        self._parser.block.parse(source, self._parser, env, tokens)
        return tokens, env.get("references", {})

    def _cut(self, number: int, tokens: list[Token], references: dict[str, Any]) -> Block:
        """Take the first lines away, as blocks that are complete."""
        source = "".join(self._lines[:number])
        self._lines = self._lines[number:]
        self._length -= len(source)
        self._bars -= source.count("|")
        self._cells += sum(token.tag in ("td", "th") for token in tokens)
        for label, reference in references.items():
            if reference["map"][1] <= number:
                self.references.setdefault(label, reference)
        return Block(source, tokens)


def _lines_of(token: Token) -> tuple[int, int]:
    assert token.map is not None, token.type  # top-level blocks have one
    return token.map[0], token.map[1]


def _next(last: Token) -> re.Pattern[str] | None:
    """Return what the line looks like that ends this block. None: a blank line does."""
    if last.type == "fence":
        start, end = _lines_of(last)
        closed = last.content.count("\n") == end - start - 2
        mark = re.escape(last.markup[0])
        return None if closed else re.compile(rf" {{0,3}}{mark}{{{len(last.markup)},}}[ \t]*$")
    return GOES_ON.get(last.type)
