"""
A large schema, cut down to what a question seems to be about.

It compares words of the question with names and comments, and keeps the tables that join those it
chose. No model and no data are asked: the same question gives the same tables.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import lru_cache

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.postgres import POSTGRES
from queryexpr.schema.catalogue import Catalogue, Column, Table
from queryexpr.schema.from_json import spelled
from queryexpr.schema.render import column_ddl, on_one_line, table_ddl

WIDE = 24  # columns; a table with more may lose some
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
TABLE, COLUMN, COMMENT, PART = 3.0, 1.5, 0.5, 0.4  # what a match is worth; PART of a word


def prune(
    catalogue: Catalogue, question: str, budget: int, dialect: Dialect = POSTGRES
) -> tuple[Catalogue, tuple[str, ...]]:
    """Return at most `budget` characters of DDL, comments included, and the names of the rest.

    The rest is `table` or `table.column`, in the schema's order. If all fits nothing is dropped.
    Tables come in the order: what matches best, with a table that joins it to those before; then
    neighbours of these; then others.
    """
    sizes = [_size(table, catalogue, dialect) for table in catalogue.tables]
    if sum(sizes) <= budget:
        return catalogue, ()
    choice = _Choice(catalogue, sizes, _Match(catalogue, question), dialect, budget)
    choice.run()
    return _pruned(catalogue, choice.kept)


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


def _size(table: Table, catalogue: Catalogue, dialect: Dialect) -> int:
    return len(table_ddl(table, catalogue, dialect, comments=True)) + 2  # a blank line follows


def _line(column: Column, dialect: Dialect) -> int:
    remark = len(on_one_line(column.comment)) + 4 if column.comment else 0
    return len(column_ddl(column, dialect)) + remark + 4  # indent, comma and line break


_Places = tuple[tuple[frozenset[str], float], ...]  # words, and what a match there is worth


class _Match:
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


@dataclass(slots=True)
class _Choice:
    """The tables that are kept so far: by number, with the names of their columns that are."""

    catalogue: Catalogue
    sizes: list[int]
    match: _Match
    dialect: Dialect
    left: int
    kept: dict[int, frozenset[str]] = field(default_factory=dict)
    costs: dict[int, int] = field(default_factory=dict)
    near: list[set[int]] = field(default_factory=list)

    def run(self) -> None:
        """Choose until no table fits."""
        self.near = _neighbours(self.catalogue)
        scores = self.match.tables()
        ranked = sorted((-score, at) for at, score in enumerate(scores) if score)
        for _, at in ranked:
            self._take_joined(at, scores)
        matched = list(self.kept)
        around = {neighbour for at in matched for neighbour in self.near[at]}
        for at in (*sorted(around), *range(len(self.sizes))):
            self._take(at)
        for at in matched:
            self._widen(at)

    def _take_joined(self, at: int, scores: list[float]) -> None:
        """Take a table, and one that joins it to those taken if none of these does."""
        lone = bool(self.kept) and at not in self.kept and self.near[at].isdisjoint(self.kept)
        if not self._take(at, narrow=True) or not lone:
            return
        bridges = (b for b in self.near[at] if not self.near[b].isdisjoint(self.kept.keys() - {at}))
        best = min(bridges, key=lambda b: (-scores[b], b), default=None)
        if best is not None:
            self._take(best, narrow=True)

    def _take(self, at: int, narrow: bool = False) -> bool:
        table = self.catalogue.tables[at]
        if at in self.kept:
            return True
        if self.sizes[at] <= self.left and not (narrow and self._is_large(at)):
            self._keep(at, frozenset(column.name for column in table.columns), self.sizes[at])
        elif narrow and (len(table.columns) > WIDE or not self.kept):
            columns, cost = self._narrowed(at, self.left // 2)
            self._keep(at, *((columns, cost) if columns else self._narrowed(at, self.left)))
        return at in self.kept

    def _is_large(self, at: int) -> bool:
        """Should the table lose columns so that others fit as well?"""
        wide = len(self.catalogue.tables[at].columns) > WIDE
        return wide and self.sizes[at] > self.left // 2

    def _keep(self, at: int, columns: frozenset[str], cost: int) -> None:
        if columns and cost <= self.left:
            self.kept[at], self.costs[at] = columns, cost
            self.left -= cost

    def _widen(self, at: int) -> None:
        """Give the rest of the budget to a table that lost columns."""
        if self.costs[at] < self.sizes[at]:
            self.left += self.costs[at]
            self._keep(at, *self._narrowed(at, self.left))

    def _narrowed(self, at: int, most: int) -> tuple[frozenset[str], int]:
        """Return the columns that fit, and the cost: keys, then matches, then others."""
        table = self.catalogue.tables[at]
        keys = _key_columns(self.catalogue, at, self.near)
        order = sorted(table.columns, key=lambda c: (c.name not in keys, -self.match.column(c)))
        cost = self.sizes[at] - sum(_line(column, self.dialect) for column in order)
        names: list[str] = []
        for column in order:
            line = _line(column, self.dialect)
            if cost + line <= most:
                names.append(column.name)
                cost += line
            elif column.name in keys:  # without its keys it cannot be joined
                return frozenset(), 0
        return frozenset(names), cost


def _neighbours(catalogue: Catalogue) -> list[set[int]]:
    """Return, for each table, the numbers of those that a foreign key joins it with."""
    numbers = {id(table): at for at, table in enumerate(catalogue.tables)}
    near: list[set[int]] = [set() for _ in numbers]
    for at, table in enumerate(catalogue.tables):
        targets = (catalogue.table(key.table) for key in table.foreign_keys)
        for other in (numbers[id(target)] for target in targets if target):
            near[at].add(other)
            near[other].add(at)
    return [others - {at} for at, others in enumerate(near)]


def _key_columns(catalogue: Catalogue, at: int, near: list[set[int]]) -> frozenset[str]:
    """Return the names of the columns that any key has."""
    table = catalogue.tables[at]
    own = (name for key in table.foreign_keys for name in key.columns)
    others = (key for other in {at, *near[at]} for key in catalogue.tables[other].foreign_keys)
    named = (
        name for key in others if catalogue.table(key.table) is table for name in key.references
    )
    return frozenset((*table.primary_key, *own, *named))


def _pruned(
    catalogue: Catalogue, kept: dict[int, frozenset[str]]
) -> tuple[Catalogue, tuple[str, ...]]:
    tables: dict[int, Table] = {}
    dropped: list[str] = []
    for at, table in enumerate(catalogue.tables):
        name = spelled(catalogue, table)
        if at not in kept:
            dropped.append(name)
            continue
        columns = tuple(column for column in table.columns if column.name in kept[at])
        tables[id(table)] = replace(table, columns=columns)
        dropped += [f"{name}.{c.name}" for c in table.columns if c.name not in kept[at]]
    return _linked(catalogue, tables), tuple(dropped)


def _linked(catalogue: Catalogue, tables: dict[int, Table]) -> Catalogue:
    """Leave out foreign keys of dropped tables, and update the names in the others."""
    rest = Catalogue(tuple(tables.values()))
    linked = []
    for table in rest.tables:
        targets = ((key, catalogue.table(key.table)) for key in table.foreign_keys)
        stay = ((key, tables.get(id(target))) for key, target in targets)
        keys = tuple(replace(key, table=spelled(rest, target)) for key, target in stay if target)
        linked.append(replace(table, foreign_keys=keys))
    return Catalogue(tuple(linked))
