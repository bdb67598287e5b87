"""
POST /workflow/edit: an edited clause, query or SQL, or another dialect → `{"html", "valid"}`.

What is not valid is shown as it was typed, with what is wrong next to it; the other parts stay as
they were before.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from core.errors import PortalError
from core.http.body import check_types
from workflow import bodies
from workflow.page import fragments as parts
from workflow.pipeline.fixes import add
from workflow.pipeline.outcomes import error
from workflow.sandbox import sandbox
from workflow.subject import Subject, check_schema, read_dialect, read_subject

if TYPE_CHECKING:
    from core.auth import Principal
    from core.http.exchange import Exchange

Text = Annotated[str, msgspec.Meta(max_length=64 * 1024)]
Judged = dict[str, Any]
EMPTY = error("empty", "Write a query: it begins with SELECT or WITH.")


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """An edit of what the page shows. `what` tells which of the others it is.

    `ir` is the query as it was before, `dialect` the one in which it is shown, and `written` the
    one of the schema. `fix` is a JSON Patch of the query, as issues have them.
    """

    what: Literal["clauses", "ir", "sql", "dialect", "fix"]
    schema: bodies.Schema
    dialect: str
    written: str | None = None
    target: str | None = None
    ir: dict[str, Any] | None = None
    clauses: dict[str, Text] | None = None
    text: Text | None = None
    fix: list[dict[str, Any]] | None = None


async def edit(exchange: Exchange) -> None:
    """Judge what somebody changed, and show it anew: every part follows."""
    body = check_types(await exchange.json(), Edit)
    subject = await _subject(body, exchange.principal)
    target = read_dialect(body.target) if body.target else subject.dialect
    judged = await _judge(body, subject, target)
    valid = judged.get("valid", False)
    ir = judged.get("ir") or body.ir
    answer = {
        **judged, "issues": judged.get("refused") or judged.get("issues", []), "ir": ir,
        "outcome": "ok" if valid else "invalid", "dialect": target, "edited": body.what,
        "text": body.text or "", "behind": judged.get("ir") is None,
        "written": body.written or body.dialect,
    }  # fmt: skip
    if body.what == "clauses" and not valid:
        answer["clauses"], answer["behind"] = body.clauses, False
    else:
        answer["clauses"] = await parts.clauses_of(ir, target, subject)
    html = await parts.answer_html("_query", answer, body.schema, subject, exchange.principal)
    await exchange.answer({"html": html, "valid": valid})


async def _subject(body: Edit, principal: Principal) -> Subject:
    """Return what the query is about. CREATE TABLE statements are read in their own dialect."""
    shown, written = read_dialect(body.dialect), read_dialect(body.written or body.dialect)
    subject = await read_subject(body.schema, written, principal)
    others = {shown, read_dialect(body.target or shown)} - {written}
    if isinstance(subject.schema, str) and others:
        tables = (await check_schema(subject))["tables"]
        return replace(subject, schema={"tables": tables}, dialect=shown)
    return replace(subject, dialect=shown)


async def _judge(body: Edit, subject: Subject, target: str) -> Judged:
    common = {"target": target, "schema": subject.schema}
    if body.what == "clauses":
        return await sandbox.run("compose", {"clauses": body.clauses or {}, **common})
    if body.what == "sql":
        if not (body.text or "").strip():
            return {"issues": [EMPTY]}
        given = {"sql": body.text, "source": subject.dialect, **common}
        return await sandbox.run("sql", given)
    try:
        document = _document(body)
    except ValueError as problem:
        return {"issues": [error("shape", str(problem))]}
    return await sandbox.run("ir", {"ir": document, **common})


def _document(body: Edit) -> Any:
    """Return the query expression that is meant. Raises ValueError with words for people."""
    if body.what == "fix":
        return _mended(body.ir or {}, body.fix or [])
    if body.what == "dialect":
        return body.ir
    try:
        return json.loads(body.text or "")
    except json.JSONDecodeError as problem:
        place = f"line {problem.lineno}, column {problem.colno}"
        raise ValueError(f"This is not JSON: mend it at {place}.") from None
    except RecursionError:
        raise ValueError("This JSON is nested too deep.") from None


def _mended(ir: dict[str, Any], fix: list[dict[str, Any]]) -> dict[str, Any]:
    document = deepcopy(ir)
    try:
        for operation in fix:
            add(document, operation["path"], operation["value"])
    except (LookupError, TypeError, ValueError, AttributeError):
        message = "This does not fit the query any more. Mend it by hand."
        raise PortalError("invalid_request", message, param="fix") from None
    return document
