"""The same question gets the query that was confirmed for it, without asking a model."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import Error

from core.database.threads import in_time
from workflow.confirmed.cited import Confirmed, cited
from workflow.confirmed.normal import digest_of, normalised
from workflow.confirming.fresh import check, tables_of

if TYPE_CHECKING:
    from queryexpr.gate.operations import Judgement
    from workflow.models import Confirmation
    from workflow.subject import SchemaSubject


@dataclass(frozen=True, slots=True)
class Answered:
    """A query that a person confirmed, as the gate has written it now."""

    judgement: Judgement
    confirmed: Confirmed


async def answered(question: str, subject: SchemaSubject) -> Answered | None:
    """Return the confirmed query of a question; None without one, or if it is stale."""
    row = await _row(question, subject)
    if row is None or subject.confirmed is None:
        return None
    checked = await check(row, subject, await tables_of(subject))
    if checked.stale:
        return None
    return Answered(checked.judgement, cited(row, named=subject.confirmed.names(row)))


async def _row(question: str, subject: SchemaSubject) -> Confirmation | None:
    if subject.confirmed is None or not normalised(question):
        return None
    rows = subject.confirmed.current.filter(digest=digest_of(question)).defer("vector")
    with suppress(Error):  # without the portal's database, a model is asked
        return await in_time(rows.afirst())
    return None
