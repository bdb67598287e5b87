"""How well the names and comments of a schema match the words of a question."""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import lru_cache

from queryexpr.schema.catalogue import Catalogue, Column, Table

TABLE, COLUMN, COMMENT, PART = 3.0, 1.5, 0.5, 0.4  # what a match is worth; PART of a word
_WORD = re.compile(r"[^\W\d_]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_ENDINGS = (
    ("ies", "y"),
    ("sses", "ss"),
    ("xes", "x"),
    ("ches", "ch"),
    ("shes", "sh"),
    ("ss", "ss"),
)
_SUFFIXES = ("s", "ing", "ed", "er", "e")
_COMMON = frozenset(
    "a an all and any are as at be been both but by can did do does each every find for from get"
    " give had has have how i id if in is it its list many me more most much no not number of on or"
    " our show tell than that the their them there these they this to us was we were what when"
    " where which who whose why will with you your".split()
)


def words_of(text: str) -> list[str]:
    """Return the text's words, or a name's parts, in a form that plurals share."""
    apart = text if text.islower() else _HUMP.sub(" ", text).lower()
    return [_stem(word) for word in _WORD.findall(apart)]


@lru_cache(4096)
def _stem(word: str) -> str:
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + instead
    for suffix in _SUFFIXES:
        if word.endswith(suffix) and len(word) > len(suffix) + 2:
            word = word.removesuffix(suffix)
    return word


_Places = tuple[tuple[frozenset[str], float], ...]  # words, and what a match there is worth


class Match:
    """How well names match a question. A word that many tables have counts little."""

    def __init__(self, catalogue: Catalogue, question: str) -> None:
        self._parts: dict[str, frozenset[str]] = {"": frozenset()}
        self.asked = dict.fromkeys(w for w in words_of(question) if w not in _STOPS)
        self._places = [self._of(table) for table in catalogue.tables]
        held = Counter(word for places in self._places for word in _all(places))
        self.rarity = {word: 1 + math.log(len(self._places) / n) for word, n in held.items()}
        self.matches = {word: self._alike(word) for word in self.asked}

    def tables(self) -> list[float]:
        """Return each table's score: the sum of the best match of each word of the question."""
        return [self._score(places) for places in self._places]

    def column(self, column: Column) -> float:
        """Return the score of a column."""
        return self._score(
            ((self._words(column.name), COLUMN), (self._words(column.comment), COMMENT))
        )

    def _score(self, places: _Places) -> float:
        return sum(self._best(alike, places) for alike in self.matches.values())

    def _best(self, alike: dict[str, float], places: _Places) -> float:
        scores = (
            worth * share * self.rarity[word]
            for words, worth in places
            for word, share in alike.items()
            if word in words
        )
        return max(scores, default=0.0)

    def _of(self, table: Table) -> _Places:
        columns = frozenset().union(*(self._words(column.name) for column in table.columns))
        texts = [table.comment, *(column.comment for column in table.columns if column.comment)]
        remarks = frozenset().union(*(self._words(text) for text in texts))
        return (self._words(table.name), TABLE), (columns, COLUMN), (remarks, COMMENT)

    def _words(self, text: str) -> frozenset[str]:
        if text not in self._parts:
            self._parts[text] = frozenset(words_of(text))
        return self._parts[text]

    def _alike(self, asked: str) -> dict[str, float]:
        """Return the schema's words that are the asked one, or begin like it: cust, customer."""
        return {
            word: 1.0 if word == asked else PART
            for word in self.rarity
            if word == asked or _begins(word, asked) or _begins(asked, word)
        }


def _all(places: _Places) -> frozenset[str]:
    return frozenset().union(*(words for words, _ in places))


def _begins(short: str, long: str) -> bool:
    return len(short) >= 4 and long.startswith(short)


_STOPS = frozenset(_stem(word) for word in _COMMON)
