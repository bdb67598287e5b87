"""The title of a conversation: the first good line of its first question. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LENGTH = 60
FENCE = re.compile(r"\s*(```|~~~)")
# What Markdown writes before a line: headings, quotes, items of lists.
BEFORE = re.compile(r"^(?:\s*(?:#{1,6}\s|>|[-*+]\s|\d{1,3}[.)]\s))+")
# Controls, marks of direction, and halves of characters.
UNPLAIN = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
PAIRS = re.compile(r"(\*\*|__|`)(?=\S)(.+?)(?<=\S)\1")


def title_of(content: str) -> str:
    """Return the first line of words outside of code, without Markdown's marks, shortened.

    If there is none, the first line.
    """
    lines = [(line, code) for line, code in _lines(content) if line]
    good = (line for line, code in lines if not code and re.search(r"\w", line))
    line = plain_line(next(good, lines[0][0] if lines else ""))
    return line if len(line) <= LENGTH else line[: LENGTH - 1].rstrip() + "…"


def plain_line(text: str) -> str:
    """Return text without characters that control, turn or break lines."""
    return " ".join(UNPLAIN.sub("", text).split())


def _lines(content: str) -> Iterator[tuple[str, bool]]:
    """Yield each line but fences, without marks, and whether it is code."""
    fence = ""
    for line in content.splitlines():
        match = FENCE.match(line)
        if match and fence in ("", match[1]):
            fence = "" if fence else match[1]
        else:
            yield " ".join(line.split() if fence else _plain(line).split()), bool(fence)


def _plain(line: str) -> str:
    return PAIRS.sub(r"\2", BEFORE.sub("", line, count=1))
