"""
What is special in a world, and what the world would be without that.

A fact decides if the queries no longer differ where it is not so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from queryexpr.worlds.hints import Hints
from queryexpr.worlds.layout import Layout, Link
from queryexpr.worlds.pools import Choices
from queryexpr.worlds.values import fresh, hits, kind_of
from queryexpr.worlds.world import Row, Value, World


@dataclass(frozen=True, slots=True)
class Fact:
    """Words, and the world in which they are not true. `grows`: that one has more rows."""

    words: str
    without: World
    grows: bool = False


def facts(world: World, tables: Sequence[Layout], hints: Hints, choices: Choices) -> Iterator[Fact]:
    """Yield what may decide, the most telling first."""
    for find in (_nulls, _childless, _bounds, _letters, _equal, _several):
        yield from find(world, tables, hints, choices)


def _nulls(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in _cells(world, tables, hints):
        if value is not None:
            continue
        words = f"a row in {table.name} whose {table.columns[number].name} is null"
        for plain in _others(world, table, number, choices):
            yield Fact(words, _without_nulls(world, table, number, plain))
            yield Fact(words, _with(world, table, at, number, plain))


def _childless(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    """Yield rows that no row refers to. Without that, there is a copy of another, or a new row."""
    for table, link, parent in _parents(world, tables):
        if _children(world, table, link, parent):
            continue
        words = f"a row in {link.table} without a row in {table.name}"
        if (child := _child(world, table, link, parent, choices)) is not None:
            rows = [*world[table.name], child]
            yield Fact(words, {**world, table.name: rows}, grows=True)


def _several(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, link, parent in _parents(world, tables):
        children = _children(world, table, link, parent)
        if len(children) > 1:
            words = f"a row in {link.table} with {len(children)} rows in {table.name}"
            rows = [row for row in world[table.name] if row not in children[1:]]
            yield Fact(words, {**world, table.name: rows})


def _bounds(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in _cells(world, tables, hints):
        key = table.key(number)
        kind = kind_of(table.columns[number])
        limits = {hit for bound in hints.bounds.get(key, ()) for hit in hits(bound, kind)}
        if value in limits and value is not None:
            words = f"a row in {table.name} whose {key[1]} is exactly {value}"
            for other in choices[key].near + choices[key].plain:
                if other not in limits:
                    yield Fact(words, _with(world, table, at, number, other))


def _letters(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    for table, at, number, value in _cells(world, tables, hints):
        for literal in hints.values.get(table.key(number), ()):
            both = isinstance(value, str) and isinstance(literal, str)
            if both and value != literal and str(value).lower() == str(literal).lower():
                words = f"a row in {table.name} whose {table.columns[number].name} is '{value}',"
                words += f" not '{literal}'"
                yield Fact(words, _with(world, table, at, number, literal))


def _equal(
    world: World, tables: Sequence[Layout], hints: Hints, choices: Choices
) -> Iterator[Fact]:
    """Yield two rows with an equal value, which is no foreign key's."""
    for table, at, number, value in _cells(world, tables, hints):
        rows = world[table.name]
        tie = table.key(number) in hints.tops
        linked = any(number in link.columns for link in table.links)
        asked = value in choices[table.key(number)].hits and not tie
        if value is None or linked or asked or all(row[number] != value for row in rows[:at]):
            continue
        name = table.columns[number].name
        words = f"{_many(rows, number, value)} rows in {table.name} with the same {name} ({value})"
        other = _unlike(value, table, number, {row[number] for row in rows})
        yield Fact(f"a tie, {words}" if tie else words, _with(world, table, at, number, other))


# ── Parts of a world ────────────────────────────────────────────────────────────────────────


def _cells(
    world: World, tables: Sequence[Layout], hints: Hints
) -> Iterator[tuple[Layout, int, int, Value]]:
    """Yield the values that the queries read, each with its table, row and column."""
    for table in tables:
        named = [n for n in range(len(table.columns)) if table.key(n) in hints.named]
        for at, row in enumerate(world[table.name]):
            yield from ((table, at, number, row[number]) for number in named)


def _parents(world: World, tables: Sequence[Layout]) -> Iterator[tuple[Layout, Link, Row]]:
    for table in tables:
        for link in table.links:
            yield from ((table, link, parent) for parent in world[link.table])


def _children(world: World, table: Layout, link: Link, parent: Row) -> list[Row]:
    values = [parent[number] for number in link.references]
    return [row for row in world[table.name] if [row[n] for n in link.columns] == values]


def _child(world: World, table: Layout, link: Link, parent: Row, choices: Choices) -> Row | None:
    """Return a new row that refers to `parent`; None where it would need other new rows."""
    rows = world[table.name]
    row = [(choices[table.key(n)].hits or choices[table.key(n)].plain)[0]
           for n in range(len(table.columns))]  # fmt: skip
    for other in table.links:
        if not world[other.table]:
            return None
        target = parent if other is link else world[other.table][0]
        for own, reference in zip(other.columns, other.references, strict=True):
            row[own] = target[reference]
    linked = {number for one in table.links for number in one.columns}
    for key in table.keys:
        for number in set(key) - linked:
            row[number] = fresh(row[number], {one[number] for one in rows})
    return tuple(row)


def _others(world: World, table: Layout, number: int, choices: Choices) -> list[Value]:
    """Return values that may be in place of a null: of rows referred to, or new ones."""
    for link in table.links:
        if link.columns == (number,):
            return [row[link.references[0]] for row in world[link.table]][:2]
    choice = choices[table.key(number)]
    return [*choice.plain[:2], *choice.hits[:1]]


def _many(rows: Sequence[Row], number: int, value: Value) -> str:
    many = sum(row[number] == value for row in rows)
    return "two" if many == 2 else str(many)


def _without_nulls(world: World, table: Layout, number: int, value: Value) -> World:
    """Return the world with a value in place of all nulls of a column."""
    for at, row in enumerate(world[table.name]):
        if row[number] is None:
            world = _with(world, table, at, number, value)
    return world


def _unlike(value: Value, table: Layout, number: int, taken: set[Value]) -> Value:
    """Return a value that no row has, of those that the schema lists if it lists any."""
    listed = (other for other in table.columns[number].values if other not in taken)
    return next(listed, None) or fresh(value, taken)


def _with(world: World, table: Layout, at: int, number: int, value: Value) -> World:
    """Return the world with another value in one cell."""
    rows = list(world[table.name])
    rows[at] = (*rows[at][:number], value, *rows[at][number + 1 :])
    return {**world, table.name: rows}
