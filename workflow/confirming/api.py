"""
POST /v1/sql/confirm    a question with its query → the confirmation, and the one it replaces
POST /v1/sql/confirmed  a source → its confirmed questions, with why some are stale
POST /v1/sql/withdraw   the ID of a confirmation → `{"withdrawn": true}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.errors import PortalError
from core.http.body import check_types
from workflow.bodies import Confirm, ListConfirmed, Withdraw
from workflow.confirming.confirm import check_may, confirm, withdraw
from workflow.confirming.listing import Listed, listed
from workflow.confirming.place import lookup_for
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange

ONE = "Give an `ir` or `sql`, one of them."


async def confirm_question(exchange: Exchange) -> None:
    await check_may(exchange.principal)
    body = check_types(await exchange.json(), Confirm)
    query = body.sql if body.ir is None else body.ir
    if query is None or (body.ir is not None and body.sql is not None):
        raise PortalError("invalid_request", ONE, param="ir")
    principal = exchange.principal
    row, earlier = await confirm(body.question, query, body.schema, body.dialect, principal)
    own = Listed(row, row.username, "", ())
    replaced = (
        {"id": earlier.pk, "sql": earlier.sql, "at": earlier.at.isoformat()} if earlier else None
    )
    await exchange.answer({**own.as_json(), "earlier": replaced})


async def list_confirmed(exchange: Exchange) -> None:
    body = check_types(await exchange.json(), ListConfirmed)
    principal = exchange.principal
    subject = await read_subject(body.schema, body.dialect, principal.access)
    rows = await listed(subject, await lookup_for(subject, principal), ended=body.ended)
    await exchange.answer({"confirmed": [row.as_json() for row in rows]})


async def withdraw_question(exchange: Exchange) -> None:
    await check_may(exchange.principal)
    body = check_types(await exchange.json(), Withdraw)
    await withdraw(body.id, body.schema, body.dialect, exchange.principal)
    await exchange.answer({"withdrawn": True})
