"""
What is special in a world, and what the world would be without that.

A fact decides if the queries no longer differ where it is not so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from queryexpr.worlds.changes import (
    cells,
    children,
    how_many,
    instead_of_null,
    new_child,
    parents,
    unlike,
    with_value,
    without_nulls,
)
from queryexpr.worlds.hints import Hints
from queryexpr.worlds.layout import Layout
from queryexpr.worlds.outcomes import MIDNIGHT
from queryexpr.worlds.pools import Choices
from queryexpr.worlds.world import Value, World


@dataclass(frozen=True, slots=True)
class Fact:
    """Words, and the world in which they are not true.

    With `only_test`, that world is no plainer than the one with the fact.
    """

    words: str
    without: World
    only_test: bool = False


def facts(world: World, tables: Sequence[Layout], hints: Hints, choices: Choices) -> Iterator[Fact]:
    """Yield what may decide, the most telling first."""
    for find in (_nulls, _childless, _bounds, _letters, _equal, _several, _disputed):
        yield from find(world, tables, hints, choices)


def _nulls(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in cells(world, tables, hints):
        if value is not None:
            continue
        words = f"a row in {table.name} whose {table.columns[number].name} is null"
        for plain in instead_of_null(world, table, number, choices):
            yield Fact(words, without_nulls(world, table, number, plain))
            yield Fact(words, with_value(world, table, at, number, plain))


def _childless(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    """Yield rows that no row refers to. Without that, there is a copy of another, or a new row."""
    for table, link, parent in parents(world, tables):
        if children(world, table, link, parent):
            continue
        words = f"a row in {link.table} without a row in {table.name}"
        if (child := new_child(world, table, link, parent, choices)) is not None:
            rows = [*world[table.name], child]
            yield Fact(words, {**world, table.name: rows}, only_test=True)


def _several(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, link, parent in parents(world, tables):
        own = children(world, table, link, parent)
        if len(own) > 1:
            words = f"a row in {link.table} with {len(own)} rows in {table.name}"
            rows = [row for row in world[table.name] if row not in own[1:]]
            yield Fact(words, {**world, table.name: rows})


def _bounds(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in cells(world, tables, hints):
        key = table.key(number)
        limits = {_day(bound) for bound in hints.bounds.get(key, ())}
        if _day(value) in limits and value is not None:
            words = f"a row in {table.name} whose {key[1]} is exactly {_day(value)}"
            for other in choices[key].near + choices[key].plain:
                if _day(other) not in limits:
                    yield Fact(words, with_value(world, table, at, number, other))


def _day(value: Value) -> Value:
    """Return a value; of midnight, the day that begins with it."""
    return value.removesuffix(MIDNIGHT) if isinstance(value, str) else value


def _letters(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in cells(world, tables, hints):
        for literal in hints.values.get(table.key(number), ()):
            both = isinstance(value, str) and isinstance(literal, str)
            if both and value != literal and str(value).lower() == str(literal).lower():
                words = f"a row in {table.name} whose {table.columns[number].name} is '{value}',"
                words += f" not '{literal}'"
                yield Fact(words, with_value(world, table, at, number, literal))


def _equal(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    """Yield two rows with an equal value, which is no foreign key's."""
    for table, at, number, value in cells(world, tables, hints):
        rows = world[table.name]
        tie = table.key(number) in hints.tops
        linked = any(number in link.columns for link in table.links)
        asked = value in choices[table.key(number)].hits and not tie
        if value is None or linked or asked or all(row[number] != value for row in rows[:at]):
            continue
        name = table.columns[number].name
        words = (
            f"{how_many(rows, number, value)} rows in {table.name} with the same {name} ({value})"
        )
        other = unlike(value, table, number, {row[number] for row in rows})
        yield Fact(f"a tie, {words}" if tie else words, with_value(world, table, at, number, other))


def _disputed(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    """Yield values of columns that the queries compare with other values."""
    for table, at, number, value in cells(world, tables, hints):
        key = table.key(number)
        if key not in hints.disputed or value is None:
            continue
        shown = f"'{value}'" if isinstance(value, str) else value
        for plain in choices[key].plain:
            if plain != value:
                words = f"a row in {table.name} whose {key[1]} is {shown}"
                yield Fact(words, with_value(world, table, at, number, plain), only_test=True)
