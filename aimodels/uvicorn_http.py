"""
uvicorn's HTTP, with an answer's head made of lines that are kept.

uvicorn tries two patterns and four comparisons on each header line of each answer: an eighth of all
that an answer takes here, where nearly all lines are always the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from uvicorn.protocols.http.httptools_impl import (
    HEADER_RE,
    HEADER_VALUE_RE,
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

if TYPE_CHECKING:
    from uvicorn._types import ASGISendEvent, HTTPResponseStartEvent

FRAMING = (b"connection", b"transfer-encoding")


@lru_cache(maxsize=1024)
def line(name: bytes, value: bytes) -> bytes:
    """Return a header as HTTP/1.1 has it. Raises RuntimeError where it would become two."""
    if HEADER_RE.search(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("Invalid HTTP header.")
    return b"%b: %b\r\n" % (name, value)


class Cycle(RequestResponseCycle):
    """A request and its answer. A plain head, of an answer whose length is known, is made here."""

    async def send(self, message: ASGISendEvent) -> None:
        if not self.response_started and (headers := self._plain(message)):
            self._begin(cast("HTTPResponseStartEvent", message)["status"], headers)
        else:
            await super().send(message)

    def _plain(self, message: Any) -> dict[bytes, bytes] | None:
        """Return the headers of an answer that nothing but its length makes special."""
        headers: dict[bytes, bytes] = dict(message.get("headers", ()))
        waits = self.flow.write_paused or self.disconnected or not self.keep_alive
        if waits or b"content-length" not in headers or any(name in headers for name in FRAMING):
            return None
        return headers if len(headers) == len(message["headers"]) else None

    def _begin(self, status: int, headers: dict[bytes, bytes]) -> None:
        self.response_started = True
        self.waiting_for_100_continue = self.chunked_encoding = False
        self.expected_content_length = int(headers[b"content-length"])
        lines = [line(*pair) for pair in (*self.default_headers, *headers.items())]
        self.transport.write(b"".join((STATUS_LINE[status], *lines, b"\r\n")))


class Protocol(HttpToolsProtocol):
    """A connection whose answers are such cycles."""

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if type(self.cycle) is RequestResponseCycle:  # none for a WebSocket's handshake
            self.cycle.__class__ = Cycle
