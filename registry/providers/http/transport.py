"""
The sockets to providers: one policy, two drivers.

`Response` here serves callers, on aiohttp; `fetch.fetch` serves probes, on requests. Both follow no
redirect, read no proxy and no netrc from the environment, never inflate, cap what they read, and
keep deadlines.
"""

from __future__ import annotations

import asyncio
import os
import re
import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import aiohttp
import requests
from aiohttp.http_exceptions import HttpProcessingError

from core.errors import PortalError
from core.http.watchdog import Watchdog
from registry.providers.http.connections import connector
from registry.providers.http.protocol import Protocol
from registry.providers.wire import bad_response, cut_off

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp.connector import Connection

    from registry.providers.http.connections import Connector
    from registry.providers.wire import Request

MAX_BODY = 100 * 1024 * 1024  # 2,048 vectors of 3,072 numbers, in JSON, come near
LINGER = 0.25  # seconds
ERROR_SECONDS, ERROR_BYTES = 2.0, 65536


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Seconds. `first_byte` is until the headers are there; `idle` is between two reads."""

    connect: float = 5.0
    first_byte: float = 120.0
    idle: float = 60.0
    total: float = 900.0


class Response:
    """An answer to a request: `async with` waits for its headers, and closes the connection
    where the block is left before the answer's end. `read` gives the body, or `some` its pieces.

    Entering raises PortalError: provider_unreachable, provider_timeout, provider_bad_response.
    """

    status: int
    headers: Mapping[str, str]
    content: aiohttp.StreamReader

    def __init__(self, request: Request, deadlines: Deadlines) -> None:
        self.request = request
        self.deadlines = deadlines
        self._connection: Connection | None = None
        self._heard = False  # the headers are there
        self._watchdog = Watchdog(self._late)

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self._end = began + self.deadlines.total
        self._due = began + self.deadlines.first_byte
        try:
            if not await self._attempt(connector()):
                # The server closed an idle connection just as we used it. It has read nothing.
                await self._attempt(connector(fresh=True))
            if problem := head_problem(self.status, self.headers):
                raise problem
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection, unless it was given back at the answer's end."""
        self._watchdog.stop()
        if self._connection is not None:
            self._connection.close()

    async def _attempt(self, pool: Connector) -> bool:
        """Send the request and take the head of its answer. Was the connection of any use?"""
        limits = self.deadlines
        self._connection = None
        try:
            self._connection = await pool.begin(self.request, limits.connect, limits.first_byte)
            self._watchdog.watch(self._due)
            await self._take_head(self._connection)
        except TimeoutError:
            what = "connect" if self._connection is None else "answer"
            raise timed_out(f"did not {what} in time") from None
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
            if self._connection is not None and _went_stale(self._connection):
                self._connection.close()
                return False
            raise unreachable(error) from None
        except (HttpProcessingError, aiohttp.ClientPayloadError):
            raise bad_response("it is not HTTP") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise unreachable(error) from None
        return True

    async def _take_head(self, connection: Connection) -> None:
        assert connection.protocol is not None
        while True:
            message, self.content = await connection.protocol.read()
            if not 100 <= message.code < 200 or message.code == 101:
                break
        self._heard = True
        self._watchdog.rest()
        self.status, self.headers = message.code, message.headers
        self.content.on_eof(connection.release)

    async def read(self) -> bytes:
        parts, size = [], 0
        while data := await self.some():
            parts.append(data)
            size += len(data)
            if size > MAX_BODY:
                raise bad_response(f"it is over {MAX_BODY >> 20} MiB")
        return b"".join(parts)

    async def read_error(self) -> bytes:
        """Return what arrives soon of a refusal's body: its status matters more than its words."""
        data = b""
        try:
            async with asyncio.timeout(ERROR_SECONDS):
                while len(data) < ERROR_BYTES and (part := await self.content.readany()):
                    data += part
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass
        return data

    async def some(self) -> bytes:
        """Return what of the body has arrived, or arrives next; nothing at its end.

        Raises PortalError if it breaks off, or if nothing comes in time.
        """
        content, now = self.content, time.monotonic()
        if now >= self._end:
            raise timed_out("took longer than allowed")
        try:
            # Most answers that are not streamed are here by now, and wait for nothing.
            if data := content.read_nowait():
                return data
            if content.at_eof():
                return b""
            # Who sends headers at once may still think: the first piece has its own time.
            self._watchdog.watch(min(max(self._due, now + self.deadlines.idle), self._end))
            data = await content.readany()
            self._watchdog.rest()
            self._due = 0.0
            return data
        except TimeoutError:
            late = time.monotonic() >= self._end
            what = "took longer than allowed" if late else "sent nothing in time"
            raise timed_out(what) from None
        except (aiohttp.ClientError, OSError):
            raise cut_off() from None

    def _late(self) -> None:
        """Fail the read that waits. (Cancelling a task would hit whoever holds our generator.)"""
        waiting = self.content if self._heard else self._connection and self._connection.protocol
        if waiting is not None:
            waiting.set_exception(TimeoutError())

    async def settle(self) -> None:
        """Read what little may follow a complete answer, so that its connection can be kept."""
        if self.content.at_eof():
            return
        try:
            async with asyncio.timeout(LINGER):
                while await self.content.readany():
                    pass
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass


def _went_stale(connection: Connection) -> bool:
    return isinstance(connection.protocol, Protocol) and connection.protocol.went_stale


def head_problem(status: int, headers: Mapping[str, str]) -> PortalError | None:
    if headers.get("Content-Encoding", "identity").lower() not in ("identity", ""):
        return bad_response("it is compressed, which was not asked for")  # a bomb, perhaps
    if 300 <= status < 400 or status < 200:
        return PortalError(
            "provider_error",
            f"The provider answers HTTP {status}: it wants to be asked elsewhere. "
            "Write its final address into models.yaml.",
        )
    return None


def timed_out(what: str) -> PortalError:
    return PortalError("provider_timeout", f"The provider {what}.")


def unreachable(error: Exception) -> PortalError:
    return PortalError("provider_unreachable", f"The provider does not answer: {_why(error)}.")


def _why(error: Exception) -> str:
    if isinstance(error, (aiohttp.ClientSSLError, requests.exceptions.SSLError, ssl.SSLError)):
        return "its TLS certificate or protocol is not valid"
    if isinstance(error, aiohttp.ClientConnectorDNSError) or "resol" in str(error):
        return "its name cannot be resolved"
    if isinstance(error, aiohttp.ServerDisconnectedError):
        return "it closed the connection"
    found = re.search(r"Errno (\d+)", str(error))
    number = int(found[1]) if found else getattr(error, "errno", None)
    return os.strerror(number).lower() if number else "the connection broke"
