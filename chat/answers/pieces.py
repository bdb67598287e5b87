"""Sends an answer's text in pieces, and to pages the HTML of its blocks."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chat.answers.sender import Sender
    from chat.pages.markdown import Rendered, Renderer

_threads = ThreadPoolExecutor(2, "markdown")
MAX_DELTA = 32 * 1024  # characters, so that one delta exceeds the window by little


class Pieces:
    """What `sender` sends of one text. Its blocks are rendered in `language`."""

    def __init__(self, sender: Sender, language: str) -> None:
        self._sender = sender
        self._language = language
        self._renderer: Renderer | None = None  # until there is a block
        self._unrendered: list[str] = []

    async def send(self, kind: str, text: str) -> None:
        """Send text as frames of this kind: `thought` or `delta`."""
        for i in range(0, len(text), MAX_DELTA):
            piece = text[i : i + MAX_DELTA]
            await self._sender.send_piece(kind, len(piece.encode()), text=piece)

    async def send_rendered(self, thought: str, text: str) -> None:
        """Send both, and the blocks of the text that are complete."""
        await self.send("thought", thought)
        await self.send("delta", text)
        await self._send_blocks(text)

    async def _send_blocks(self, text: str) -> None:
        """Send what of the text is complete, rendered in a thread: it would delay others.

        The next events wait for it, so there is no queue.
        """
        self._unrendered.append(text)
        if "\n" not in text or not self._sender.attended:
            return
        source = "".join(self._unrendered)
        self._unrendered.clear()
        loop = asyncio.get_running_loop()
        for end, html in await loop.run_in_executor(_threads, self._rendered, source):
            await self._sender.send_piece("block", len(html.encode()), end=end, html=html)

    def _rendered(self, source: str) -> list[Rendered]:
        """Return the blocks that `source` completes. The first call imports the libraries."""
        from chat.pages.markdown import Renderer

        self._renderer = self._renderer or Renderer(self._language)
        return self._renderer.feed(source)
