"""GET /account/data.zip: all data about the caller, as one archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from core.http.file import Files
from core.personal_data.archive import archive

if TYPE_CHECKING:
    from core.http.exchange import Exchange

files = Files("an archive", places=2)


async def export(exchange: Exchange) -> None:
    """Send the archive."""
    name = f"ai-models-{timezone.localdate()}.zip"
    await files.send(exchange, name, "application/zip", archive(exchange.principal.user))
