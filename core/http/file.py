"""Files that are sent as they are written, so that their size costs no memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.database.threads import database_threads, in_threads
from core.fair_queue import FairQueue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.http.exchange import Exchange

WAIT_SECONDS = 30.0


def _next(pieces: Iterator[bytes]) -> bytes:
    return next(pieces, b"")


class Files:
    """Sends files to people: `places` of one worker at once, in threads of their own."""

    def __init__(self, what: str, places: int) -> None:
        self.turns = FairQueue(what, places, waiting=100, each=4)
        self._piece = in_threads(_next, database_threads(places, "export"))

    async def send(
        self, exchange: Exchange, name: str, media_type: str, pieces: Iterator[bytes]
    ) -> None:
        """Send `pieces`, none of them empty, as a file.

        The status follows the first piece: until then an error has its own.
        """
        async with self.turns.place(exchange.principal.limit_key, WAIT_SECONDS):
            piece = await self._piece(pieces)
            disposition = f'attachment; filename="{name}"'.encode()
            lines = [(b"content-type", media_type.encode()), (b"content-disposition", disposition)]
            await exchange.start(200, lines)
            while piece:
                await exchange.write(piece)
                piece = await self._piece(pieces)
            await exchange.write(b"", more=False)
