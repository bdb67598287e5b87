"""
GET /account/data.zip: all data about the caller, as one archive.

It is written as it is read, so that its size costs no memory.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from core.database.threads import database_threads, in_threads
from core.fair_queue import FairQueue
from core.personal_data.archive import archive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.http.exchange import Exchange

PLACES = 2  # archives of one worker that are written at once
WAIT_SECONDS = 30.0
turns = FairQueue("an archive", PLACES, waiting=100, each=4)


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


_piece = in_threads(_next, database_threads(PLACES, "export"))


async def export(exchange: Exchange) -> None:
    """Send the archive. The status follows the first piece: until then an error has its own."""
    principal = exchange.principal
    async with turns.place(principal.limit_key, WAIT_SECONDS):
        pieces = archive(principal.user)
        piece = await _piece(pieces)
        name = f"ai-models-{timezone.localdate()}.zip".encode()
        await exchange.start(
            200,
            [
                (b"content-type", b"application/zip"),
                (b"content-disposition", b'attachment; filename="' + name + b'"'),
            ],
        )
        while piece:
            await exchange.write(piece)
            piece = await _piece(pieces)
        await exchange.write(b"", more=False)
