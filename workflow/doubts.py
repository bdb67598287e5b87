"""
Reasons to doubt that a valid query answers its question: what the question names, and the query
does not. Pure, and rather silent than wrong: it looks for long numbers and names of tables only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

MIN_DIGITS = 3  # shorter numbers are often reckoned with: "the last 12 months"
_NUMBER = re.compile(rf"(?<![\w.,])\d{{{MIN_DIGITS},}}(?![\w.,]?\w|%)")
_WORD = re.compile(r"[^\W\d_]\w+")


def doubts(question: str, sql: str, tables: Iterable[str]) -> tuple[str, ...]:
    """Return a sentence for each number and table of `question` that is nowhere in `sql`."""
    missing = (*_numbers(question, sql), *_tables(question, sql, tables))
    return tuple(f"Your question has {name}. The query does not." for name in missing)


def _numbers(question: str, sql: str) -> Iterator[str]:
    for number in dict.fromkeys(_NUMBER.findall(question)):
        if number not in sql:
            yield f"the number {number}"


def _tables(question: str, sql: str, tables: Iterable[str]) -> Iterator[str]:
    words = {_stem(word) for word in _WORD.findall(question)}
    written = sql.lower()
    for table in tables:
        stem = _stem(table)
        if stem in words and stem not in written:
            yield f"“{table}”, which is a table"


def _stem(word: str) -> str:
    """Return a word without what makes it a plural, roughly."""
    return word.lower().removesuffix("s")
