"""Counts answers by what came of them, with the intervals of so few questions."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

KINDS = ("measure", "code", "join", "wording")
Z = 1.96  # 95 %


@dataclass(frozen=True, slots=True)
class Graded:
    """One answer: was it right, and what stood behind it? An empty `basis`: there is no query."""

    kind: str
    right: bool
    basis: str
    ask: str = ""
    sql: str = ""


def lines(title: str, answers: Iterable[Graded]) -> list[str]:
    """Return the table's rows of one condition: for each kind, and for all."""
    all_of = [*answers]
    kinds = [(kind, [one for one in all_of if one.kind == kind]) for kind in KINDS]
    return [_line(f"{title}, {kind}", some) for kind, some in [*kinds, ("all", all_of)]]


def _line(title: str, answers: list[Graded]) -> str:
    right = sum(one.right for one in answers)
    wrong = [one for one in answers if one.basis and not one.right]
    low, high = interval(right, len(answers))
    compared = sum(one.basis == "compared" for one in wrong)
    refused = sum(not one.basis for one in answers)
    confirmed = sum(one.basis == "confirmed" for one in wrong)
    cells = (
        title,
        len(answers),
        f"{right} ({low:.0%} to {high:.0%})",
        len(wrong) - compared - confirmed,
        compared,
        refused,
    )
    return f"| {' | '.join(map(str, cells))} |"


def interval(right: int, of: int) -> tuple[float, float]:
    """Return Wilson's interval of a share, at 95 %."""
    share, square = right / of, Z * Z / of
    middle = share + square / 2
    half = Z * math.sqrt(share * (1 - share) / of + square / (4 * of))
    return (middle - half) / (1 + square), (middle + half) / (1 + square)
