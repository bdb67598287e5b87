"""
What comes from a provider over one connection: aiohttp's parser of HTTP, and when to read.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

if TYPE_CHECKING:
    from collections.abc import Mapping

# A connection is dropped before the server would: llama.cpp closes idle ones after 5 s.
KEEP_ALIVE = 4.0
READ_BYTES = 256 * 1024  # of a body, that wait for their reader; twice that pauses the provider
MAX_HEADER, MAX_HEADERS = 8190, 128

# A provider that sends little pieces in quick succession is read every REST seconds only: a read
# costs as much as 15 chunks that come with it.
QUICK, LITTLE, MANY = 0.001, 65536, 8  # seconds since the last, bytes, and how often in a row
REST = 0.004


class Body(aiohttp.StreamReader):
    """A body that is read as it comes, whatever HTTP's own chunks were.

    aiohttp keeps count of those, for a method that is not used here, and hands them out one by one:
    half of what a streamed chunk costs.
    """

    __slots__ = ()

    def begin_http_chunk_receiving(self) -> None:
        pass

    def end_http_chunk_receiving(self) -> None:
        pass

    def read_nowait(self, n: int = -1) -> bytes:
        # What came before the connection broke comes first: it may be all that was wanted.
        return self._read_nowait(n) if self._buffer else super().read_nowait(n)

    def _read_nowait(self, n: int) -> bytes:
        if n != -1 or self._buffer_offset:
            return super()._read_nowait(n)
        data = b"".join(self._buffer)
        self._buffer.clear()
        self._cursor += len(data)
        self._size = 0
        self._protocol.resume_reading()
        return data


class Protocol(ResponseHandler):
    """A connection that knows how many requests it carried, and whether the last was answered."""

    uses = 0
    heard = False  # a byte of the answer
    _answered = False  # the head of the answer is there
    _last = 0.0  # when something came, or was looked for again
    _row = 0  # how many little pieces came in quick succession
    _rests = False

    @property
    def went_stale(self) -> bool:
        """Did the server close this connection while it was idle, having read nothing?"""
        return self.uses > 1 and not self.heard

    @property
    def should_close(self) -> bool:
        """May this not be kept? A request of which a part waits to be written would come first."""
        transport = self.transport
        return super().should_close or bool(transport and transport.get_write_buffer_size())

    def close(self) -> None:
        # Politely, it would wait for a peer that reads no request, or says no goodbye over TLS.
        self.abort()

    def send(self, data: bytes) -> None:
        """Write a request."""
        self.uses += 1
        self.heard = self._answered = False
        self._row = 0
        self._wake()
        self.set_response_params(
            read_until_eof=True,
            auto_decompress=False,
            read_bufsize=READ_BYTES,
            max_line_size=MAX_HEADER,
            max_field_size=MAX_HEADER,
            max_headers=MAX_HEADERS,
        )
        if self.transport is not None:
            self.transport.write(data)

    def _is_over(self) -> bool:
        """Has the answer ended, and nothing been asked since?"""
        return self._answered and self._payload is not None and self._payload.is_eof()

    def data_received(self, data: bytes) -> None:
        if data and self._is_over():
            return self.abort()  # nobody asked for this, and it must not answer who asks next
        self.heard = True
        super().data_received(data)
        now = time.monotonic()
        self._row = self._row + 1 if now - self._last < QUICK and len(data) < LITTLE else 0
        self._last = now
        if self._row >= MANY and not (self._rests or self._is_over()):
            self._rests = True
            self._pause_transport_reading()
            self._loop.call_later(REST, self._wake)

    def set_exception(self, exc: BaseException, *cause: BaseException) -> None:
        # Where the chunks of a body are broken, aiohttp would leave its reader waiting.
        super().set_exception(exc, *cause)
        if self._payload is not None and not self._payload.is_eof():
            self._payload.set_exception(aiohttp.ClientPayloadError())

    def _wake(self) -> None:
        """Read on, unless what was read still waits for its reader."""
        if self._rests:
            self._rests = False
            self._last = time.monotonic()
            if not (self._reading_paused or self._buffer_paused):
                self._resume_transport_reading()

    def _resume_transport_reading(self) -> None:
        if not self._rests:
            super()._resume_transport_reading()

    def resume_reading(self, resume_parser: bool = True) -> None:
        # aiohttp calls this for each piece that is read, paused or not, and then looks for more
        # to parse: a third of what a streamed chunk costs.
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def feed_data(self, data: Any, *size: int) -> None:
        """Take the head of an answer. A short one is over, and its connection kept, at once."""
        if self._answered:
            return self.abort()  # a second answer to one request
        self._answered = data[0].code >= 200
        if type(data[1]) is aiohttp.StreamReader:
            data[1].__class__ = Body
        if _is_spent(self, data[0].headers):
            self.force_close()
        super().feed_data(data, *size)


def _is_spent(connection: Protocol, headers: Mapping[str, str]) -> bool:
    """Will the server close this connection soon, by its own announcement?"""
    announced = headers.get("Keep-Alive")
    if announced is None:
        return False
    limits = dict(re.findall(r"(timeout|max)=(\d{1,9})", announced))
    too_short = int(limits.get("timeout", KEEP_ALIVE + 1)) <= KEEP_ALIVE
    return too_short or connection.uses >= int(limits.get("max", connection.uses + 1))
