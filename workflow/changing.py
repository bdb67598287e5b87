"""A query that a question changes, as "only 2024" does: what a model gets of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from core.errors import PortalError
from queryexpr.gate.operations import check_ir
from queryexpr.issues import errors
from workflow.pipeline.examples import unmarked
from workflow.sandbox import sandbox
from workflow.subject import as_tables

if TYPE_CHECKING:
    from core.access import Access
    from queryexpr.gate.operations import Document, Judgement
    from workflow.subject import SchemaSubject

HEAD = (
    "-- The query so far. The question says what to change in it: keep the rest, and answer with"
    " the whole query."
)


async def to_change(access: Access, subject: SchemaSubject) -> tuple[Access, SchemaSubject]:
    """Return what a request to change a query may use, and its subject for every dialect.

    The query may hold a value of a row that only local models may see.
    """
    access = access.limited(local_only=subject.has_local_values)
    return access, await as_tables(subject)


async def remark(
    ir: Document | None, subject: SchemaSubject, dialect: str, *, sql: bool, room: int
) -> str:
    """Return what a prompt says of the query so far: as SQL of `dialect`, or as it is.

    Raises PortalError `invalid_request` if it is not valid, or longer than `room` characters.
    """
    if ir is None:
        return ""
    judgement = await sandbox.run(check_ir(ir, dialect, subject.schema))
    if not judgement.valid:
        message = f"The query cannot be changed in words: {errors(judgement.issues)[0].message}"
        raise PortalError("invalid_request", message, param="ir")
    text = (judgement.sql or "") if sql else json.dumps(ir, ensure_ascii=False)
    if len(text) > room:
        message = "The query is too long for this model. Choose a model with a larger context."
        raise PortalError("invalid_request", message, param="ir")
    return f"{HEAD}\n{unmarked(text)}"


async def is_unchanged(ir: Document, changed: Judgement, subject: SchemaSubject) -> bool:
    """Is a model's query the one that it was to change?"""
    if not changed.valid:
        return False
    before = await sandbox.run(check_ir(ir, subject.dialect, subject.schema))
    return before.sql == changed.sql
