"""Random rows for the tables of a world, which keep the schema's keys."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from queryexpr.schema.catalogue import Column
from queryexpr.worlds.layout import Layout, Link, fits, keeps, needs_value, refers
from queryexpr.worlds.pools import Choices
from queryexpr.worlds.values import Choice, fresh
from queryexpr.worlds.world import Key, Row, Value, World

_SIZES = (0, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 4, 4, 5, 7)  # how many rows a table has
MIN_ROWS = 4  # that queries have to count for more rows
MAX_ROWS = 22
ONLY_HITS = 0.25  # how often a world has no values but those that queries name, where they name any
MAX_TRIES = 4  # to make a row whose keys are new
_NULLS = (0.0, 0.0, 0.15, 0.4)  # how often a value is null


def random_world(
    tables: Sequence[Layout],
    choices: Choices,
    count: int,
    rng: random.Random,
    base: World | None = None,
) -> World | None:
    """Return a world; None if its rows do not keep the keys, as where tables refer in a circle.

    A world takes few values for each column, so that they repeat. `count` is how many rows queries
    count: now and then a table has more than that. The rows of `base` are in it.
    """
    only_hits = rng.random() < ONLY_HITS
    few = {key: _few(choice, only_hits, rng) for key, choice in choices.items()}
    nulls, world = rng.choice(_NULLS), World()
    for table in tables:
        world[table.name] = list(base[table.name]) if base else []
        for _ in range(_size(count, rng)):
            row = _row(table, few, world, nulls, rng)
            if row is not None:
                world[table.name].append(row)
    _close_circles(world, tables, rng)
    return world if keeps(world, tables) else None


def _close_circles(world: World, tables: Sequence[Layout], rng: random.Random) -> None:
    """Let rows refer to those of tables that were filled after their own."""
    for at, table in enumerate(tables):
        later = {other.name for other in tables[at + 1 :]}
        for link in table.links:
            if link.table in later and world[link.table]:
                parents = rng.choices(world[link.table], k=len(world[table.name]))
                pairs = zip(world[table.name], parents, strict=True)
                world[table.name] = [_referring(row, link, parent) for row, parent in pairs]


def _referring(row: Row, link: Link, parent: Row) -> Row:
    values = {own: parent[other] for own, other in zip(link.columns, link.references, strict=True)}
    return tuple(values.get(number, value) for number, value in enumerate(row))


def _size(count: int, rng: random.Random) -> int:
    if count >= MIN_ROWS and rng.random() < 0.5:
        return min(rng.choice((1, 1, 2)) * count + rng.randrange(3), MAX_ROWS)
    return rng.choice(_SIZES)


def _few(choice: Choice, only_hits: bool, rng: random.Random) -> list[Value]:
    """Return one to three of the values, more often those that queries name."""
    size = rng.choice((1, 2, 2, 3))
    if only_hits and choice.hits:
        return rng.choices(choice.hits, k=size)
    weighted = ((choice.hits, 6), (choice.near, 3), (choice.plain, 2))
    kinds = [(values, weight) for values, weight in weighted if values]
    groups = rng.choices([values for values, _ in kinds], [weight for _, weight in kinds], k=size)
    return [rng.choice(values) for values in groups]


def _row(
    table: Layout,
    few: Mapping[Key, list[Value]],
    world: World,
    nulls: float,
    rng: random.Random,
) -> Row | None:
    """Return a row that keeps the keys of `table`, or None."""
    for attempt in range(MAX_TRIES):
        row = [_value(table, column, few, nulls, rng) for column in table.columns]
        if attempt:
            _renew(row, table, world[table.name])
        if not all(_refer(row, link, table, world, nulls, rng) for link in table.links):
            continue
        made = tuple(row)
        if _is_new(made, table, world[table.name]) and fits(made, table):
            return made
    return None


def _value(
    table: Layout, column: Column, few: Mapping[Key, list[Value]], nulls: float, rng: random.Random
) -> Value:
    if not needs_value(column) and rng.random() < nulls:
        return None
    return rng.choice(few[table.name, column.name])


def _refer(
    row: list[Value], link: Link, table: Layout, world: World, nulls: float, rng: random.Random
) -> bool:
    """Make a foreign key refer to a row, or to none; return False if it cannot.

    One that refers to a table without rows yet is left for `_close_circles`.
    """
    if link.table not in world:
        return True
    parents = world[link.table]
    may_be_null = not any(needs_value(table.columns[number]) for number in link.columns)
    if may_be_null and (not parents or rng.random() < nulls):
        for number in link.columns:
            row[number] = None
    elif parents:
        parent = rng.choice(parents)
        for own, other in zip(link.columns, link.references, strict=True):
            row[own] = parent[other]
    return refers(tuple(row), link, world) or _is_own(row, link, table)


def _is_own(row: list[Value], link: Link, table: Layout) -> bool:
    """Does the row refer to itself?"""
    pairs = zip(link.columns, link.references, strict=True)
    return link.table == table.name and all(row[own] == row[other] for own, other in pairs)


def _is_new(row: Row, table: Layout, rows: Sequence[Row]) -> bool:
    for key in table.keys:
        values = [row[number] for number in key]
        if None not in values and any([other[n] for n in key] == values for other in rows):
            return False
    return True


def _renew(row: list[Value], table: Layout, rows: Sequence[Row]) -> None:
    """Give keys of one column that refer to nothing a value that no row has."""
    linked = {number for link in table.links for number in link.columns}
    for key in table.keys:
        number = key[-1]
        if number not in linked and not table.columns[number].values:
            row[number] = fresh(row[number], {other[number] for other in rows})
