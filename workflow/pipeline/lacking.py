"""How to ask for what a dialect lacks, in words that every dialect has. For models. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from queryexpr.issues import Issue

# Errors of SQL that is another dialect's, or that its own cannot say.
_FOREIGN = frozenset({"function", "syntax", "dialect", "not_supported", "table_function", "bind"})
_UNITS = frozenset("year quarter month week day hour minute second".split())
_NAMED = re.compile(r"'([^']*)'")
_PART = re.compile(r"\b(YEAR|MONTH|DAY|HOUR|MINUTE)\s*\(([^()]*)\)", re.IGNORECASE)
_INSTEAD = {
    "DISTINCT ON": "number the rows of each group in a query in FROM, with ROW_NUMBER() OVER"
    " (PARTITION BY … ORDER BY …), and keep those with 1",
    "QUALIFY": "compute the window in a query in FROM, and filter it in WHERE outside",
    "FULL JOIN": "write a LEFT JOIN, UNION ALL, and the rows of the other table that have no"
    " partner (NOT EXISTS)",
    "PERCENTILE_CONT": "number the ordered rows with ROW_NUMBER() and count them with COUNT(*)"
    " OVER (), in a query in FROM; average the one or two rows in the middle",
    "ROLLUP": "write a SELECT for each grouping, with UNION ALL between them",
    "ALL with a query": "compare with (SELECT MAX(…)) or (SELECT MIN(…))",
    "EXCEPT ALL": "write EXCEPT, if equal rows need not be counted",
    "LATERAL": "put a scalar subquery into SELECT, or join a query that is grouped by the key",
    "ARG_MAX": "order by the value and take the first row, or number the rows with ROW_NUMBER()",
    "REGEXP": "use LIKE",
    "~": "use LIKE",
}
_SAME = {
    "MEDIAN": "PERCENTILE_CONT", "PERCENTILE_DISC": "PERCENTILE_CONT", "CUBE": "ROLLUP",
    "GROUPING SETS": "ROLLUP", "CROSS APPLY": "LATERAL", "MAX_BY": "ARG_MAX", "MIN_BY": "ARG_MAX",
    "ARG_MIN": "ARG_MAX", "INTERSECT ALL": "EXCEPT ALL", "REGEXP_LIKE": "REGEXP",
}  # fmt: skip


def instead(issues: Iterable[Issue]) -> Iterator[Issue]:
    """Yield a note for each thing that the dialect lacks and that can be asked in another way."""
    told: set[str] = set()
    for issue in issues:
        for word, way in ((word, _SAME.get(word, word)) for word in (*_INSTEAD, *_SAME)):
            if issue.code in _FOREIGN and _names(issue.message, word) and way not in told:
                told.add(way)
                yield Issue("spelling", f"Instead of {word}: {_INSTEAD[way]}.", "note")


def _names(message: str, word: str) -> bool:
    """Does a message say that there is no such thing?"""
    lacks = ("has no {}", "no such function: {}", "{} is not", "'{}' was not", ", {} or ")
    return any(part.format(word) in message for part in lacks)


def is_foreign(issue: Issue, sql: str) -> bool:
    """May an error be one of SQL that is another dialect's?

    A column that is not there may be a unit, as in DATEDIFF(day, …), or a text in double quotes.
    """
    if issue.code != "unknown_column":
        return issue.code in _FOREIGN
    named = _NAMED.search(issue.message)
    return named is not None and (named[1].lower() in _UNITS or f'"{named[1]}"' in sql)


def as_standard(sql: str) -> str:
    """Return SQL with EXTRACT for MySQL's and SQL Server's functions such as YEAR(x)."""
    return _PART.sub(lambda part: f"EXTRACT({part[1]} FROM {part[2]})", sql)
