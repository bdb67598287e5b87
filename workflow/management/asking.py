"""manage.py sql ask: a question → a model's query and its SQL, in this process or by the portal."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError

from core.access import Access
from core.errors import PortalError
from core.http.call import Call
from core.http.hosts import base_url
from core.ids import new_id
from queryexpr.gate.operations import as_json
from registry.management import portal_client
from registry.providers.http import connections
from registry.state.service import service
from workflow.answers import IRAnswer
from workflow.bodies import BuildIR
from workflow.confirmed.lookup import Lookup
from workflow.pipeline.steps import Progress
from workflow.sandbox import sandbox
from workflow.service import build_ir
from workflow.subject import SchemaSubject, read_subject

REJECTED, USAGE = 1, 2
MAX_SECONDS = 600.0  # for an answer: a small machine's model is slow
PRINTED = ("outcome", "unanswerable", "ir", "valid", "basis", "confirmed", "doubts", "meanings",
           "issues", "explanation", "sql_preview")  # fmt: skip
NO_TABLES = "Name a file with --schema, or a data source with --source."
Print = Callable[[str], Any]


def add_arguments(command: Any) -> None:
    command.add_argument("--source", default="", help="A data source, in place of a schema.")
    command.add_argument("question")
    command.add_argument("--model", default="", help="A model's ID; the default otherwise.")
    command.add_argument(
        "--url",
        default=base_url(settings.HOST, settings.PORT),
        help="Where the portal listens: it asks, if only it has the model's key.",
    )


def run(options: dict[str, Any], dialect: str, schema: str | None, out: Print, err: Print) -> None:
    """Ask, and print the answer. Raises CommandError; exits with 1 if no query is valid."""
    if bool(options["source"]) == bool(schema):
        raise CommandError(NO_TABLES, returncode=USAGE)
    service.ensure_loaded()
    asked = _Asked(options["question"], options["model"], options["source"], schema or "", dialect)
    try:
        answer = as_json(asyncio.run(_build(asked, err)))
    except PortalError as error:
        if not _needs_portal(error):
            raise CommandError(error.message, returncode=REJECTED) from None
        answer = _from_portal(asked, options["url"].rstrip("/"), err)
    model = (answer.get("resolution") or {}).get("id")
    printed = {"model": model, **{key: answer.get(key) for key in PRINTED}}
    out(json.dumps(printed, indent=2, ensure_ascii=False))
    if not answer["valid"]:
        sys.exit(REJECTED)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question about a source, or about a schema in a dialect."""

    question: str
    model: str
    source: str
    schema: str
    dialect: str


async def _build(asked: _Asked, err: Print) -> IRAnswer:
    """Ask as the API does, for an operator, who may use every model and source."""

    async def report(progress: Progress) -> None:
        err(f"{progress.step}, attempt {progress.attempt} of {settings.SQL_REPAIRS + 1}")

    body = BuildIR(asked.question, model=asked.model)
    try:
        subject = await _subject(asked)
        return await build_ir(body, subject, Access(), Call(new_id(), door="command"), report)
    finally:
        await sandbox.close()
        await connections.close()


async def _subject(asked: _Asked) -> SchemaSubject:
    if not asked.source:
        return SchemaSubject(asked.schema, asked.dialect)
    subject = await read_subject({"source": asked.source}, None, Access())
    return replace(subject, confirmed=Lookup(subject.source, sees_people=True))


def _needs_portal(error: PortalError) -> bool:
    """Is it about the embedded model, whose key only the portal that started it has?"""
    name = (error.resolution or {}).get("provider", "")
    provider = service.current.providers.get(name)
    return error.code == "provider_unconfigured" and provider is not None and provider.serves


def _from_portal(asked: _Asked, url: str, err: Print) -> dict[str, Any]:
    """Let the running portal ask its embedded model, whose key it made at its start."""
    tables = {"schema": {"source": asked.source}} if asked.source else {
        "schema": asked.schema, "dialect": asked.dialect}  # fmt: skip
    body = {"question": asked.question, "model": asked.model or None, **tables}
    err(f"Only the portal at {url} has the model's key, so the portal asks it.")
    try:
        operator = portal_client.operator("")
        status, answer = portal_client.call(url, "/v1/ir/build", body, operator, MAX_SECONDS)
    except (portal_client.UnreachableError, portal_client.NoOperatorError) as error:
        raise CommandError(f"{error} `make run` starts the embedded model.") from None
    if status != 200:
        message = answer.get("error", {}).get("message", f"The portal answered {status}.")
        raise CommandError(message, returncode=REJECTED)
    return answer
