"""What the workflow's templates show: a query with its cards and SQL, and the models' work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from typing import TYPE_CHECKING, Any

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

from queryexpr.dialects.all import DIALECTS, TITLES
from queryexpr.gate.operations import Document, Schema
from workflow.page.cards import Card, IssueView, elsewhere, make_cards

if TYPE_CHECKING:
    from workflow.page.inquiry import InquiryAnswer
    from workflow.pipeline.outcomes import Attempt
    from workflow.pipeline.replies import Ambiguous
    from workflow.sources.source import Source

OUTCOMES = {
    "ok": "", "invalid": "No valid query came of it.",
    "ambiguous": "The question can be understood in several ways.",
    "unanswerable": "These tables cannot answer the question.",
    "model_error": "The model could not be asked.",
}  # fmt: skip
BASES = {
    "compared": "Two models wrote the same query.",
    "single": "One model wrote this query. Check that it is what you asked.",
    "demo": "A demonstration model wrote this query. Do not rely on it.",
}
NOT_VALID_YET = "That is not valid yet. The SQL comes back once it is."
MAX_HIGHLIGHTED = 20_000  # characters
_formatter = HtmlFormatter(nowrap=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """What the user edited, `clauses`, `ir`, `sql`, …, and the text that was typed.

    `behind`: the cards show the query as it was before the edit.
    """

    what: str
    text: str = ""
    behind: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class QueryView:
    """What `_query.html` shows of a query. `schema` is in `written`, the SQL in `dialect`.

    `source` is "model" or "compiled", `model` the model that wrote the SQL, and `basis` a sentence
    about the models that wrote the query. `values` are those that models were given, by column.
    `runs` is the data source on which the reader may run it.
    """

    schema: Schema
    dialect: str
    written: str
    message: str = ""
    ir: Document | None = None
    sql: str = ""
    explanation: tuple[str, ...] = ()
    cards: tuple[Card, ...] = ()
    issues: tuple[IssueView, ...] = ()  # that no card shows
    sql_issues: tuple[IssueView, ...] = ()
    ir_issues: tuple[IssueView, ...] = ()
    edited: Edited | None = None
    ambiguous: Ambiguous | None = None
    unanswerable: str = ""
    no_writer: str = ""
    dropped: tuple[str, ...] = ()
    source: str = ""
    model: str = ""
    basis: str = ""
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    runs: Source | None = None

    @property
    def state(self) -> dict[str, Any]:
        """What the page's script sends with an edit or a run."""
        return {"schema": self.schema, "ir": self.ir, "dialect": self.dialect,
                "written": self.written}  # fmt: skip

    @property
    def has_no_cards(self) -> bool:
        """Does it combine queries? Such a query has no clauses."""
        return "set" in ((self.ir or {}).get("query") or {})

    @property
    def highlighted(self) -> SafeString | str:
        return highlighted(self.sql, self.dialect) if self.sql else ""

    @property
    def ir_text(self) -> str:
        return json.dumps(self.ir, indent=1, ensure_ascii=False) if self.ir else ""

    @property
    def dialects(self) -> Mapping[str, str]:
        return TITLES


@dataclass(frozen=True, slots=True)
class ModelsView:
    """What `_models.html` shows: the replies of models, and how the model's SQL differs."""

    built: tuple[Attempt, ...]
    has_writer: bool
    written: tuple[Attempt, ...]
    diff: tuple[tuple[str, str], ...] = ()


def answer_view(answer: InquiryAnswer, schema: Schema, runs: Source | None) -> QueryView:
    """Return what the page shows of a new or stored answer."""
    final, written = answer.final, answer.written
    cards = make_cards(answer.clauses, final.issues)
    return QueryView(
        schema=schema,
        dialect=answer.dialect,
        written=answer.dialect,
        message=OUTCOMES[final.outcome],
        ir=final.ir,
        sql=answer.sql,
        explanation=final.explanation,
        cards=cards,
        issues=elsewhere(final.issues, cards),
        ambiguous=final.ambiguous,
        unanswerable=final.unanswerable or "",
        no_writer=answer.no_writer,
        dropped=answer.built.dropped,
        source=(written and written.source) or "",
        model=str((final.resolution or {}).get("id", "")),
        values={**answer.built.values, **(written.values if written else {})},
        basis=BASES.get(final.basis or "", "") if answer.sql else "",
        runs=runs,
    )


def models_view(answer: InquiryAnswer) -> ModelsView:
    """Return what the page shows of the models' work."""
    written = answer.written
    attempts = written.attempts if written else ()
    diff: tuple[tuple[str, str], ...] = ()
    if written and written.agreement == "different":
        diff = difference(written.compiled_sql or "", written.sql or "")
    return ModelsView(answer.built.attempts, bool(written and written.source), attempts, diff)


def highlighted(sql: str, dialect: str) -> SafeString:
    """Return SQL as HTML, with classes for its colours. Without a lexer it has none."""
    if len(sql) > MAX_HIGHLIGHTED:
        return escape(sql)
    try:
        lexer = get_lexer_by_name(DIALECTS[dialect].lexer)
    except ClassNotFound:  # the names are Pygments' own, and change
        return escape(sql)
    return mark_safe(highlight(sql, lexer, _formatter))  # noqa: S308 — pygments escapes


def difference(old: str, new: str) -> tuple[tuple[str, str], ...]:
    """Return the lines of two texts, each with "added", "removed" or "same"."""
    kinds = {"+": "added", "-": "removed", " ": "same"}
    lines = list(unified_diff(old.splitlines(), new.splitlines(), lineterm="", n=99))[3:]
    return tuple((kinds[line[0]], line[1:]) for line in lines if line[:1] in kinds)
