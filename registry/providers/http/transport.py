"""
HTTP to providers: one policy, two drivers.

`Response` here serves callers, on asyncio; `fetch.fetch` serves probes, on requests. Both follow no
redirect, read no proxy and no netrc from the environment, ask for no compression, limit what they
read, and keep deadlines.
"""

from __future__ import annotations

import asyncio
import os
import re
import socket
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Self

import requests

from core.errors import PortalError
from core.http.call import Call
from registry.providers.http.connections import pool
from registry.providers.http.inflate import Inflater, inflater
from registry.providers.http.message import DisconnectedError, InvalidResponseError
from registry.providers.http.pieces import Pieces
from registry.providers.reading import bad_response, cut_off

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from registry.providers.http.message import Message
    from registry.providers.wire import Request

MAX_BODY = 64 * 1024 * 1024
TURN_SECONDS = 0.002  # how long a response that arrives quickly keeps the loop from others
MAX_DEFLATED = 32 * 1024  # bytes that are decompressed at once
RECONNECT_SECONDS = 0.1  # before a refused connection is tried again
SETTLE_SECONDS = 0.25
END_SECONDS = 2.0
ERROR_SECONDS, ERROR_BYTES = 2.0, 65536
NO_CALL = Call()


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `first_byte` is until the headers are there; `idle` is between two reads."""

    connect: float = 5.0
    first_byte: float = 120.0
    idle: float = 60.0
    total: float = 900.0


class Limit(NamedTuple):
    """The most bytes of a body, after decompression, and the setting that says so."""

    size: int = MAX_BODY
    setting: str = ""


NO_LIMIT = Limit()


class Response:
    """A response to a request: `async with` waits for its headers, and closes the connection
    where the block is left before the response's end. `read` returns the body, `some` its pieces.

    Entering raises PortalError: provider_unreachable, provider_timeout, provider_bad_response.
    """

    status: int
    headers: Mapping[str, str]  # names in lower case

    def __init__(
        self,
        request: Request,
        deadlines: Deadlines,
        call: Call = NO_CALL,
        limit: Limit = NO_LIMIT,
    ) -> None:
        self.request = request
        self.call = call
        self.deadlines = deadlines
        self.limit = limit
        self._size = 0
        self._rest, self._deflated = Pieces(), Pieces()
        self._message: Message | None = None
        self._idle = deadlines.idle
        self._inflater: Inflater | None = None

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self._end = began + self.deadlines.total
        self._due = began + self.deadlines.first_byte
        try:
            if not await self._attempt():
                await self._attempt(fresh=True)
            if problem := head_problem(self.status):
                raise problem
            if "content-encoding" in self.headers:
                self._inflater = inflater(self.headers)
            self._turn = time.monotonic()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection unless the response has ended."""
        if self._message is not None:
            self._message.close()

    async def _attempt(self, *, fresh: bool = False) -> bool:
        """Send the request and wait for the head.

        Return False if the request may be sent again: the server closed an idle connection just as
        we used it.
        """
        limits = self.deadlines
        self._message = None
        try:
            self._message = message = await pool().begin(
                self.request, self.call, limits.connect, fresh=fresh
            )
            if self.call.metered:
                self.call.metered.written = True
            await message.head(self._due)
        except TimeoutError:
            what = "connect" if self._message is None else "answer"
            error = timed_out(f"did not {what} in time", retry=self._message is None)
            raise self._marked(error) from None
        except InvalidResponseError:
            raise bad_response("it is not HTTP") from None
        except (OSError, ValueError) as problem:
            if self._may_repeat():
                return False
            taken = self._message is not None and self._message.written
            error = unreachable(problem, taken=taken)
            raise self._marked(error) from None
        assert message.status is not None
        self.status, self.headers = message.status, message.headers
        return True

    def _may_repeat(self) -> bool:
        """Did a kept connection close on a request that is harmless, or cannot have been read?

        A POST that was read is an answer that costs.
        """
        message = self._message
        if message is None or not message.reused or message.heard:
            return False
        return self.request.method == "GET" or not message.written

    def _marked(self, error: PortalError) -> PortalError:
        """Return `error`; without a connection the provider did nothing with the request."""
        if self._message is None:
            error.repeat_after = RECONNECT_SECONDS
        return error

    async def read(self, note: Callable[[int], object] = bool) -> bytes:
        """Return the body. Raises PortalError as `some` does. `note` gets the size so far."""
        parts = []
        while data := await self.some():
            parts.append(data)
            note(self._size)
        return b"".join(parts)

    async def read_error(self) -> bytes:
        """Return what arrives soon of an error's body: its status matters more than its text."""
        return await self._read_soon(ERROR_SECONDS, ERROR_BYTES)

    def expect_end(self) -> None:
        """Wait no longer than END_SECONDS for each further piece: the answer is complete."""
        self._idle = min(self._idle, END_SECONDS)

    async def settle(self) -> None:
        """Read what little may follow a complete answer, so that its connection can be kept."""
        await self._read_soon(SETTLE_SECONDS, MAX_BODY)

    async def _read_soon(self, seconds: float, size: int) -> bytes:
        """Return what arrives of the body within `seconds`; an end or an error ends it."""
        assert self._message is not None
        data = b""
        if self._message.is_read:
            return data
        due = time.monotonic() + seconds
        try:
            while len(data) < size:
                await self._message.arrival(due)
                if not (part := self._message.take()):
                    break
                data += part
        except (TimeoutError, OSError, InvalidResponseError):
            pass
        return data if self._inflater is None else self._inflater.feed(data)

    async def some(self, size: int = MAX_BODY) -> bytes:
        """Return what of the body has arrived, or arrives next: at most `size` bytes, and nothing
        at its end.

        Raises PortalError if it breaks off, if nothing comes in time, or if it is over the limit.
        """
        data = self._rest.next(size) if self._rest else self._rest.first(await self._next(), size)
        if self._rest:
            await self._let_others(time.monotonic())
        self._size += len(data)
        if self._size > self.limit.size:
            raise self._too_large()
        return data

    def _too_large(self) -> PortalError:
        setting = f" ({self.limit.setting})" if self.limit.setting else ""
        return bad_response(f"it is over {self.limit.size} bytes{setting}", retry=False)

    async def _next(self) -> bytes:
        if self._inflater is None:
            return await self._some()
        while data := await self._some_deflated():
            if inflated := self._inflater.feed(data):
                return inflated
        return b""

    async def _some_deflated(self) -> bytes:
        if self._deflated:
            await self._let_others(time.monotonic())
            return self._deflated.next(MAX_DEFLATED)
        return self._deflated.first(await self._some(), MAX_DEFLATED)

    async def _let_others(self, now: float) -> None:
        """Let other tasks run if this one has not waited for TURN_SECONDS. Raises PortalError."""
        if now >= self._end:
            raise timed_out("took longer than allowed")
        if now - self._turn > TURN_SECONDS:
            await asyncio.sleep(0)
            self._turn = time.monotonic()

    async def _some(self) -> bytes:
        message, now = self._message, time.monotonic()
        assert message is not None
        if now >= self._end or now - self._turn > TURN_SECONDS:
            await self._let_others(now)
        try:
            # Most answers that are not streamed are here by now, and wait for nothing.
            if not message.is_ready:
                # A model may send headers at once and then think: the first piece has its own time.
                await message.arrival(min(max(self._due, now + self._idle), self._end))
                self._due = 0.0
                self._turn = time.monotonic()
            return message.take()
        except TimeoutError:
            late = time.monotonic() >= self._end
            what = "took longer than allowed" if late else "sent nothing in time"
            raise timed_out(what) from None
        except (OSError, InvalidResponseError):
            raise cut_off() from None


def head_problem(status: int) -> PortalError | None:
    if 300 <= status < 400 or status < 200:
        return PortalError(
            "provider_error",
            f"The provider answers HTTP {status}: it redirects to another address. "
            "Write its final address into models.yaml.",
        )
    return None


def timed_out(what: str, *, retry: bool = False) -> PortalError:
    """Return the error for a provider that was too slow.

    Once it has the request, a repeat would only be generated, and paid for, again.
    """
    return PortalError("provider_timeout", f"The provider {what}.", retry=retry)


def unreachable(error: Exception, *, taken: bool = False) -> PortalError:
    """Return the error for a provider without an answer. `taken`: it may have the request."""
    message = f"The provider does not answer: {_why(error)}."
    if not taken:
        return PortalError("provider_unreachable", message)
    message += " It may have received the request."
    return PortalError("provider_unreachable", message, retry=False)


def _why(error: Exception) -> str:
    if isinstance(error, (requests.exceptions.SSLError, ssl.SSLError)):
        return "its TLS certificate or protocol is not valid"
    if isinstance(error, socket.gaierror) or "resol" in str(error):
        return "its name cannot be resolved"
    if isinstance(error, DisconnectedError):
        return "it closed the connection"
    match = re.search(r"Errno (\d+)", str(error))
    number = int(match[1]) if match else getattr(error, "errno", None)
    return os.strerror(number).lower() if number else "the connection broke"
