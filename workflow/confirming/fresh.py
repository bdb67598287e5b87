"""Which confirmations still hold: what they use is unchanged, and the gate takes the query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from queryexpr.gate.operations import check_ir, read_schema
from queryexpr.issues import errors
from workflow.confirmed.change import Change
from workflow.confirmed.parts import changes
from workflow.sandbox import sandbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from queryexpr.gate.operations import Document, Judgement
    from workflow.models import Confirmation
    from workflow.subject import SchemaSubject


class Checked(NamedTuple):
    """A kept query as the gate judges it now, and why it is stale; empty if it is not."""

    judgement: Judgement
    stale: tuple[Change, ...] = ()


async def tables_of(subject: SchemaSubject) -> Sequence[Document]:
    """Return the tables of a subject, with the columns that may be asked about."""
    schema: Any = subject.schema
    if isinstance(schema, dict):
        tables: Sequence[Document] = schema["tables"]
        return tables
    return (await sandbox.run(read_schema(schema, subject.dialect))).tables


async def check(row: Confirmation, subject: SchemaSubject, tables: Sequence[Document]) -> Checked:
    """Judge a kept query again. Only one that is valid and not stale may be used."""
    judgement = await sandbox.run(check_ir(row.ir, subject.dialect, subject.schema))
    if stale := changes(row.parts, tables, subject.meanings):
        return Checked(judgement, stale)
    if not judgement.valid:
        return Checked(judgement, (Change("gate", _reason(judgement)),))
    refusal = await subject.database(judgement) if subject.database else ""
    return Checked(judgement, (Change("gate", refusal),) if refusal else ())


def _reason(judgement: Judgement) -> str:
    return next((issue.message for issue in errors(judgement.issues)), "")
