"""
POST /workflow/confirm: confirm the query that the page shows, for the question that was asked.

The question is that of the caller's own inquiry. Answers `{"html"}`, a sentence about it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
from django.utils.translation import gettext_noop

from core.database.threads import in_threads, in_time
from core.errors import PortalError
from core.http.body import check_types
from queryexpr.gate.operations import Document
from workflow.confirmed.cited import Confirmed, cited
from workflow.confirming.confirm import PERMISSION, check_may, confirm
from workflow.confirming.place import SEE_PEOPLE
from workflow.models import Confirmation, Inquiry
from workflow.page import fragments

if TYPE_CHECKING:
    from typing import Any

    from core.access import Access
    from core.auth.principals import Principal
    from core.http.exchange import Exchange
    from workflow.page.context import QueryView

GONE = gettext_noop("This question was deleted meanwhile.")


class ConfirmRequest(msgspec.Struct, forbid_unknown_fields=True):
    """The caller's own inquiry, and the query to confirm. `written` is the schema's dialect."""

    inquiry: int
    ir: Document
    written: str


async def confirm_query(exchange: Exchange) -> None:
    """Confirm a query."""
    await check_may(exchange.principal)
    body, principal = check_types(await exchange.json(), ConfirmRequest), exchange.principal
    inquiry = await in_time(Inquiry.of(principal.user).filter(pk=body.inquiry).afirst())
    if inquiry is None:
        raise PortalError("not_found", GONE)
    schema = {"source": inquiry.source} if inquiry.source else inquiry.schema
    dialect = None if inquiry.source else body.written
    row, earlier = await confirm(inquiry.question, body.ir, schema, dialect, principal)
    context = {"confirmed": cited(row, named=True), "earlier": earlier}
    await exchange.answer({"html": fragments.render("_confirmed_now", context)})


def confirmable_now(view: QueryView, user: Any, access: Access) -> QueryView:
    """Return a stored query with who confirmed it, and whether this reader may confirm it."""
    confirmed = view.confirmed and _named(view.confirmed, user, access)
    return replace(view, confirmed=confirmed, may_confirm=user.has_perm(PERMISSION))


async def confirmable(view: QueryView, principal: Principal) -> QueryView:
    """Do as `confirmable_now`, from the event loop."""
    return await _confirmable(view, principal.user, principal.access)


def _named(confirmed: Confirmed, user: Any, access: Access) -> Confirmed:
    row = Confirmation.objects.filter(pk=confirmed.id).defer("vector").first()
    sees = access.has(frozenset({SEE_PEOPLE}))
    return cited(row, named=sees or row.who_id == user.pk) if row else confirmed


_confirmable = in_threads(confirmable_now)
