"""
Errors of a query that a person edits clause by clause, reported for each clause.

The person sees no text around a clause, so a line, a column or the parser's words would not help.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from queryexpr.dialects.dialect import Dialect
from queryexpr.issues import Issue, Refused
from queryexpr.lift.lift import lift, parse
from queryexpr.lift.syntax import FOUND

# Clauses that the parser needs around one that is parsed alone.
_AROUND = {
    "with": ("WITH", "SELECT 1"), "select": ("SELECT", ""), "from": ("SELECT 1 FROM", ""),
    "where": ("SELECT 1 FROM t WHERE", ""), "group_by": ("SELECT 1 FROM t GROUP BY", ""),
    "having": ("SELECT 1 FROM t GROUP BY a HAVING", ""),
    "qualify": ("SELECT 1 FROM t QUALIFY", ""),
    "order_by": ("SELECT 1 FROM t ORDER BY", ""),
}  # fmt: skip
_OPEN, _CLOSE = "([{", ")]}"


def by_clause(refused: Refused, clauses: Mapping[str, str], dialect: Dialect) -> Refused:
    """Return why a query was refused, with pointers to clauses and without lines and columns.

    `clauses` has those that are not empty.
    """
    if any(issue.code in ("syntax", "statements", "not_a_query") for issue in refused.issues):
        unread = list(_unread(clauses, dialect))
        return Refused(*unread) if unread else Refused(*map(_unplaced, refused.issues))
    return Refused(*(_placed(issue, clauses, dialect) for issue in refused.issues))


def _alone(name: str, text: str) -> str:
    before, after = _AROUND[name]
    return f"{before} {text} {after}"


def _unread(clauses: Mapping[str, str], dialect: Dialect) -> Iterator[Issue]:
    """Yield an issue for each clause that cannot be parsed alone."""
    for name, text in clauses.items():
        try:
            parse(_alone(name, text), dialect)
        except Refused as refused:
            message = _sentence(text, refused.issues[0], dialect)
            yield Issue("syntax", message, pointer=f"/query/{name}")


def _sentence(text: str, issue: Issue, dialect: Dialect) -> str:
    for opening, closing in zip(_OPEN, _CLOSE, strict=True):
        if text.count(opening) > text.count(closing):
            return f"A {opening} is not closed."
        if text.count(opening) < text.count(closing):
            return f"A {closing} was never opened."
    if text.count("'") % 2:
        return "A text is not closed: a ' is missing."
    found = FOUND.search(issue.message)
    if not found:
        return f"This is not finished, or its end is not SQL of {dialect.title}."
    near = found["word"] or found["other"]
    return f"This cannot be read as SQL of {dialect.title}: look at “{near}”."


def _placed(issue: Issue, clauses: Mapping[str, str], dialect: Dialect) -> Issue:
    """Return the issue with a pointer to the clause that has the same issue alone, if one has."""
    for name, text in clauses.items():
        try:
            lift(_alone(name, text), dialect)
        except Refused as refused:
            if any(other.message == issue.message for other in refused.issues):
                return replace(_unplaced(issue), pointer=f"/query/{name}")
    return _unplaced(issue)


def _unplaced(issue: Issue) -> Issue:
    return replace(issue, line=None, column=None)
