"""The confirmed questions about a subject, each with why it is stale if it is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from core.database.threads import in_threads
from workflow.confirmed.change import Change
from workflow.confirmed.parts import changes
from workflow.confirming.fresh import check, tables_of
from workflow.models import Confirmation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from queryexpr.gate.operations import Document
    from workflow.confirmed.lookup import Lookup
    from workflow.subject import SchemaSubject

MAX_ENDED = 100
MAX_JUDGED = 50  # the newest, which the gate judges again; of others only parts are compared


@dataclass(frozen=True, slots=True)
class Listed:
    """A confirmation, for a reader: `by` and `ended_by` are empty for who may not see people."""

    row: Confirmation
    by: str
    ended_by: str
    stale: tuple[Change, ...]

    def as_json(self) -> dict[str, Any]:
        row = self.row
        return {
            "id": row.pk,
            "question": row.question,
            "sql": row.sql,
            "ir": row.ir,
            "at": row.at.isoformat(),
            "by": self.by,
            "stays_inside": row.local_only,
            "stale": [str(change) for change in self.stale],
            "ended": row.ended and row.ended.isoformat(),
            "ended_by": self.ended_by,
            "replaced": row.replaced,
        }


async def listed(
    subject: SchemaSubject, lookup: Lookup | None, *, ended: bool = False
) -> list[Listed]:
    """Return the confirmations of a subject, the newest first; with `ended` earlier ones too.

    Raises PortalError if the schema cannot be read.
    """
    if lookup is None:
        return []
    tables = await tables_of(subject)
    alone = replace(subject, database=None)
    current = [
        _listed(row, lookup, await _stale(row, alone, tables, number < MAX_JUDGED))
        for number, row in enumerate(await _current(lookup))
    ]
    return [*current, *(_listed(row, lookup) for row in (await _ended(lookup) if ended else ()))]


async def _stale(
    row: Confirmation, subject: SchemaSubject, tables: Sequence[Document], is_judged: bool
) -> tuple[Change, ...]:
    if is_judged:
        return (await check(row, subject, tables)).stale
    return changes(row.parts, tables, subject.meanings)


def _listed(row: Confirmation, lookup: Lookup, stale: tuple[Change, ...] = ()) -> Listed:
    by = row.username if lookup.names(row) else ""
    ended_by = row.ended_by if lookup.sees_people or row.ended_by == by else ""
    return Listed(row, by, ended_by, stale)


@in_threads
def _current(lookup: Lookup) -> list[Confirmation]:
    return [*lookup.current.defer("vector")]


@in_threads
def _ended(lookup: Lookup) -> list[Confirmation]:
    rows = lookup.rows.exclude(ended=None)
    return [*rows.defer("vector").order_by("-ended", "-pk")[:MAX_ENDED]]
