"""
One connection to a provider: a request out, then its response in, parsed by httptools.

The parser is strict: it refuses a Content-Length beside a Transfer-Encoding or twice, folded
headers, control characters and bare LF. Bytes that belong to no request close the connection, so
that they cannot become the response to the next one.
"""

from __future__ import annotations

import asyncio
import re
import select
import socket
import time
from typing import TYPE_CHECKING, cast

import httptools

from core.http.watchdog import Watchdog
from registry.providers.http.message import DisconnectedError, InvalidResponseError, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# An idle connection is closed before the server does it: llama.cpp closes them after 5 s.
KEEP_ALIVE = 4.0
MARGIN = 1.0  # seconds: how much earlier than a server announces
MAX_HEADER, MAX_HEADERS = 8190, 128  # bytes of one, and their number
MAX_HEAD = 64 * 1024  # bytes that are no part of a body
FREE = 16  # of them come with each byte of a body: one for each chunk is allowed
MAX_INTERIM = 20  # responses before the one

# A provider that sends small pieces in quick succession is read every PAUSE seconds only: a read
# costs as much as 15 chunks that come with it. One that sends very small chunks is read rarely.
QUICK, SMALL, MANY = 0.001, 65536, 8  # seconds since the last, bytes, and how often in a row
PAUSE = 0.004
MANY_CHUNKS, LONG_PAUSE = 2000, 0.03  # in one read


class Connection(asyncio.Protocol):
    """Carries one request at a time. `on_idle` is called when it can carry the next."""

    def __init__(
        self, on_idle: Callable[[Connection], None], on_lost: Callable[[Connection], None]
    ) -> None:
        self._loop = asyncio.get_running_loop()
        self._on_idle, self._on_lost = on_idle, on_lost
        self.closed = self._loop.create_future()
        self.watchdog = Watchdog(self._late)  # one timer for all responses
        self.idle_seconds = KEEP_ALIVE  # how long it may be kept
        self.idle_until = 0.0
        self.uses = 0
        self._message: Message | None = None
        self._unrequested = False  # the provider sent bytes that belong to no request
        self._keep = True
        self._writes = False  # a part of the request waits to be written
        # Filled by the parser. `on_body` is called for each chunk: a Python function would be slow.
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self.on_body = self._parts.append
        self._ended = False
        self._outside_body = self._interim = 0
        self._parser = httptools.HttpResponseParser(self)
        # When to read.
        self._last = 0.0  # when something arrived, or reading went on
        self._row = 0  # how many small pieces came in quick succession
        self._pauses = self._full = False

    # ── Called by the pool and by messages ──────────────────────────────────────────────────

    @property
    def is_usable(self) -> bool:
        return not self._transport.is_closing()

    @property
    def is_quiet(self) -> bool:
        """Has nothing arrived that the loop has not read yet: no close, and no other bytes?"""
        return not self._readable.poll(0)

    def send(self, data: bytes, *, keep: bool) -> Message:
        """Write a request and return its response to come.

        Raises DisconnectedError, InvalidResponseError if the connection is closed already.
        """
        if not self.is_usable:
            raise InvalidResponseError if self._unrequested else DisconnectedError
        self.uses += 1
        self._keep = keep
        self._ended = False
        self._outside_body = self._interim = self._row = 0
        self._message = message = Message(self, reused=self.uses > 1)
        self._transport.write(data)
        message.written = not self._writes and self.is_usable  # a write that fails closes at once
        return message

    def resume(self) -> None:
        """Read on after the unread part of a body was taken."""
        if self._full:
            self._full = False
            if not self._pauses:
                self._transport.resume_reading()

    def abort(self) -> None:
        """Close at once. A polite close waits for a peer that may neither read nor answer."""
        self._transport.abort()

    # ── Called by the loop ──────────────────────────────────────────────────────────────────

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._transport.set_write_buffer_limits(1, 0)  # to know when nothing waits
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._readable = select.poll()
        self._readable.register(sock.fileno(), select.POLLIN)

    def pause_writing(self) -> None:
        self._writes = True

    def resume_writing(self) -> None:
        self._writes = False
        if self._message is not None:
            self._message.written = True

    def data_received(self, data: bytes) -> None:
        message = self._message
        if message is None:
            self._unrequested = True
            return self.abort()
        message.heard = True
        valid = self._parse(data)
        outside, chunks = self._outside_body + len(data), len(self._parts)
        if chunks:
            body = b"".join(self._parts)
            message.add(body)
            self._parts.clear()
            outside -= len(body) * (1 + FREE)
        self._outside_body = max(outside, 0)
        if self._ended:
            self._end(message, keep=valid)
        elif not valid or self._outside_body > MAX_HEAD:
            self._fail(InvalidResponseError())
        else:
            self._set_pace(message, len(data), chunks)

    def eof_received(self) -> None:
        message = self._message
        if message is not None and message.status is not None and not _has_length(message.headers):
            self._end(message, keep=False)
        self._fail(DisconnectedError())

    def connection_lost(self, error: Exception | None) -> None:
        self._fail(error or DisconnectedError())
        self.watchdog.stop()
        self.closed.set_result(None)
        self._on_lost(self)

    def _end(self, message: Message, *, keep: bool) -> None:
        self._message = None
        # The rest of a request that waits to be written would come before the next one.
        if keep and self._keep and not self._writes:
            self._read_on()
            self._on_idle(self)
        else:
            self.abort()
        message.end()

    def _fail(self, error: Exception) -> None:
        if self._message is not None:
            self._message.fail(error)
            self._message = None
        self.abort()

    def _late(self) -> None:
        """Fail the read that waits. (Cancelling the task would hit who holds its generator.)"""
        if self._message is not None:
            self._message.fail(TimeoutError())

    # ── Called by the parser ────────────────────────────────────────────────────────────────

    def _parse(self, data: bytes) -> bool:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            return False
        return True

    def on_message_begin(self) -> None:
        if self._ended:
            raise InvalidResponseError("a second response to one request")

    def on_header(self, name: bytes, value: bytes) -> None:
        if len(self._headers) >= MAX_HEADERS or len(name) + len(value) > MAX_HEADER:
            raise InvalidResponseError("too many headers, or too long a header")
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        assert self._message is not None
        status, headers = self._parser.get_status_code(), _joined(self._headers)
        self._headers.clear()
        if 100 <= status < 200 and status != 101:
            return self._skip()
        if headers.get("transfer-encoding", "chunked").lower() not in ("chunked", "identity"):
            raise InvalidResponseError("an unknown transfer encoding")
        if announced := headers.get("keep-alive"):
            self._note_limits(announced)
        self._message.begin(status, headers)

    def _skip(self) -> None:
        """Ignore an interim response: the real one follows."""
        self._interim += 1
        if self._interim > MAX_INTERIM:
            raise InvalidResponseError("too many interim responses")

    def on_message_complete(self) -> None:
        self._headers.clear()  # trailers
        if self._message is not None and self._message.status is not None:
            self._ended = True
            self._keep = self._keep and self._parser.should_keep_alive()

    def _note_limits(self, announced: str) -> None:
        """Keep the connection for as long as its `Keep-Alive` header says, and as often."""
        limits = dict(re.findall(r"(timeout|max)=(\d{1,9})", announced))
        seconds = int(limits.get("timeout", KEEP_ALIVE + MARGIN)) - MARGIN
        self.idle_seconds = min(seconds, KEEP_ALIVE)
        if seconds <= 0 or self.uses >= int(limits.get("max", self.uses + 1)):
            self._keep = False

    # ── When to read ────────────────────────────────────────────────────────────────────────

    def _set_pace(self, message: Message, size: int, chunks: int) -> None:
        now = time.monotonic()
        self._row = self._row + 1 if now - self._last < QUICK and size < SMALL else 0
        self._last = now
        reads = not (self._pauses or self._full)
        if (self._row >= MANY or chunks > MANY_CHUNKS) and not self._pauses:
            self._pauses = True
            pause = LONG_PAUSE if chunks > MANY_CHUNKS else PAUSE
            self._loop.call_later(pause, self._end_pause)
        self._full = message.is_full
        if reads and (self._pauses or self._full):
            self._transport.pause_reading()

    def _end_pause(self) -> None:
        if self._pauses:
            self._pauses = False
            self._last = time.monotonic()
            if not self._full:
                self._transport.resume_reading()

    def _read_on(self) -> None:
        """Read whatever else comes, so that a close of the idle connection is seen."""
        if self._pauses or self._full:
            self._pauses = self._full = False
            self._transport.resume_reading()


def _joined(lines: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Return headers by their names in lower case; those of one name are joined by commas."""
    headers: dict[str, str] = {}
    for name, value in lines:
        key, text = name.decode("latin-1").lower(), value.decode("latin-1").strip()
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _has_length(headers: Mapping[str, str]) -> bool:
    """Does the body end where it says so, and not where the connection does?"""
    return "content-length" in headers or headers.get("transfer-encoding", "").lower() == "chunked"
