"""
The rule of five: a month's calls as cells, each of at least five people. Pure.

First the models: those that fewer than five people used are one cell together. Then the groups
within each of the other models, in the same way. Where such a remainder is of fewer than five
people, it takes in the smallest of the others. So the cells share no call, and every figure that is
a sum of cells, or a difference of such sums, is about at least five people.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MIN_PEOPLE = 5
MIXED = "*"
NAMES = ("groups", "capability", "provider", "model", "currency")
SUMS = ("calls", "failed", "estimated", "unpriced", "input", "cached", "output", "reasoning",
        "images", "cost")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cell:
    """What some people used. `names` and `sums` are in the order of NAMES and SUMS."""

    names: tuple[str, ...]
    sums: tuple[int, ...]
    people: frozenset[int]

    @property
    def cost(self) -> int:
        return self.sums[-1]

    @property
    def is_small(self) -> bool:
        return len(self.people) < MIN_PEOPLE


def divide(parts: Iterable[Cell]) -> list[Cell]:
    """Return the cells of a month, whose parts are of one group set and one model each.

    None if the month is of fewer than five people.
    """
    models: dict[tuple[str, ...], list[Cell]] = defaultdict(list)
    for part in parts:
        models[part.names[1:4]].append(part)
    divided = {merge(parts): parts for parts in models.values()}
    return [
        group
        for cell in _without_small(list(divided))
        for group in (_without_small(_of_one_name(divided[cell])) if cell in divided else [cell])
    ]


def _of_one_name(parts: list[Cell]) -> list[Cell]:
    """Put together what differs in its currency only."""
    groups: dict[str, list[Cell]] = defaultdict(list)
    for part in parts:
        groups[part.names[0]].append(part)
    return [merge(group) for group in groups.values()]


def _without_small(cells: list[Cell]) -> list[Cell]:
    """Put the small cells together, and with the next larger ones until they are enough."""
    ordered = sorted(cells, key=lambda cell: (len(cell.people), cell.names))
    count = sum(cell.is_small for cell in ordered)
    if not count:
        return ordered
    rest = merge(ordered[:count])
    while rest.is_small and count < len(ordered):
        rest, count = merge([rest, ordered[count]]), count + 1
    return [*ordered[count:], *([] if rest.is_small else [rest])]


def merge(cells: list[Cell]) -> Cell:
    """Return one cell of several. Costs in several currencies are left out: they have no sum."""
    *columns, _ = (set(column) for column in zip(*(cell.names for cell in cells), strict=True))
    currencies = {cell.names[-1] for cell in cells if cell.cost} or {cells[0].names[-1]}
    names = [column.pop() if len(column) == 1 else MIXED for column in (*columns, currencies)]
    sums = dict(zip(SUMS, map(sum, zip(*(c.sums for c in cells), strict=True)), strict=True))
    if names[-1] == MIXED:
        names[-1] = ""
        sums |= {"cost": 0, "unpriced": sums["calls"]}
    people = frozenset[int]().union(*(cell.people for cell in cells))
    return Cell(tuple(names), tuple(sums.values()), people)
