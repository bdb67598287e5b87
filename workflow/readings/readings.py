"""Two readings of a question: queries, and the small world that tells them apart, if one does."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from queryexpr.gate.operations import Found, Row, Rows

Outcome = Literal["different", "no_difference_found", "not_searched"]


@dataclass(frozen=True, slots=True)
class Reading:
    """One of two queries, and its result on the small world.

    `label` says whose it is. `unmatched` numbers the rows, from 0, that the other's result lacks.
    """

    label: str
    sql: str
    columns: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    unmatched: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Readings:
    """What a search for a small world came to.

    `sentence` says, in English, what decides and what each query returns; else how many worlds were
    tried, or why there was no search. `tables` have the rows of the world. Where the outcome is
    `no_difference_found`, the queries may still differ.
    """

    outcome: Outcome
    sentence: str
    queries: tuple[Reading, Reading]
    tables: tuple[Rows, ...] = ()
    worlds: int = 0
    seconds: float = 0.0
    engine: str = ""


def of_found(found: Found, queries: tuple[Reading, Reading], seconds: float) -> Readings:
    """Return the readings that a search was about, with what it found."""
    seconds = round(seconds, 3)
    if found.example is None:
        outcome: Outcome = "no_difference_found" if found.searched else "not_searched"
        return Readings(
            outcome, found.sentence, queries, (), found.worlds, seconds, found.engine
        )  # fmt: skip
    one, other = found.example.results
    first, second = queries
    shown = (_with_rows(first, one, other), _with_rows(second, other, one))
    tables = found.example.tables
    return Readings("different", found.sentence, shown, tables, found.worlds, seconds, found.engine)


def _with_rows(reading: Reading, own: Rows, other: Rows) -> Reading:
    return Reading(reading.label, reading.sql, own.columns, own.rows, unmatched(own, other))


def unmatched(own: Rows, other: Rows) -> tuple[int, ...]:
    """Return the numbers of the rows that another result lacks; if only their order differs, of
    those at other places.
    """
    left = Counter(map(_plain, other.rows))
    numbers = []
    for number, row in enumerate(map(_plain, own.rows)):
        if left[row]:
            left[row] -= 1
        else:
            numbers.append(number)
    if numbers or +left:
        return tuple(numbers)
    pairs = zip(map(_plain, own.rows), map(_plain, other.rows), strict=True)
    return tuple(number for number, (one, two) in enumerate(pairs) if one != two)


def _plain(row: Row) -> tuple[object, ...]:
    """Return a row whose values are equal where the search calls them equal: 1, 1.0 and '1'."""
    return tuple(map(_number, row))


def _number(value: object) -> object:
    try:
        return value if value is None else round(float(str(value)), 9)
    except ValueError:
        return value
