"""The health of providers as strips: a square for each day or month, as the template draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from ledger.everyone.report import Report, Times

WIDTH, HEIGHT = 640.0, 20.0
GAP = 0.1  # of a square's place
LEAST = 0.2  # of a square's height: one failure can be seen


@dataclass(frozen=True, slots=True)
class Square:
    """Its place in the picture, how much of its height failed, and what it says."""

    x: str
    width: str
    y: str  # where the failed part begins
    failed_height: str
    day: date
    calls: int
    failed: int


def strips(made: Report) -> Iterator[tuple[str, list[Square]]]:
    """Yield each provider, by its name, and its squares."""
    for provider, times in sorted(made.providers.items()):
        yield provider, list(_squares(made.days, times))


def _squares(days: list[date], times: Times) -> Iterator[Square]:
    place = WIDTH / len(days)
    for at, day in enumerate(days):
        figures = times.get(day)
        calls, failed = (figures.calls, figures.failed) if figures else (0, 0)
        height = HEIGHT * max(failed / calls, LEAST) if failed else 0.0
        x, width = place * (at + GAP / 2), place * (1 - GAP)
        yield Square(f"{x:.1f}", f"{width:.1f}", f"{HEIGHT - height:.1f}", f"{height:.1f}",
                     day, calls, failed)  # fmt: skip
