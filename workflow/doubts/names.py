"""
Long numbers, names of tables and measures that a question has, and its query does not. Pure, and
rather silent than wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from workflow.doubts.doubt import Doubt, doubt
from workflow.meanings.words import Words

if TYPE_CHECKING:
    from workflow.meanings.meanings import SourceMeanings

MIN_DIGITS = 3  # shorter numbers are often reckoned with: "the last 12 months"
_NUMBER = re.compile(rf"(?<![\w.,])\d{{{MIN_DIGITS},}}(?![\w.,]?\w|%)")
_WORD = re.compile(r"[^\W\d_]\w+")


def missing_names(question: str, sql: str, tables: Iterable[str]) -> tuple[Doubt, ...]:
    """Return a doubt for each number and table of `question` that is nowhere in `sql`."""
    return (*_numbers(question, sql), *_tables(question, sql, tables))


def unused_measures(
    question: str, meanings: SourceMeanings | None, used: Iterable[str]
) -> Iterator[Doubt]:
    """Yield a doubt for each measure that `question` names and is not among those `used`."""
    words, known = Words(question), {*used}
    for name, measure in meanings.config.measures.items() if meanings else ():
        named = [one for one in (name, *measure.synonyms) if words.has(one)]
        if meanings and named and name not in known:
            label = named[0].replace("_", " ")
            yield doubt("measure", label, meanings.place("measures", name))


def _numbers(question: str, sql: str) -> Iterator[Doubt]:
    for number in dict.fromkeys(_NUMBER.findall(question)):
        if number not in sql:
            yield doubt("number", number)


def _tables(question: str, sql: str, tables: Iterable[str]) -> Iterator[Doubt]:
    words = {_stem(word) for word in _WORD.findall(question)}
    written = sql.lower()
    for table in tables:
        stem = _stem(table)
        if stem in words and stem not in written:
            yield doubt("table", table)


def _stem(word: str) -> str:
    """Return a word without what makes it a plural, roughly."""
    return word.lower().removesuffix("s")
