"""The keys that a schema declares, and the sources that have one row because of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from queryexpr.expression import Column, Op, Subquery
from queryexpr.lint.block import STRICT, Block, Condition, Link, Name
from queryexpr.schema.catalogue import Catalogue, Table

Key = tuple[tuple[str, ...], Table, tuple[str, ...]]  # columns that refer to columns of a table
Origin = tuple[str, str, str]  # schema, table and column, in small letters


class Schema:
    """The foreign keys of a catalogue; none without one. Columns are in small letters."""

    def __init__(self, catalogue: Catalogue | None) -> None:
        self._catalogue = catalogue
        self._foreign_keys: dict[int, tuple[Key, ...]] = {}

    def foreign_keys(self, table: Table) -> tuple[Key, ...]:
        """Return the foreign keys of a table that refer to tables of the schema."""
        known = self._foreign_keys.get(id(table))
        if known is None:
            known = self._foreign_keys[id(table)] = tuple(self._read(table))
        return known

    def _read(self, table: Table) -> Iterator[Key]:
        for key in table.foreign_keys:
            target = self._catalogue.table(key.table) if self._catalogue else None
            if target is not None:
                theirs = key.references or target.primary_key
                yield lowered(key.columns), target, lowered(theirs)

    def refers(self, table: Table, column: str, target: Table, other: str) -> bool:
        """Has `column` a foreign key to the column `other` of `target`?"""
        return origin(target, other) in {origin(t, name) for t, name in self._up(table, column)}

    def origins(self, table: Table, column: str) -> set[Origin]:
        """Return the column and those that it refers to, directly or not."""
        origins: set[Origin] = set()
        waiting = [(table, column)]
        while waiting:
            table, column = waiting.pop()
            if (here := origin(table, column)) not in origins:
                origins.add(here)
                waiting += self._up(table, column)
        return origins

    def _up(self, table: Table, column: str) -> list[tuple[Table, str]]:
        return [
            (target, other)
            for mine, target, theirs in self.foreign_keys(table)
            for name, other in zip(mine, theirs, strict=False)
            if name == column
        ]


def lowered(names: Iterable[str]) -> tuple[str, ...]:
    """Return names in small letters."""
    return tuple(name.lower() for name in names)


def origin(table: Table, column: str = "") -> Origin:
    """Return what identifies a column, or a table."""
    return table.schema.lower(), table.name.lower(), column


class Rows:
    """The sources of a block that have one row for each combination of rows of others.

    `single` are sources that have one row in any case, such as a query with LIMIT 1. `alone` are
    these, and those that conditions of the block limit to one row.
    """

    def __init__(self, block: Block, schema: Schema, single: Iterable[str]) -> None:
        self.block = block
        self.pairs: dict[tuple[str, str], list[Link]] = defaultdict(list)
        self.partners: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self._equals: dict[Name, list[Name]] = defaultdict(list)
        self._loosely: dict[Name, list[Name]] = defaultdict(list)  # also against an outer join
        for link in block.links:
            self._add(link)
        self.keys = {alias: self._keys(alias, schema) for alias in block.members}
        self._refer(schema)
        self.fixed = [name for c in block.conditions if (name := self._fixed(c))]
        self._single = tuple(single)
        self.alone = self.reach((), self.fixed)

    def reach(
        self, sources: Iterable[str], columns: Iterable[Name] = (), *, loosely: bool = False
    ) -> set[str]:
        """Return the sources with one row if each of `sources` and `columns` has one value."""
        done = {*self._single, *sources}
        known: dict[str, set[str]] = defaultdict(set)
        equals = self._loosely if loosely else self._equals
        waiting = [*columns, *(name for alias in done for name in self._linked(alias))]
        while waiting:
            alias, column = waiting.pop()
            if column in known[alias]:
                continue
            known[alias].add(column)
            waiting += equals.get((alias, column), ())
            if alias not in done and self.covered(alias, known[alias]):
                done.add(alias)
                waiting += self._linked(alias)
        return done

    def covered(self, alias: str, columns: set[str]) -> bool:
        """Do the columns contain a key of the source?"""
        return any(key <= columns for key in self.keys.get(alias, ()))

    def named(self, alias: str) -> bool:
        """Is it only joined on its key, as a customer is to orders?"""
        partners = self.partners[alias].values()
        return all(self.covered(alias, columns) for columns in partners)

    def _linked(self, alias: str) -> set[Name]:
        return {(alias, column) for some in self.partners[alias].values() for column in some}

    def _add(self, link: Link) -> None:
        one, other = link.one, link.other
        self.pairs[min(one[0], other[0]), max(one[0], other[0])].append(link)
        for left, right in ((one, other), (other, one)):
            self.partners[left[0]][right[0]].add(left[1])
            self._loosely[left].append(right)
            if link.join in STRICT or _follows(link, left, right):
                self._equals[left].append(right)

    def _keys(self, alias: str, schema: Schema) -> list[set[str]]:
        table = self.block.table(alias)
        if table is None:
            return []
        columns = [set(mine) for mine, _, _ in schema.foreign_keys(table)]
        # A table that only connects others: most have each combination once.
        implied = [set().union(*columns)] if len(columns) > 1 else []
        return [set(lowered(table.primary_key)), *implied] if table.primary_key else implied

    def _refer(self, schema: Schema) -> None:
        """Add the keys that the other sources' foreign keys refer to."""
        tables = {a: table for a in self.block.members if (table := self.block.table(a))}
        aliases: dict[Any, list[str]] = defaultdict(list)
        for alias, table in tables.items():
            aliases[origin(table)].append(alias)
        for key in {id(t): t for t in tables.values()}.values():
            for _, target, theirs in schema.foreign_keys(key):
                for alias in aliases.get(origin(target), ()):
                    self.keys[alias].append(set(theirs))

    def _fixed(self, condition: Condition) -> Name | None:
        """Return the column that must equal a value from outside the block's sources."""
        value = condition.value
        if not isinstance(value, Op) or value.op != "=" or len(value.args) != 2:
            return None
        for one, other in (value.args, value.args[::-1]):
            name = self.block.name(one)
            if name and self._may_fix(condition, name) and not self._own(other):
                return name
        return None

    def _may_fix(self, condition: Condition, name: Name) -> bool:
        join, inside = condition.join, name[0] in condition.own
        return join in STRICT or (join == "left" and inside) or (join == "right" and not inside)

    def _own(self, value: Any) -> bool:
        if not isinstance(value, Column | Op | Subquery):
            return False
        return any(name in self.block.members for name in self.block.mentions(value))


def _follows(link: Link, left: Name, right: Name) -> bool:
    """Does an outer join give `right` the value of `left`, as it keeps the rows of `left`?"""
    kept, added = (right, left) if link.join == "right" else (left, right)
    return link.join != "full" and added[0] in link.own and kept[0] not in link.own
