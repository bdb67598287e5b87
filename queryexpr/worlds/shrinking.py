"""A smaller world on which queries still differ: rows are removed one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from queryexpr.worlds.layout import Layout, keeps, refers
from queryexpr.worlds.world import World

Test = Callable[[World], bool]


class OutOfTime(Exception):
    """A test has no time left: what is found so far has to do."""


def smaller(world: World, tables: Sequence[Layout], differs: Test) -> World:
    """Return the world without the rows that `differs` does not need.

    A row goes with those that refer to it. None can be left out of what is returned, on its own.
    """
    while (fewer := _smaller(world, tables, differs)) is not None:
        world = fewer
    return world


def _smaller(world: World, tables: Sequence[Layout], differs: Test) -> World | None:
    for fewer in _without_one(world, tables):
        try:
            if keeps(fewer, tables) and differs(fewer):
                return fewer
        except OutOfTime:
            break
    return None


def _without_one(world: World, tables: Sequence[Layout]) -> Iterator[World]:
    """Yield the world without a whole table's rows, and then without each row."""
    for table in reversed(tables):
        if len(world[table.name]) > 1:
            yield _whole({**world, table.name: []}, tables)
    for table in reversed(tables):
        rows = world[table.name]
        for number in reversed(range(len(rows))):
            yield _whole({**world, table.name: rows[:number] + rows[number + 1 :]}, tables)


def _whole(world: World, tables: Sequence[Layout]) -> World:
    """Return the world without rows that refer to what is not there."""
    while True:
        kept = {
            table.name: [
                row
                for row in world[table.name]
                if all(refers(row, link, world) for link in table.links)
            ]
            for table in tables
        }
        if kept == world:
            return world
        world = kept
