"""
What the workflow's page asks for while people wait or edit: HTML in JSON, or in events.

    POST /workflow/ask     a question → events with progress, then `{"html", "inquiry"}`
    POST /workflow/edit    an edited clause, query or SQL, or another dialect → `{"html"}`
    POST /workflow/schema  a schema → `{"tables", "issues"}`
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from django.template.loader import render_to_string

from registry.errors import PortalError
from registry.http import check_types
from registry.sse import EventStream
from workflow import bodies, show
from workflow.asking import build_ir, write_sql
from workflow.gate.sandbox import sandbox
from workflow.models import Inquiry
from workflow.running import may_run
from workflow.schemas import Subject, read_dialect, read_subject

if TYPE_CHECKING:
    from registry.auth import Principal
    from registry.exchange import Exchange

Text = Annotated[str, msgspec.Meta(max_length=64 * 1024)]


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """A question of the page."""

    question: bodies.Question
    schema: bodies.Schema
    dialect: str
    chat: bodies.ID | None = None
    sql: bodies.ID | None = None


class Edit(msgspec.Struct, forbid_unknown_fields=True):
    """An edit of what the page shows. `what` tells which of the others it is."""

    what: Literal["clauses", "ir", "sql", "dialect"]
    schema: bodies.Schema
    dialect: str
    target: str | None = None
    ir: dict[str, Any] | None = None
    clauses: dict[str, Text] | None = None
    text: Text | None = None


class Look(msgspec.Struct, forbid_unknown_fields=True):
    """A schema to be looked at."""

    schema: bodies.Schema
    dialect: str


async def ask(exchange: Exchange) -> None:
    """Ask for a query expression, then for SQL; tell each step, and keep the answer."""
    body = check_types(await exchange.json(), Ask)
    subject = await read_subject(body.schema, body.dialect, exchange.principal)
    async with EventStream(exchange, {}) as stream:

        async def tell(news: dict[str, Any]) -> None:
            await stream.write(_event({"progress": news}))

        answer = await _answer(body, subject, exchange, tell)
        inquiry = await _keep(body, answer, exchange.principal)
        html = await _html(answer, body.schema, subject, exchange)
        await stream.write(_event({"html": html, "inquiry": inquiry.pk}))
        await stream.end()


async def _answer(body: Ask, subject: Subject, exchange: Exchange, tell: Any) -> dict[str, Any]:
    """Return the answer of both models: the second is asked only if the first has a query."""
    who, call = exchange.principal, exchange.call

    async def tell_of(role: str, news: dict[str, Any]) -> None:
        await tell({"role": role, **news})

    wanted = bodies.BuildIR(body.question, model=body.chat)
    built = await build_ir(wanted, subject, who, call,
                           lambda news: tell_of("chat", news))  # fmt: skip
    first = {**built, "dialect": subject.dialect, "question": body.question,
             "sql": (built["sql_preview"] or {}).get("sql"), "built": built}  # fmt: skip
    if not built["valid"]:
        return first
    try:
        both = bodies.WriteSQL(body.question, built["ir"], model=body.sql)
        written = await write_sql(both, subject, who, call,
                                  lambda news: tell_of("sql", news))  # fmt: skip
    except PortalError as error:  # no SQL model, or none that may be used: the compiled one stays
        return {**first, "no_writer": error.message}
    return {**written, "question": body.question, "built": built, "dropped": built["dropped"]}


async def _keep(body: Ask, answer: dict[str, Any], principal: Principal) -> Inquiry:
    source = body.schema.get("source", "") if isinstance(body.schema, dict) else ""
    return await Inquiry.objects.acreate(
        user=principal.user, question=body.question, dialect=answer["dialect"], source=source,
        schema=body.schema if isinstance(body.schema, str) else "",
        outcome=answer["outcome"], answer=answer,
    )  # fmt: skip


async def edit(exchange: Exchange) -> None:
    """Judge what somebody changed, and show it anew: every part follows."""
    body = check_types(await exchange.json(), Edit)
    subject = await read_subject(body.schema, body.dialect, exchange.principal)
    target = read_dialect(body.target) if body.target else subject.dialect
    name, arguments = _to_judge(body, subject, target)
    judged = await sandbox.run(name, arguments)
    issues = judged.get("refused") or judged.get("issues", [])
    answer = {
        **judged, "issues": issues, "outcome": "ok" if judged.get("valid") else "invalid",
        "dialect": target, "edited": True, "text": body.text or "", "given": body.clauses or {},
    }  # fmt: skip
    html = await _html(answer, body.schema, subject, exchange)
    await exchange.answer({"html": html, "valid": judged.get("valid", False)})


def _to_judge(body: Edit, subject: Subject, target: str) -> tuple[str, dict[str, Any]]:
    """Return the operation of the engine that an edit needs."""
    common = {"target": target, "schema": subject.schema}
    if body.what == "clauses":
        return "compose", {"clauses": body.clauses or {}, **common}
    if body.what == "sql":
        return "sql", {"sql": body.text or "", "source": subject.dialect, **common}
    if body.what == "dialect":
        return "ir", {"ir": body.ir, **common}
    try:
        document = json.loads(body.text or "")
    except (ValueError, RecursionError):
        raise PortalError("invalid_request", "This is not JSON.", param="text") from None
    return "ir", {"ir": document, **common}


async def _html(answer: dict[str, Any], schema: Any, subject: Subject, exchange: Exchange) -> str:
    """Return `_result.html`; what was edited stays as it was typed while it is not valid."""
    clauses: dict[str, str] = answer.get("given") or {}
    if answer.get("ir") and answer.get("outcome") == "ok":
        arguments = {"ir": answer["ir"], "target": answer["dialect"], "schema": subject.schema}
        clauses = (await sandbox.run("clauses", arguments)).get("clauses", {})
    shown = show.context(answer, clauses, {"schema": schema})
    shown["runs"] = subject.source if await may_run(subject.source, exchange) else ""
    return render_to_string("workflow/_result.html", shown)[:]  # a plain str, for msgspec


async def schema(exchange: Exchange) -> None:
    """Tell what a schema has, and what is wrong with it: it is being typed."""
    body = check_types(await exchange.json(), Look)
    given, dialect = body.schema, read_dialect(body.dialect)
    if isinstance(given, dict):
        given = (await read_subject(given, dialect, exchange.principal)).schema
    found = await sandbox.run("schema", {"schema": given, "dialect": dialect})
    tables = [
        {"name": table["name"], "columns": [column["name"] for column in table["columns"]]}
        for table in found.get("tables", [])
    ]
    issues = found.get("refused") or found.get("issues", [])
    await exchange.answer({"tables": tables, "issues": issues})


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + msgspec.json.encode(value) + b"\n\n"
