"""What the page of all people's usage shows: sums, by name and by time, and those of before."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from ledger.everyone import persons, reading
from ledger.everyone.query import FILTERS
from ledger.usage.figures import Figures

if TYPE_CHECKING:
    from ledger.everyone.query import Query
    from ledger.everyone.reading import Row

Name = TypeVar("Name", str, date)
Names = dict[str, Figures]
Times = dict[date, Figures]  # by day, or by the first day of a month


def figures() -> Names:
    return defaultdict(Figures)


@dataclass(slots=True)
class Report:
    """`names` has the figures of each value of `query.by`, the most calls first.

    `others` is how many people or tokens it leaves out. `codes` counts failures by their error.
    `choices` has what the filters can be, with its calls.
    """

    query: Query
    whole: Figures = field(default_factory=Figures)
    before: Figures = field(default_factory=Figures)
    names: Names = field(default_factory=figures)
    times: Times = field(default_factory=lambda: defaultdict(Figures))
    providers: dict[str, Times] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Figures))
    )
    codes: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    choices: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    others: int = 0

    @property
    def by_month(self) -> bool:
        return self.query.by_month

    @property
    def days(self) -> list[date]:
        """The days that pictures show, or the first days of the months."""
        days = self.query.period.days
        return sorted({day.replace(day=1) for day in days}) if self.by_month else days


def report(query: Query, most: int | None = None) -> Report:
    """Return what a query asks for; of people and tokens, `most` with the most calls, or all."""
    made = Report(query)
    if query.whole_months:
        for row in reading.cells(query):
            _add_cell(made, row)
    else:
        _add_sums(made, most)
    for row in reading.by_time(query):
        made.whole.add(row)
        day = row["day"].replace(day=1) if made.by_month else row["day"]
        for times in (made.times, made.providers[row["provider"]]):
            times[day].add(row)
    for row in reading.whole(query.before):
        made.before.add(row)
    _sort(made)
    return made


def _sort(made: Report) -> None:
    """Put the most calls first, and leave out what has none: a part was taken away as a whole."""
    made.names = dict(sorted(_used(made.names).items(), key=lambda item: -item[1].calls))
    made.codes = dict((+Counter(made.codes)).most_common())
    made.choices = {name: +counts for name, counts in made.choices.items()}
    made.times = _used(made.times)
    providers = {name: _used(times) for name, times in made.providers.items()}
    made.providers = {name: times for name, times in providers.items() if times}


def _used(sums: dict[Name, Figures]) -> dict[Name, Figures]:
    return {name: one for name, one in sums.items() if one.calls > 0}


def _add_cell(made: Report, row: Row) -> None:
    _add_choices(made, row)
    if reading.matches(row, made.query.filters):
        for value in _values(row, made.query.by):
            made.names[value].add(row)


def _add_sums(made: Report, most: int | None) -> None:
    query = made.query
    for row in reading.choices(query):
        _add_choices(made, row)
    for row in reading.by_code(query):
        if row["code"]:
            made.codes[row["code"]] += row["calls_sum"]
    if query.by in ("person", "token"):
        rows, made.others = persons.by_person(query, most)
        for row in rows:
            made.names[row["name"]].add(row)
        return
    for row in reading.by_name(query):
        for value in _values(row, query.by):
            made.names[value].add(row)


def _add_choices(made: Report, row: Row) -> None:
    for name in FILTERS:
        for value in _values(row, name):
            made.choices[name][value] += row["calls_sum"]


def _values(row: Row, name: str) -> list[str]:
    """Return what a row is of: someone may be in several groups."""
    if name == "group":
        return reading.group_names(row) if "groups" in row else []
    return [row[name]] if name in row else []
