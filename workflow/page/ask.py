"""
What the workflow's page asks for while people wait: HTML in events.

    POST /workflow/ask     a question → events with progress, then `{"html", "inquiry", "list"}`
    POST /workflow/schema  a schema → `{"tables", "issues"}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import PortalError
from core.http.body import check_types
from core.http.sse import EventStream
from workflow import bodies
from workflow.models import Inquiry
from workflow.page import fragments as parts
from workflow.sandbox import sandbox
from workflow.service import build_ir, write_sql
from workflow.subject import Subject, read_dialect, read_subject

if TYPE_CHECKING:
    from core.auth import Principal
    from core.http.exchange import Exchange


class Ask(msgspec.Struct, forbid_unknown_fields=True):
    """A question of the page."""

    question: bodies.Question
    schema: bodies.Schema
    dialect: str
    chat: bodies.ID | None = None
    sql: bodies.ID | None = None


class Look(msgspec.Struct, forbid_unknown_fields=True):
    """A schema to be looked at."""

    schema: bodies.Schema
    dialect: str


async def ask(exchange: Exchange) -> None:
    """Ask for a query expression, then for SQL; tell each step, and keep the answer."""
    body = check_types(await exchange.json(), Ask)
    who = exchange.principal
    subject = await read_subject(body.schema, body.dialect, who)
    async with EventStream(exchange, {}) as stream:

        async def tell(news: dict[str, Any]) -> None:
            await stream.write(_event({"progress": news}))

        answer = await _answer(body, subject, exchange, tell)
        answer["clauses"] = await parts.clauses_of(answer["ir"], answer["dialect"], subject)
        kept = (await _keep(body, answer, who)).pk
        html = await parts.answer_html("_result", answer, body.schema, subject, who)
        news = {"html": html, "inquiry": kept, "list": await parts.list_html(who, kept)}
        await stream.write(_event(news))
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
