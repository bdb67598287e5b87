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

from workflow.query.names import TITLES

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
_ALWAYS = {"from", "where", "select", "order_by", "limit"}  # shown even if empty
_LEXERS = {"postgres": "postgres", "mysql": "mysql", "tsql": "tsql", "bigquery": "googlesql"}
_formatter = HtmlFormatter(nowrap=True)


@dataclass(slots=True)
class Card:
    """A clause: what it does in words, its SQL, and what is wrong there."""

    name: str
    label: str
    sql: str
    issues: list[dict[str, Any]] = field(default_factory=list)


def cards(clauses: dict[str, str], issues: list[dict[str, Any]]) -> list[Card]:
    """Return the cards of a query, in the order in which it works."""
    shown = [
        Card(name, label, clauses[name])
        for name, label in LABELS.items()
        if clauses.get(name) or (clauses and name in _ALWAYS)
    ]
    for card in shown:
        card.issues = [issue for issue in issues if _is_about(issue, card.name)]
    return shown


def elsewhere(issues: list[dict[str, Any]], shown: list[Card]) -> list[dict[str, Any]]:
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
        lexer = get_lexer_by_name(_LEXERS.get(dialect, "sql"))
    except ClassNotFound:  # the names are Pygments' own, and change
        return escape(sql)
    return mark_safe(highlight(sql, lexer, _formatter))  # noqa: S308 — pygments escapes


def difference(one: str, other: str) -> list[tuple[str, str]]:
    """Return the lines of two texts, each with "added", "removed" or "same"."""
    kinds = {"+": "added", "-": "removed", " ": "same"}
    lines = list(unified_diff(one.splitlines(), other.splitlines(), lineterm="", n=99))[3:]
    return [(kinds[line[0]], line[1:]) for line in lines if line[:1] in kinds]


def context(answer: dict[str, Any], clauses: dict[str, str], subject: dict[str, Any]) -> Any:
    """Return what `_result.html` needs of an answer.

    `answer` is what a page asked and got: `ir`, `sql`, `dialect`, `issues`, `outcome`, …
    """
    issues = answer.get("issues") or []
    shown = cards(clauses, issues)
    sql = answer.get("sql") or ""
    compiled = answer.get("compiled_sql") or ""
    ir = answer.get("ir")
    return {
        **answer,
        "subject": subject,
        "said": OUTCOMES.get(answer.get("outcome", ""), ""),
        "cards": shown,
        "others": elsewhere(issues, shown),
        "coloured": coloured(sql, answer["dialect"]) if sql else "",
        "dialects": TITLES,
        "ir_text": json.dumps(ir, indent=1, ensure_ascii=False) if ir else "",
        "diff": difference(compiled, sql) if answer.get("agreement") == "different" else [],
        "state": {**subject, "ir": ir, "dialect": answer["dialect"]},
    }
