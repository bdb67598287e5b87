"""Templates of how many whole months lie between two times, as MySQL counts them.

A month is whole once the day and the hour of the early time are there again: from 31 January to 29
February it is not.
"""

from __future__ import annotations

_UNITS = {"month": 1, "quarter": 3, "year": 12}


def whole_months(year: str, month: str, rest: str, time: str, divided: str) -> dict[str, str]:
    """Return the templates of months, quarters and years.

    `year` and `month` are of {value}; `rest` is what of a time is after its month, as a text.
    `divided` is a template of {months}, {size}, which cuts the fraction off.
    """

    def of(template: str, which: str) -> str:
        return template.replace("{value}", f"{{{which}}}")

    def is_less(template: str, one: str, other: str) -> str:
        return f"{of(template, one)} < {of(template, other)}"

    begun = f"({of(year, 'late')} - {of(year, 'early')}) * 12"
    begun += f" + {of(month, 'late')} - {of(month, 'early')}"
    early = f"{is_less(time, 'late', 'early')} AND {is_less(rest, 'early', 'late')}"
    late = f"NOT {is_less(time, 'late', 'early')} AND {is_less(rest, 'late', 'early')}"
    months = f"({begun} + CASE WHEN {late} THEN -1 WHEN {early} THEN 1 ELSE 0 END)"
    return {unit: divided.format(months=months, size=size) for unit, size in _UNITS.items()}
