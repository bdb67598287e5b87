"""
Reasons to doubt that a valid query answers its question: what the question names, and the query
does not. Pure, and rather silent than wrong: it looks for long numbers and names of tables only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext_lazy

MIN_DIGITS = 3  # shorter numbers are often reckoned with: "the last 12 months"
_NUMBER = re.compile(rf"(?<![\w.,])\d{{{MIN_DIGITS},}}(?![\w.,]?\w|%)")
_WORD = re.compile(r"[^\W\d_]\w+")
SENTENCES = {
    "number": gettext_lazy("Your question has the number {name}. The query does not."),
    "table": gettext_lazy("Your question has “{name}”, which is a table. The query does not."),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A number or a table of the question that the query does not have."""

    kind: Literal["number", "table"]
    name: str

    def __str__(self) -> str:
        return str(SENTENCES[self.kind]).format(name=self.name)


def doubts(question: str, sql: str, tables: Iterable[str]) -> tuple[Doubt, ...]:
    """Return a doubt for each number and table of `question` that is nowhere in `sql`."""
    return (*_numbers(question, sql), *_tables(question, sql, tables))


def _numbers(question: str, sql: str) -> Iterator[Doubt]:
    for number in dict.fromkeys(_NUMBER.findall(question)):
        if number not in sql:
            yield Doubt("number", number)


def _tables(question: str, sql: str, tables: Iterable[str]) -> Iterator[Doubt]:
    words = {_stem(word) for word in _WORD.findall(question)}
    written = sql.lower()
    for table in tables:
        stem = _stem(table)
        if stem in words and stem not in written:
            yield Doubt("table", table)


def _stem(word: str) -> str:
    """Return a word without what makes it a plural, roughly."""
    return word.lower().removesuffix("s")
