"""The tables of a world, with their keys, and whether rows keep these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from queryexpr.issues import Issue, Refused
from queryexpr.schema.catalogue import Catalogue, Column, Table
from queryexpr.worlds.world import Key, Row, World

MAX_TABLES = 24


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key: the numbers of its columns, and of those that they refer to."""

    columns: tuple[int, ...]
    table: str
    references: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A table of a world. `keys` are the numbers of columns that are unique together."""

    table: Table
    links: tuple[Link, ...]
    keys: tuple[tuple[int, ...], ...]

    @property
    def name(self) -> str:
        """Its whole name."""
        return self.table.full

    @property
    def columns(self) -> tuple[Column, ...]:
        """Its columns, in the order of a row's values."""
        return self.table.columns

    def key(self, number: int) -> Key:
        """Return the name of a column, by its number."""
        return self.name, self.columns[number].name


def layouts(catalogue: Catalogue, used: Iterable[Table]) -> tuple[Layout, ...]:
    """Return the tables that a world needs, those that others refer to first.

    A table that no query reads is left out, as its rows can always be added; unless it joins two
    that are read, since then its rows need others of these. Raises Refused if they are too many.
    """
    needed = _needed(catalogue, list(used))
    if len(needed) > MAX_TABLES:
        message = f"They need {len(needed)} tables; a small world has at most {MAX_TABLES}."
        raise Refused(Issue("worlds", message))
    names = {table.full for table in needed}
    return tuple(_layout(catalogue, table, names) for table in _sorted(catalogue, needed))


def keeps(world: World, tables: Sequence[Layout]) -> bool:
    """Do the rows of a world keep all keys, and the values that the schema lists?"""
    return all(
        _keeps_unique(world[table.name], table)
        and all(fits(row, table) for row in world[table.name])
        and all(refers(row, link, world) for row in world[table.name] for link in table.links)
        for table in tables
    )


def fits(row: Row, table: Layout) -> bool:
    """Has the row no null, and no value, that a column does not take?"""
    return all(
        not needs_value(column) if value is None else not column.values or value in column.values
        for value, column in zip(row, table.columns, strict=True)
    )


def refers(row: Row, link: Link, world: World) -> bool:
    """Is there the row that a foreign key of `row` refers to? One with a null refers to none."""
    values = tuple(row[number] for number in link.columns)
    if None in values:
        return True
    targets = world.get(link.table, [])
    return any(tuple(target[n] for n in link.references) == values for target in targets)


def needs_value(column: Column) -> bool:
    """Is null refused in the column?"""
    return column.primary_key or not column.nullable


def _keeps_unique(rows: Sequence[Row], table: Layout) -> bool:
    for key in table.keys:
        values = [tuple(row[number] for number in key) for row in rows]
        whole = [value for value in values if None not in value]
        if len(set(whole)) < len(whole):
            return False
    return True


# ── Which tables, and in which order ────────────────────────────────────────────────────────


def _needed(catalogue: Catalogue, used: Sequence[Table]) -> list[Table]:
    """Return the tables that are used, and those between two of them."""
    names = {table.full for table in used}
    above = {name for table in used for name in _above(catalogue, table)}
    between = [table for table in catalogue.tables if table.full in above - names]
    joining = {table.full for table in between if _above(catalogue, table) & names}
    return [table for table in catalogue.tables if table.full in names | joining]


def _above(catalogue: Catalogue, table: Table) -> set[str]:
    """Return the names of the tables that a table refers to, and that these refer to."""
    waiting, found = [table], set[str]()
    while waiting:
        for parent in _parents(catalogue, waiting.pop()):
            if parent.full not in found:
                found.add(parent.full)
                waiting.append(parent)
    return found


def _parents(catalogue: Catalogue, table: Table) -> Iterator[Table]:
    for key in table.foreign_keys:
        if target := catalogue.table(key.table):
            yield target


def _sorted(catalogue: Catalogue, tables: Sequence[Table]) -> Iterator[Table]:
    waiting = list(tables)
    while waiting:
        free = [t for t in waiting if not any(p in waiting and p is not t
                                              for p in _parents(catalogue, t))]  # fmt: skip
        table = (free or waiting)[0]  # of a circle, any
        waiting.remove(table)
        yield table


def _layout(catalogue: Catalogue, table: Table, names: set[str]) -> Layout:
    numbers = {column.name: number for number, column in enumerate(table.columns)}
    links = []
    for key in table.foreign_keys:
        target = catalogue.table(key.table)
        if target is not None and target.full in names:
            others = {column.name: number for number, column in enumerate(target.columns)}
            references = tuple(others[name] for name in key.references)
            links.append(Link(tuple(numbers[n] for n in key.columns), target.full, references))
    keys = dict.fromkeys(filter(None, (table.primary_key, *table.unique_keys)))
    return Layout(table, tuple(links), tuple(tuple(numbers[n] for n in key) for key in keys))
