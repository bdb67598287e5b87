"""POST /workflow/readings: a query before and after an edit → `{"html"}`, what the edit changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext

from core.http.body import check_types
from queryexpr.gate.operations import Document
from workflow import bodies
from workflow.page import fragments
from workflow.page.readings import view_of
from workflow.readings.readings import Reading
from workflow.readings.search import told_apart
from workflow.subject import read_subject

if TYPE_CHECKING:
    from core.http.exchange import Exchange

EDIT_SHARE = 1 / 6  # of SQL_GATE_SECONDS: the next edit waits for the search


class Changed(msgspec.Struct, forbid_unknown_fields=True):
    """A valid query expression before and after an edit. `dialect` is that of the schema."""

    schema: bodies.Schema
    dialect: str
    before: Document
    after: Document


async def change(exchange: Exchange) -> None:
    """Answer what an edit changes, on a small world. What cannot be compared is left out."""
    body = check_types(await exchange.json(), Changed)
    subject = await read_subject(body.schema, body.dialect, exchange.principal.access)
    unnamed = (Reading("before", ""), Reading("after", ""))
    readings = await told_apart((body.before, body.after), unnamed, subject, EDIT_SHARE)
    if readings.outcome == "not_searched":
        return await exchange.answer({"html": ""})
    titles = (gettext("before your edit"), gettext("after your edit"))
    view = view_of(readings, titles, (None, None), subject.dialect)
    await exchange.answer({"html": fragments.render("_change", {"readings": view})})
