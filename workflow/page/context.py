"""What the workflow's pages show of an answer: clauses as cards, SQL in colours, what differs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from queryexpr.dialects.all import DIALECTS, TITLES

LABELS = {
    "with": "First make", "from": "Take the rows of", "where": "Keep those where",
    "group_by": "Put together by", "having": "Keep groups where", "select": "Show",
    "order_by": "Sort by", "limit": "At most this many rows", "offset": "Leave out the first",
}  # fmt: skip
OUTCOMES = {
    "ok": "", "invalid": "No valid query came of it.",
    "ambiguous": "The question can be understood in several ways.",
    "unanswerable": "These tables cannot answer the question.",
    "model_error": "The model could not be asked.",
}  # fmt: skip
UNMENDED = "That is not valid yet. The SQL comes back once it is."
REMEDIES = {"group_by": "Add to GROUP BY"}
_ALWAYS = {"from", "where", "select", "order_by", "limit"}  # shown even if empty
_formatter = HtmlFormatter(nowrap=True)
Issues = list[dict[str, Any]]


@dataclass(slots=True)
class Card:
    """A clause: what it does in words, its SQL, and what is wrong there."""

    name: str
    label: str
    sql: str
    issues: Issues = field(default_factory=list)

    @property
    def is_wrong(self) -> bool:
        return any(issue["severity"] == "error" for issue in self.issues)

    @property
    def is_spare(self) -> bool:
        """Is it an empty clause that few queries need?"""
        return not (self.sql or self.issues or self.name in _ALWAYS)


def cards(clauses: dict[str, str], issues: Issues) -> list[Card]:
    """Return the cards of a query, in the order in which it works. Without clauses there are none.

    Empty ones are there as well: somebody may fill them.
    """
    if not clauses:
        return []
    return [
        Card(name, label, clauses.get(name, ""), [i for i in issues if _is_about(i, name)])
        for name, label in LABELS.items()
    ]


def elsewhere(issues: Issues, shown: list[Card]) -> Issues:
    """Return the issues that no card shows."""
    return [issue for issue in issues if all(issue not in card.issues for card in shown)]


def _is_about(issue: dict[str, Any], name: str) -> bool:
    parts = issue.get("pointer", "").split("/")[1:]
    clause = parts[1] if len(parts) > 1 and parts[0] == "query" else ""
    return clause == name or (clause == "joins" and name == "from")


def coloured(sql: str, dialect: str) -> SafeString:
    """Return SQL as HTML, with classes for its colours. Without a lexer it has none."""
    if len(sql) > 20_000:
        return escape(sql)
    try:
        lexer = get_lexer_by_name(DIALECTS[dialect].lexer)
    except ClassNotFound:  # the names are Pygments' own, and change
        return escape(sql)
    return mark_safe(highlight(sql, lexer, _formatter))  # noqa: S308 — pygments escapes


def difference(one: str, other: str) -> list[tuple[str, str]]:
    """Return the lines of two texts, each with "added", "removed" or "same"."""
    kinds = {"+": "added", "-": "removed", " ": "same"}
    lines = list(unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=99))[3:]
    return [(kinds[line[0]], line[1:]) for line in lines if line[:1] in kinds]


def context(answer: dict[str, Any], schema: Any, runs: Any = None) -> dict[str, Any]:
    """Return what `_result.html` and `_query.html` need of an answer.

    `answer` is what a page asked and got: `ir`, `sql`, `dialect`, `issues`, `outcome`, `clauses`,
    … `runs` is the data source that the reader may run it on.
    """
    sql = answer.get("sql") or ""
    ir = answer.get("ir")
    return {
        **answer,
        "said": _said(answer),
        **_issues(answer),
        "no_cards": "set" in ((ir or {}).get("query") or {}),
        "coloured": coloured(sql, answer["dialect"]) if sql else "",
        "dialects": TITLES,
        "ir_text": json.dumps(ir, indent=1, ensure_ascii=False) if ir else "",
        "diff": _diff(answer),
        "runs": runs,
        "state": {"schema": schema, "ir": ir, "dialect": answer["dialect"],
                  "written": answer.get("written", answer["dialect"])},
    }  # fmt: skip


def _said(answer: dict[str, Any]) -> str:
    if answer.get("edited"):
        return "" if answer["outcome"] == "ok" else UNMENDED
    return OUTCOMES.get(answer.get("outcome", ""), "")


def _issues(answer: dict[str, Any]) -> dict[str, Any]:
    """Return the cards, and the issues of each other place: those of a text stand next to it."""
    issues = [_with_remedy(issue) for issue in answer.get("issues") or []]
    clauses = answer.get("clauses") or {}
    if answer.get("edited") in ("sql", "ir") and answer["outcome"] != "ok":
        return {"cards": cards(clauses, []), f"{answer['edited']}_issues": issues}
    shown = cards(clauses, issues)
    return {"cards": shown, "others": elsewhere(issues, shown)}


def _with_remedy(issue: dict[str, Any]) -> dict[str, Any]:
    """Return an issue with what a button needs that mends it; what is mended already has none."""
    if not issue.get("fix") or issue["code"] == "mended":
        return issue
    return {**issue, "remedy": REMEDIES.get(issue["code"], "Mend it"),
            "patch": json.dumps(issue["fix"])}  # fmt: skip


def _diff(answer: dict[str, Any]) -> list[tuple[str, str]]:
    if answer.get("agreement") != "different":
        return []
    return difference(answer.get("compiled_sql") or "", answer.get("sql") or "")
