"""For any filter, a page has the sums of the rows that the filter lets through."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date
from itertools import combinations
from pathlib import Path

import pytest

from ledger.copying import Copier
from ledger.everyone import reading
from ledger.everyone.focus import to_focus
from ledger.everyone.query import PEOPLE_BY, SUMS_BY, Query
from ledger.everyone.report import report
from ledger.models import Call
from tests.ledger.journals import NOON, begun, ended, write

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 24 * 3_600_000_000
GROUPS = [None, ["it"], ["IT"], ["it", "IT"], ["a", "it"], ["a", "IT", "z"], ["i_"], ["a", "i%"],
          ["xit"], ["it", "itx"]]  # fmt: skip
VALUES = {
    "group": ["it", "IT", "i_", "i%", "a", "z", "", "\\", "no"],
    "model": ["a:x", "a:X", "a:%"], "provider": ["rock", "Rock"],
    "capability": ["chat", "cha_"], "outcome": ["ok", "failed"],
}  # fmt: skip
PERIODS = [(date(2026, 12, 24), date(2026, 12, 31)), (date(2026, 12, 20), date(2027, 2, 20))]


@pytest.fixture
def calls(tmp_path: Path) -> list[Call]:
    draw = random.Random(11)
    begins = [
        begun(
            at=NOON + DAY * draw.randrange(60), person=str(draw.randrange(1, 5)),
            groups=draw.choice(GROUPS), model=draw.choice(VALUES["model"]),
        )
        for _ in range(90)
    ]  # fmt: skip
    ends = [ended(call, draw.choice(["ok", "ok", "failed"])) for call in begins]
    write(tmp_path, *begins, *ends)
    Copier(tmp_path).copy()
    return list(Call.objects.all())


def chosen(draw: random.Random) -> list[dict[str, str]]:
    """Return all filters by one column, and some by two or three."""
    single = [{name: value} for name, values in VALUES.items() for value in values]
    several = [{**a, **b} for a, b in combinations(single, 2)]
    return [{}, *single, *draw.sample(several, 20)]


def let_through(call: Call, query: Query) -> bool:
    first, last = query.period
    row = {name: getattr(call, name) for name in (*reading.NAMES, "outcome")}
    return first <= call.at.date() <= last and reading.matches(row, query.filters)


def test_a_page_has_the_sums_of_the_rows(calls: list[Call]) -> None:
    draw, found = random.Random(5), 0
    for filters in chosen(draw):
        fields = filters | {"by": draw.choice([*SUMS_BY, *PEOPLE_BY])}
        first, last = draw.choice(PERIODS)
        days = {"from": f"{first}", "until": f"{last}"}
        made = report(Query.read(fields | days, sees_people=True))
        rows = [call for call in calls if let_through(call, made.query)]
        expected = (
            len(rows), sum(row.input for row in rows), sum(row.cost or 0 for row in rows),
            sum(row.outcome != "ok" for row in rows),
        )  # fmt: skip
        whole = made.whole
        cost = sum(whole.costs.values()) * 10**12
        assert (whole.calls, whole.input, cost, whole.failed) == expected, fields
        assert sum(figures.calls for figures in made.times.values()) == len(rows)
        if made.query.by != "group":  # someone may be in several
            assert sum(figures.calls for figures in made.names.values()) == len(rows), fields
        found += len(rows)
    assert found > 300


def test_the_file_for_finance_has_the_rows_that_the_filters_let_through(calls: list[Call]) -> None:
    for filters in chosen(random.Random(6)):
        fields = filters | {"from": "2026-12-20", "until": "2027-02-20"}
        query = Query.read(fields, sees_people=True)
        lines = "".join(to_focus(query)).count("\r\n") - 1
        days = Counter(
            (row.at.date(), row.groups, row.model) for row in calls if let_through(row, query)
        )
        assert lines == len(days), filters
