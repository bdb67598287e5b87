"""The answers that a confirmed query is: no model was asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from workflow.answers import IRAnswer, Preview, SQLAnswer, Timing
from workflow.meanings.cited import cited

if TYPE_CHECKING:
    from workflow.confirming.answered import Answered
    from workflow.subject import SchemaSubject


def of_ir(answered: Answered, subject: SchemaSubject, seconds: float) -> IRAnswer:
    """Return the answer of /v1/ir/build."""
    preview = Preview(subject.dialect, answered.judgement.sql or "")
    return IRAnswer(**_common(answered, subject, seconds), sql_preview=preview)


def of_sql(answered: Answered, subject: SchemaSubject, seconds: float) -> SQLAnswer:
    """Return the answer of /v1/sql."""
    judgement = answered.judgement
    return SQLAnswer(
        **_common(answered, subject, seconds),
        sql=judgement.sql,
        dialect=subject.dialect,
        source="compiled",
        compiled_sql=judgement.sql,
        tables=judgement.tables,
        columns=judgement.columns,
        binding=judgement.binding,
    )


def _common(answered: Answered, subject: SchemaSubject, seconds: float) -> dict[str, Any]:
    judgement = answered.judgement
    return {
        "ir": judgement.ir,
        "valid": True,
        "issues": judgement.issues,
        "explanation": judgement.explanation,
        "outcome": "ok",
        "basis": "confirmed",
        "schema_issues": subject.issues,
        "meanings": cited(judgement.meanings, subject.meanings),
        "confirmed": answered.confirmed,
        "timing": Timing(round(seconds * 1000)),
    }
