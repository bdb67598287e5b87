"""
Reasons to doubt that a valid query answers its question: what the question names, and the query
does not. Pure, and rather silent than wrong: it looks for long numbers, names of tables and
measures only.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy

from workflow.meanings.words import Words

if TYPE_CHECKING:
    from workflow.meanings.meanings import SourceMeanings

MIN_DIGITS = 3  # shorter numbers are often reckoned with: "the last 12 months"
_NUMBER = re.compile(rf"(?<![\w.,])\d{{{MIN_DIGITS},}}(?![\w.,]?\w|%)")
_WORD = re.compile(r"[^\W\d_]\w+")
SENTENCES = {
    "number": gettext_lazy("Your question has the number {name}. The query does not."),
    "table": gettext_lazy("Your question has “{name}”, which is a table. The query does not."),
    "measure": gettext_lazy(
        "Your question has “{name}”, which {place} defines. The query has another calculation."
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """A number, a table or a measure of the question that the query does not have.

    `place` is where a measure is defined.
    """

    kind: Literal["number", "table", "measure"]
    name: str
    place: str = ""

    def __str__(self) -> str:
        return str(SENTENCES[self.kind]).format(name=self.name, place=self.place)


def doubts(question: str, sql: str, tables: Iterable[str]) -> tuple[Doubt, ...]:
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
            yield Doubt("measure", label, meanings.place("measures", name))


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
