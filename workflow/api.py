"""
POST /v1/ir/build and /v1/sql: a question in, a checked query out.

An outcome that is not `ok` is an answer too, with status 200: invalid, ambiguous, unanswerable. A
provider that fails is an error, whose body has `"outcome": "model_error"` as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PortalError
from core.http.body import check_types
from core.http.envelope import envelope, error_headers, header_lines
from registry.entities import resolution_headers
from workflow.bodies import BuildIR, WriteSQL
from workflow.service import build_ir, write_sql
from workflow.subject import read_subject

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from core.http.exchange import Exchange


NOTHING = {"outcome": "model_error", "valid": False, "issues": []}


async def build(exchange: Exchange) -> None:
    body = check_types(await exchange.json(), BuildIR)
    subject = await read_subject(body.schema, body.dialect, exchange.principal)
    await _answer(exchange, build_ir(body, subject, exchange.principal, exchange.call))


async def sql(exchange: Exchange) -> None:
    body = check_types(await exchange.json(), WriteSQL)
    subject = await read_subject(body.schema, body.dialect, exchange.principal)
    await _answer(exchange, write_sql(body, subject, exchange.principal, exchange.call))


async def _answer(exchange: Exchange, asking: Awaitable[dict[str, Any]]) -> None:
    try:
        answer = await asking
    except PortalError as error:
        if error.kind.status < 502 or error.resolution is None:
            raise
        body = {**envelope(error, exchange.id), **NOTHING}
        return await exchange.answer(body, error.kind.status, header_lines(error_headers(error)))
    explained = answer["resolution"]
    told = header_lines(resolution_headers(explained)) if explained else ()
    await exchange.answer(answer, lines=told)
