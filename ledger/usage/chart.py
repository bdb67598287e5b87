"""A bar for each day, as the page's template draws it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

WIDTH, HEIGHT = 640.0, 120.0
GAP = 0.2  # of a bar's place


@dataclass(frozen=True, slots=True)
class Bar:
    """Its place in the picture, and what it says."""

    x: str
    y: str
    width: str
    height: str
    day: date
    value: int


def bars(values: dict[date, int]) -> list[Bar]:
    """Return a bar for each day; none if there is nothing to show."""
    most = max(values.values(), default=0)
    if not most:
        return []
    place = WIDTH / len(values)
    return [_bar(at, place, day, value, most) for at, (day, value) in enumerate(values.items())]


def _bar(at: int, place: float, day: date, value: int, most: int) -> Bar:
    height = max(HEIGHT * value / most, 1.0) if value else 0.0
    x, y, width = place * (at + GAP / 2), HEIGHT - height, place * (1 - GAP)
    return Bar(f"{x:.1f}", f"{y:.1f}", f"{width:.1f}", f"{height:.1f}", day, value)
