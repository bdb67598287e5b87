"""
A large schema, cut down to what a question seems to be about.

It compares words of the question with names and comments, and keeps the tables that join those it
chose. No model and no data are asked: the same question gives the same tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from queryexpr.dialects.dialect import Dialect
from queryexpr.dialects.postgres import POSTGRES
from queryexpr.schema.catalogue import Catalogue, Column, Table
from queryexpr.schema.checks import spelled
from queryexpr.schema.match import Match
from queryexpr.schema.render import column_ddl, on_one_line, remark_of, table_ddl

WIDE = 24  # columns; a table with more may lose some


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
    choice = _Choice(catalogue, sizes, Match(catalogue, question), dialect, budget)
    choice.run()
    return _pruned(catalogue, choice.kept)


def _size(table: Table, catalogue: Catalogue, dialect: Dialect) -> int:
    return len(table_ddl(table, catalogue, dialect, comments=True)) + 2  # a blank line follows


def _line(column: Column, dialect: Dialect) -> int:
    text = on_one_line(remark_of(column))
    remark = len(text) + 4 if text else 0
    return len(column_ddl(column, dialect)) + remark + 4  # indent, comma and line break


@dataclass(slots=True)
class _Choice:
    """The tables that are kept so far: by number, with the names of their columns that are."""

    catalogue: Catalogue
    sizes: list[int]
    match: Match
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
