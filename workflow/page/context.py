"""What the workflow's templates show: a query with its cards and SQL, and the models' work."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.formats import number_format
from django.utils.translation import gettext, gettext_lazy

from queryexpr.dialects.all import TITLES
from queryexpr.gate.operations import Document, Schema
from workflow.page.cards import Card, IssueView, elsewhere, make_cards
from workflow.page.failure import title_of
from workflow.page.readings import ReadingsView, readings_view
from workflow.page.sql_html import difference, highlighted

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from workflow.answers import SQLAnswer
    from workflow.confirmed.cited import Confirmed
    from workflow.doubts.doubt import Doubt
    from workflow.meanings.cited import Cited
    from workflow.page.inquiry import InquiryAnswer
    from workflow.pipeline.outcomes import Attempt
    from workflow.pipeline.replies import Ambiguous
    from workflow.sources.source import Source

OUTCOMES = {
    "ok": "", "invalid": gettext_lazy("No valid query came of it."),
    "ambiguous": gettext_lazy("The question can be understood in several ways."),
    "unanswerable": gettext_lazy("These tables cannot answer the question."),
    "model_error": gettext_lazy("The model could not be asked."),
}  # fmt: skip
BASES = {
    "confirmed": gettext_lazy("A person confirmed this query for this question."),
    "compared": gettext_lazy("Two models wrote the same query."),
    "alike": gettext_lazy(
        "Two models wrote queries whose results did not differ in {worlds} small worlds. They may"
        " still be wrong."
    ),
    "single": gettext_lazy("One model wrote this query. Check that it is what you asked."),
    "demo": gettext_lazy(
        "{title} is a demonstration model: it rarely gets queries right. Do not rely on this one."
    ),
}
NOT_VALID_YET = gettext_lazy("This is not valid yet.")
# What an edited query does not have: whatever is said of the models' own.
NOT_THE_MODELS: dict[str, Any] = {
    "basis": "", "is_demo": False, "diff": (), "source": "", "model": "", "no_writer": "",
    "ambiguous": None, "unanswerable": "", "doubts": (), "confirmed": None,
}  # fmt: skip


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
    about the models that wrote the query; `is_demo`: it is a warning. `diff` has the lines in which
    the model's SQL differs from the query. `values` are those that models were given, by column;
    `meanings` are the measures and dimensions of the query.
    `confirmed` is the confirmation that it is of, and `may_confirm` whether the reader may confirm.
    `runs` is the data source on which the reader may run it, and `inquiry` where edits are kept.
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
    is_demo: bool = False
    doubts: tuple[Doubt | str, ...] = ()
    diff: tuple[tuple[str, str], ...] = ()
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: tuple[Cited, ...] = ()
    runs: Source | None = None
    inquiry: int | None = None
    is_edited: bool = False
    confirmed: Confirmed | None = None
    may_confirm: bool = False

    @property
    def state(self) -> dict[str, Any]:
        """What the page's script sends with an edit or a run."""
        return {"schema": self.schema, "ir": self.ir, "dialect": self.dialect,
                "written": self.written, "inquiry": self.inquiry}  # fmt: skip

    @property
    def runs_at_once(self) -> bool:
        """Is it run without a click, once it is asked?"""
        known = self.basis and not self.is_demo and not self.is_edited
        return bool(self.runs and self.runs.auto_run and known)

    @property
    def is_blank(self) -> bool:
        """Is it the beginning of a query that the reader writes?"""
        return self.edited is not None and not (self.ir or self.edited.text)

    @property
    def is_sql_open(self) -> bool:
        """Is its SQL written now, or to be fixed?"""
        return bool(self.sql_issues) or self.is_blank

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
    """What `_models.html` shows: the replies of models; `readings`, if they wrote two queries."""

    built: tuple[Attempt, ...]
    has_writer: bool
    written: tuple[Attempt, ...]
    readings: ReadingsView | None = None


def answer_view(
    answer: InquiryAnswer, schema: Schema, runs: Source | None, inquiry: int | None
) -> QueryView:
    """Return what the page shows of a new or stored answer, as the models gave it."""
    final, written = answer.final, answer.written
    cards = make_cards(answer.clauses, final.issues)
    return QueryView(
        schema=schema,
        dialect=answer.dialect,
        written=answer.dialect,
        message=str(OUTCOMES[final.outcome]),
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
        model=title_of(final.resolution),
        values={**answer.built.values, **(written.values if written else {})},
        meanings=final.meanings,
        confirmed=final.confirmed,
        basis=_basis(answer) if answer.sql else "",
        is_demo=final.basis == "demo",
        doubts=answer.shown_doubts,
        diff=_diff(written),
        runs=runs,
        inquiry=inquiry,
    )


def models_view(answer: InquiryAnswer) -> ModelsView:
    """Return what the page shows of the models' work."""
    written = answer.written
    attempts = written.attempts if written else ()
    has_writer = bool(written and written.source)
    return ModelsView(answer.built.attempts, has_writer, attempts, readings_view(answer))


def _basis(answer: InquiryAnswer) -> str:
    """Return a sentence about who wrote a query; compiled SQL is of who wrote its query."""
    written = answer.written if answer.written and answer.written.source == "model" else None
    author = title_of((written or answer.built).resolution)
    worlds = answer.written.worlds if answer.written else None
    basis = answer.final.basis or ""
    sentence = str(BASES.get("alike" if basis == "compared" and worlds else basis, ""))
    title = author or gettext("The model that wrote this")
    return sentence.format(title=title, worlds=number_format(worlds or 0, force_grouping=True))


def _diff(written: SQLAnswer | None) -> tuple[tuple[str, str], ...]:
    if not written or written.agreement != "different":
        return ()
    return difference(written.compiled_sql or "", written.sql or "")
