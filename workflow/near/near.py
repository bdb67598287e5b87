"""A judgement with what rows have in place of the query's texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from workflow.near.issues import without_values

if TYPE_CHECKING:
    from queryexpr.gate.operations import Judgement
    from workflow.subject import SchemaSubject


async def with_near(judgement: Judgement, subject: SchemaSubject) -> Judgement:
    """Return the judgement with warnings about its texts, if the caller may ask for the rows."""
    if subject.near is None or not judgement.valid:
        return judgement
    known = without_values(judgement.issues)
    return replace(judgement, issues=(*known, *await subject.near(judgement)))
