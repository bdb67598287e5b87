"""
POST /workflow/write: tables → `{"html"}`, an empty query that the reader writes as SQL.

No model is asked. Each edit goes to /workflow/edit, as one of a model's query does, and a valid
query runs as others do. Nothing of it is stored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext

from core.http.body import check_types
from workflow import bodies
from workflow.page import fragments
from workflow.page.context import Edited, QueryView
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange


class Tables(msgspec.Struct, forbid_unknown_fields=True):
    """The tables that the query may read, and the dialect in which it is written."""

    schema: bodies.Schema
    dialect: str


async def begin(exchange: Exchange) -> None:
    """Answer what the page shows of a query that is not written yet."""
    body = check_types(await exchange.json(), Tables)
    subject = await read_subject(body.schema, body.dialect, exchange.principal.access)
    query = QueryView(
        schema=body.schema,
        dialect=subject.dialect,
        written=subject.dialect,
        basis=gettext("You write this query. No model is asked, and it is not stored."),
        edited=Edited(what="sql"),
    )
    html = fragments.result_html(gettext("Your own query"), query, None)
    await exchange.answer({"html": html})
