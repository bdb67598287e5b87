"""
POST /v1/ir/build and /v1/sql: a question in, a checked query out.

An outcome that is not `ok` is an answer too, with status 200: invalid, ambiguous, unanswerable. If
a provider fails, the answer is an error, whose body has `"outcome": "model_error"` as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from core.http.body import check_types
from core.http.envelope import envelope, error_headers, header_lines
from queryexpr.gate.operations import as_json
from registry.entities import resolution_headers
from workflow.bodies import BuildIR, WriteSQL
from workflow.confirming.place import with_confirmed
from workflow.running import judged_by_source
from workflow.service import build_ir, write_sql
from workflow.subject import read_subject

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from core.http.exchange import Exchange
    from workflow.answers import Answer

MODEL_ERROR = {"outcome": "model_error", "valid": False, "issues": []}
PROVIDER_FAILURES = 502  # and above: statuses of errors that are not the caller's


async def build(exchange: Exchange) -> None:
    body = check_types(await exchange.json(), BuildIR)
    access = exchange.principal.access
    subject = await read_subject(body.schema, body.dialect, access)
    subject = await judged_by_source(subject, exchange.principal)
    subject = await with_confirmed(subject, exchange.principal)
    await _answer(exchange, build_ir(body, subject, access, exchange.call))


async def sql(exchange: Exchange) -> None:
    body = check_types(await exchange.json(), WriteSQL)
    access = exchange.principal.access
    subject = await read_subject(body.schema, body.dialect, access)
    subject = await judged_by_source(subject, exchange.principal)
    subject = await with_confirmed(subject, exchange.principal)
    await _answer(exchange, write_sql(body, subject, access, exchange.call))


async def _answer(exchange: Exchange, pending: Awaitable[Answer]) -> None:
    try:
        answer = await pending
    except PortalError as error:
        if error.kind.status < PROVIDER_FAILURES or error.resolution is None:
            raise
        body = {**envelope(error, exchange.id), **MODEL_ERROR}
        return await exchange.answer(body, error.kind.status, header_lines(error_headers(error)))
    headers = resolution_headers(answer.resolution) if answer.resolution else {}
    await exchange.answer(as_json(answer), lines=header_lines(headers))
