"""
The answers of /v1/ir/build and /v1/sql. Their fields are the keys of the JSON.

`as_json` writes them, for the API and for an Inquiry; msgspec reads them back.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Self

from queryexpr.gate.operations import Document
from queryexpr.issues import Issue
from registry.entities import Resolution
from workflow.basis import Basis
from workflow.confirmed.cited import Confirmed
from workflow.doubts.doubt import Doubt
from workflow.meanings.cited import Cited
from workflow.pipeline.outcomes import Attempt, Outcome, Result
from workflow.pipeline.replies import Ambiguous, Unanswerable
from workflow.pipeline.write import Agreed, Origin
from workflow.readings.readings import Readings


@dataclass(frozen=True, slots=True)
class Timing:
    total_ms: int


@dataclass(frozen=True, slots=True)
class Preview:
    dialect: str
    sql: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What both routes answer: a judged query, and how the model came to it.

    Without a model `resolution` is None. `attempts` are its replies, the last one last. `basis` is
    None if no model is known to have written the query. `values` are those of a source's rows that
    the model was given, by column. `schema_issues` are about the schema of the request: what was
    ignored of it, with its place there. `meanings` are the measures and dimensions of the query,
    and `doubts` the reasons to doubt that it answers the question. `confirmed` is the confirmation
    that a query is of, for which no model was asked.
    """

    ir: Document | None = None
    valid: bool = False
    issues: tuple[Issue, ...] = ()
    explanation: tuple[str, ...] = ()
    outcome: Outcome = "invalid"
    basis: Basis | None = None
    ambiguous: Ambiguous | None = None
    unanswerable: str | None = None
    attempts: tuple[Attempt, ...] = ()
    dropped: tuple[str, ...] = ()
    schema_issues: tuple[Issue, ...] = ()
    values: dict[str, tuple[str, ...]] = field(default_factory=dict)
    meanings: tuple[Cited, ...] = ()
    confirmed: Confirmed | None = None
    doubts: tuple[Doubt, ...] = ()
    usage: dict[str, int] | None = None
    timing: Timing | None = None
    resolution: dict[str, Any] | None = None

    @classmethod
    def of(cls, result: Result, resolution: Resolution | None, seconds: float, **own: Any) -> Self:
        """Return the answer that a policy's result is. `own` are the fields of the subclass."""
        judgement, declined = result.judgement, result.declined
        return cls(
            ir=judgement.ir,
            valid=result.valid,
            issues=judgement.issues,
            explanation=judgement.explanation,
            outcome=result.outcome,
            ambiguous=declined if isinstance(declined, Ambiguous) else None,
            unanswerable=declined.reason if isinstance(declined, Unanswerable) else None,
            attempts=tuple(result.attempts),
            dropped=result.dropped,
            usage=result.usage or None,
            timing=Timing(round(seconds * 1000)),
            resolution=resolution.as_dict() if resolution else None,
            **own,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class IRAnswer(Answer):
    """The query expression of a question. `sql_preview` is the SQL that it compiles to."""

    sql_preview: Preview | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SQLAnswer(Answer):
    """The SQL of a question, or of a query expression; `compiled_sql` is that of the latter.

    Where they are different queries, `readings` has the small world that tells them apart, if one
    was found, and `worlds` how many were tried.
    """

    sql: str | None = None
    dialect: str = ""
    source: Origin | None = None
    agreement: Agreed = "n/a"
    compiled_sql: str | None = None
    tables: tuple[str, ...] = ()
    columns: tuple[str, ...] | None = None
    binding: str = ""
    readings: Readings | None = None
    worlds: int | None = None
