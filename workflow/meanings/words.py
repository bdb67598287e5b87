"""Words of a question, and whether names of a business are among them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable

_WORD = re.compile(r"[^\W_]+")
MIN_STEM = 4  # letters: shorter words are compared whole
ENDINGS = ("ies", "es", "en", "e", "s", "n")  # of plurals and cases, roughly


def words_in(text: str) -> list[str]:
    """Return the words of a text, or the parts of a name, without their endings."""
    return [_stem(word) for word in _WORD.findall(text.casefold())]


def _stem(word: str) -> str:
    for ending in ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            return word.removesuffix(ending)
    return word


class Words:
    """The words of a question."""

    def __init__(self, question: str) -> None:
        self._words = words_in(question)
        self._joined = f" {' '.join(self._words)} "

    def has(self, phrase: str) -> bool:
        """Are the words of `phrase` in the question, one after the other?"""
        words = words_in(phrase)
        return bool(words) and f" {' '.join(words)} " in self._joined

    def has_any(self, phrases: Iterable[str]) -> bool:
        return any(map(self.has, phrases))

    def shared(self, phrases: Iterable[str]) -> int:
        """Return how many words of the question are in `phrases`."""
        known = {word for phrase in phrases for word in words_in(phrase) if len(word) >= MIN_STEM}
        return len(known.intersection(self._words))
