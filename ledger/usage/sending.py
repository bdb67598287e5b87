"""GET /usage.csv: what the reader used, as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import QueryDict

from core.http.file import Files
from ledger.usage.export import to_csv
from ledger.usage.period import Period

if TYPE_CHECKING:
    from core.http.exchange import Exchange

files = Files("a file", places=2)


async def usage(exchange: Exchange) -> None:
    """Send a line for each day and model."""
    fields = QueryDict(exchange.scope["query_string"])
    period = Period.read(str(fields.get("from", "")), str(fields.get("until", "")))
    name = f"usage-{period.first}-{period.last}.csv"
    pieces = (piece.encode() for piece in to_csv(exchange.principal.user.pk, period))
    await files.send(exchange, name, "text/csv; charset=utf-8", pieces)
