"""GET /usage/focus.csv: what was used, in the columns of FOCUS, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from core.database.threads import in_threads
from core.errors import PortalError
from core.http.file import Files
from ledger.everyone.focus import to_focus
from ledger.everyone.reading import query_of

if TYPE_CHECKING:
    from core.http.exchange import Exchange

SEE, SEE_PEOPLE = "ledger.see_usage", "accounts.see_people"
files = Files("a file", places=1)
_query = in_threads(query_of)


async def finance(exchange: Exchange) -> None:
    """Send the file. Raises PortalError `permission_denied`."""
    access = exchange.principal.access
    if not access.has(frozenset({SEE})):
        raise PortalError("permission_denied", f"This needs the permission {SEE}.")
    fields = QueryDict(exchange.scope["query_string"])
    sees_people = access.has(frozenset({SEE_PEOPLE}))
    query = await _query(fields, sees_people=sees_people)
    name = f"focus-{query.period.first}-{query.period.last}.csv"
    pieces = (piece.encode() for piece in to_focus(query))
    await files.send(exchange, name, "text/csv; charset=utf-8", pieces)
