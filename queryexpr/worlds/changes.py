"""Parts of a world, and the world with one of them changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from queryexpr.worlds.hints import Hints
from queryexpr.worlds.layout import Layout, Link
from queryexpr.worlds.pools import Choices
from queryexpr.worlds.values import fresh
from queryexpr.worlds.world import Row, Value, World


def cells(
    world: World, tables: Sequence[Layout], hints: Hints
) -> Iterator[tuple[Layout, int, int, Value]]:
    """Yield the values that the queries read, each with its table, row and column."""
    for table in tables:
        named = [n for n in range(len(table.columns)) if table.key(n) in hints.named]
        for at, row in enumerate(world[table.name]):
            yield from ((table, at, number, row[number]) for number in named)


def parents(world: World, tables: Sequence[Layout]) -> Iterator[tuple[Layout, Link, Row]]:
    """Yield the rows that a foreign key may refer to, each with the key and its table."""
    for table in tables:
        for link in table.links:
            yield from ((table, link, parent) for parent in world[link.table])


def children(world: World, table: Layout, link: Link, parent: Row) -> list[Row]:
    """Return the rows of `table` that refer to `parent`."""
    values = [parent[number] for number in link.references]
    return [row for row in world[table.name] if [row[n] for n in link.columns] == values]


def new_child(world: World, table: Layout, link: Link, parent: Row, choices: Choices) -> Row | None:
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


def instead_of_null(world: World, table: Layout, number: int, choices: Choices) -> list[Value]:
    """Return values that may be in place of a null: of rows referred to, or new ones."""
    for link in table.links:
        if link.columns == (number,):
            return [row[link.references[0]] for row in world[link.table]][:2]
    choice = choices[table.key(number)]
    return [*choice.plain[:2], *choice.hits[:1]]


def how_many(rows: Sequence[Row], number: int, value: Value) -> str:
    """Return in how many rows a column has a value, for a sentence."""
    many = sum(row[number] == value for row in rows)
    return "two" if many == 2 else str(many)


def without_nulls(world: World, table: Layout, number: int, value: Value) -> World:
    """Return the world with a value in place of all nulls of a column."""
    for at, row in enumerate(world[table.name]):
        if row[number] is None:
            world = with_value(world, table, at, number, value)
    return world


def unlike(value: Value, table: Layout, number: int, taken: set[Value]) -> Value:
    """Return a value that no row has, of those that the schema lists if it lists any."""
    listed = (other for other in table.columns[number].values if other not in taken)
    return next(listed, None) or fresh(value, taken)


def with_value(world: World, table: Layout, at: int, number: int, value: Value) -> World:
    """Return the world with another value in one cell."""
    rows = list(world[table.name])
    rows[at] = (*rows[at][:number], value, *rows[at][number + 1 :])
    return {**world, table.name: rows}
