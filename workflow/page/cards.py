"""A query's clauses as cards, with the issues of each and buttons that fix them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from queryexpr.issues import Issue, Severity
from workflow.near.issues import OTHERS
from workflow.pipeline.steps import NEAR

LABELS = {
    "with": gettext_lazy("First make"), "from": gettext_lazy("Take the rows of"),
    "where": gettext_lazy("Filter rows"), "group_by": gettext_lazy("Group by"),
    "having": gettext_lazy("Filter groups"), "qualify": gettext_lazy("Of these, keep rows where"),
    "select": gettext_lazy("Show"), "order_by": gettext_lazy("Sort by"),
    "limit": gettext_lazy("At most this many rows"), "offset": gettext_lazy("Leave out the first"),
}  # fmt: skip
REMEDIES = {"group_by": gettext_lazy("Add to GROUP BY"), OTHERS: gettext_lazy("Include these")}
FIX = gettext_lazy("Fix it")
FIXED = "mended"  # the code of an issue that was fixed
_WRONG = re.compile(r"'([^']+)'[^']* Did you mean")
_ALWAYS = {"from", "where", "select", "order_by", "limit"}  # shown even if empty


@dataclass(frozen=True, slots=True)
class IssueView:
    """An issue, with what a button needs that fixes it: its text, and a JSON Patch.

    Or it offers `names` in place of the `wrong` one, or `choices`: a value and its JSON Patch.
    """

    severity: Severity
    message: str
    line: int | None
    column: int | None
    remedy: str = ""
    patch: str = ""
    wrong: str = ""
    names: tuple[str, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, issue: Issue) -> IssueView:
        if issue.code == NEAR:
            place = (issue.line, issue.column)
            return cls(issue.severity, issue.message, *place, choices=tuple(_choices(issue)))
        can_fix = issue.fix and issue.code != FIXED
        remedy = str(REMEDIES.get(issue.code, FIX)) if can_fix else ""
        patch = json.dumps(issue.fix) if can_fix else ""
        place = (issue.line, issue.column)
        wrong = _WRONG.search(issue.message) if issue.near else None
        names = (wrong[1], issue.near) if wrong else ("", ())
        return cls(issue.severity, issue.message, *place, remedy, patch, *names)


def _choices(issue: Issue) -> Iterator[tuple[str, str]]:
    """Yield the values that may be meant, each with the JSON Patch that takes it."""
    for value in issue.near:
        patch = issue.fix or [{"op": "replace", "path": issue.pointer, "value": value}]
        yield value, json.dumps(patch)


@dataclass(frozen=True, slots=True)
class Card:
    """A clause: what it does in words, its SQL, and its issues."""

    name: str
    label: str
    sql: str
    issues: tuple[IssueView, ...] = ()

    @property
    def is_wrong(self) -> bool:
        return any(issue.severity == "error" for issue in self.issues)

    @property
    def is_spare(self) -> bool:
        """Is it an empty clause that few queries need?"""
        return not (self.sql or self.issues or self.name in _ALWAYS)


def make_cards(clauses: Mapping[str, str], issues: Iterable[Issue]) -> tuple[Card, ...]:
    """Return the cards of a query, in the order in which it works. Without clauses there are none.

    Empty ones are there as well: a reader may fill them.
    """
    if not clauses:
        return ()
    return tuple(
        Card(
            name, str(label), clauses.get(name, ""), views(i for i in issues if _is_about(i, name))
        )
        for name, label in LABELS.items()
    )


def elsewhere(issues: Iterable[Issue], cards: tuple[Card, ...]) -> tuple[IssueView, ...]:
    """Return the issues that no card shows."""
    names = {card.name for card in cards}
    return views(i for i in issues if not any(_is_about(i, name) for name in names))


def views(issues: Iterable[Issue]) -> tuple[IssueView, ...]:
    return tuple(map(IssueView.of, issues))


def _is_about(issue: Issue, name: str) -> bool:
    parts = issue.pointer.split("/")[1:]
    clause = parts[1] if len(parts) > 1 and parts[0] == "query" else ""
    return clause == name or (clause == "joins" and name == "from")
