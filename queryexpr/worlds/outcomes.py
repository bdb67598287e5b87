"""What two queries may return on one world, and whether that differs."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import Any, Literal

from queryexpr.worlds.prepared import Query
from queryexpr.worlds.running import Engine, Result
from queryexpr.worlds.world import Row, Value, World

Cell = Any
Normal = tuple[tuple[Cell, ...], ...]
Difference = Literal["", "rows", "order"]
DIGITS = 9  # of a number that count
FEW = 3  # results of one query: of four that are as likely, each is among 30 but once in 1,000
MIDNIGHT = " 00:00:00"


def normal(rows: Result) -> Normal:
    """Return rows whose values are equal where people call them equal: 1, 1.0, true and '1'."""
    return tuple(tuple(_cell(value) for value in row) for row in rows)


def plain(rows: Result) -> tuple[Row, ...]:
    """Return rows as JSON can have them: dates, and numbers without an end, become texts."""
    return tuple(tuple(_plain(value) for value in row) for row in rows)


def _plain(value: Any) -> Value:
    if value is None or isinstance(value, int | str):
        return value
    return value if isinstance(value, float) and math.isfinite(value) else str(value)


def unordered(rows: Normal) -> Normal:
    """Return rows in an order that depends on their values only."""
    return tuple(sorted(rows, key=repr))


def shows(rows: Result) -> bool:
    """Has the result a row that is not null?"""
    return any(value is not None for row in rows for value in row)


def may_differ(one: Result, other: Result, queries: tuple[Query, Query]) -> bool:
    """Do the results of one run differ? Only `difference` knows whether that means anything."""
    first, second = normal(one), normal(other)
    if all(query.ordered for query in queries):
        return first != second
    return unordered(first) != unordered(second)


def difference(
    engine: Engine,
    world: World,
    queries: tuple[Query, Query],
    rng: random.Random,
    runs: tuple[int, int],
    *,
    sure: bool = False,
) -> Difference:
    """Return how the queries differ on a world, in whatever order an engine finds its rows.

    Ties are broken at random, in so many runs as the second of `runs`; without ties it is the
    first. Queries whose rows then change differ only where chance does not make them equal, see
    `_differ`; to be `sure` takes many runs. Raises Failed.
    """
    number_of_runs = runs[any(query.loose for query in queries)]
    one, other = _Outcomes([]), _Outcomes([])
    for number in range(number_of_runs):
        engine.load(world if number == 0 else _shuffled(world, rng))
        for outcomes, query in zip((one, other), queries, strict=True):
            sqls = [query.sql] if number == 0 or not query.loose else [query.loose]
            outcomes.lists.extend(normal(engine.run(sql)) for sql in sqls)
    if one.rows.isdisjoint(other.rows):
        return "rows" if _differ(one, other, sure) else ""
    ordered = all(query.ordered for query in queries) and one.fixed and other.fixed
    return "order" if ordered and one.lists[0] != other.lists[0] else ""


@dataclass(slots=True)
class _Outcomes:
    """The results of a query on one world."""

    lists: list[Normal]

    @property
    def rows(self) -> set[Normal]:
        return set(map(unordered, self.lists))

    @property
    def fixed(self) -> bool:
        """Is it always the same list?"""
        return len(set(self.lists)) == 1

    @property
    def counts(self) -> set[int]:
        return set(map(len, self.lists))

    @property
    def certain(self) -> set[Any]:
        return set.intersection(*(set(rows) for rows in self.lists))

    @property
    def possible(self) -> set[Any]:
        return set().union(*self.lists)


def _differ(one: _Outcomes, other: _Outcomes, sure: bool) -> bool:
    """Do two queries differ that had no result in common?

    They do if each has one result only, or they never return as many rows. Else a result may be
    possible that was not seen: it would have been if there are few, and without being `sure` it is
    enough that one has two, or that a row is always in one's results and never in the other's.
    """
    few = sorted((len(one.rows), len(other.rows)))
    if few == [1, 1] or one.counts.isdisjoint(other.counts):
        return True
    if few[1] > FEW and sure:
        return False
    return few == [1, 2] or bool(one.certain - other.possible or other.certain - one.possible)


def _shuffled(world: World, rng: random.Random) -> World:
    return {name: rng.sample(rows, len(rows)) for name, rows in world.items()}


def _cell(value: Cell) -> Cell:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, bool | int):
        return int(value)
    if value is None or isinstance(value, bytes):
        return value
    try:
        return _number(float(value))
    except (TypeError, ValueError):
        return _text(str(value))  # such as a date of DuckDB


def _number(value: float) -> Cell:
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short


def _text(value: str) -> Cell:
    """Return a text, or the number that it spells: engines differ in what a cast returns."""
    if value[:1].isdigit() or value[:1] == "-":
        for kind in (int, float):
            try:
                if str(kind(value)) == value:
                    return _number(kind(value))
            except ValueError:
                continue
    return value.removesuffix(MIDNIGHT)
