"""A reason to doubt that a valid query answers its question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from django.utils.translation import gettext, gettext_noop

Kind = Literal["number", "table", "measure", "word", "join", "empty", "unchanged", "demo"]
SENTENCES: dict[Kind, str] = {
    "number": gettext_noop("Your question has the number {name}. The query does not."),
    "table": gettext_noop("Your question has “{name}”, which is a table. The query does not."),
    "measure": gettext_noop(
        "Your question has “{name}”, which {place} defines. The query has another calculation."
    ),
    "word": gettext_noop("Nothing in the query stands for “{name}” in your question."),
    "join": gettext_noop("A join repeats rows, so values may be counted or added several times."),
    "empty": gettext_noop("No row matches: does the data spell the values as the query does?"),
    "unchanged": gettext_noop("That changes nothing: say it in other words."),
    "demo": gettext_noop(
        "{title} is a demonstration model: it rarely gets queries right. Do not rely on this one."
    ),
}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One reason. `words` are those of the question that the query lacks, or a model's title.

    `sentence` is for people, in English; `str` is in the reader's language. `place` is where a
    measure is defined, or where in the query a join is.
    """

    kind: Kind
    words: str = ""
    sentence: str = ""
    place: str = ""

    def __str__(self) -> str:
        return _filled(gettext(SENTENCES[self.kind]), self.words, self.place)


def doubt(kind: Kind, words: str = "", place: str = "") -> Doubt:
    """Return a doubt with its sentence."""
    return Doubt(kind, words, _filled(SENTENCES[kind], words, place), place)


def _filled(sentence: str, words: str, place: str) -> str:
    return sentence.format(name=words, title=words, place=place)
