"""A provider's response as it arrives: written by its connection, read by one task."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from core.http.watchdog import Watchdog

MAX_UNREAD = 256 * 1024  # bytes of a body that wait for their reader; more pause the provider


class DisconnectedError(ConnectionError):
    """The provider closed the connection before the end of its response."""


class InvalidResponseError(Exception):
    """The provider sent something that is not an HTTP response, or too long a head."""


class Source(Protocol):
    """The connection that a response arrives on. `watchdog` fails the response that is late."""

    watchdog: Watchdog

    def resume(self) -> None:
        """Read on after the unread part of a body was taken."""
        ...

    def abort(self) -> None:
        """Close at once."""
        ...


class Message:
    """The head and the body of one response. Names of headers are in lower case.

    `connection` is None once the response has ended or failed.
    """

    __slots__ = (
        "_parts", "_size", "_waiter", "_watchdog", "connection", "ended", "error", "headers",
        "heard", "reused", "status", "written",
    )  # fmt: skip

    def __init__(self, connection: Source, *, reused: bool) -> None:
        self.connection: Source | None = connection
        self._watchdog = connection.watchdog
        self.reused = reused  # the connection carried other requests before
        self.written = False  # the system has the whole request: the provider may have read it
        self.heard = False  # a byte of the response arrived
        self.status: int | None = None
        self.headers: Mapping[str, str] = {}
        self.ended = False
        self.error: Exception | None = None
        self._parts: list[bytes] = []
        self._size = 0
        self._waiter: asyncio.Future[None] | None = None

    @property
    def is_full(self) -> bool:
        return self._size > MAX_UNREAD

    async def head(self, due: float) -> None:
        """Wait for the head until `due`, a time of `time.monotonic`.

        Raises TimeoutError, DisconnectedError, InvalidResponseError, OSError.
        """
        while self.status is None:
            if self.error is not None:
                raise self.error
            await self._wait(due)

    @property
    def is_ready(self) -> bool:
        """Can `take` return or raise without waiting?"""
        return bool(self._parts) or self.ended or self.error is not None

    @property
    def is_read(self) -> bool:
        """Has the whole body been taken?"""
        return self.ended and not self._parts

    async def arrival(self, due: float) -> None:
        """Wait until `take` has something to return, or to raise: at `due` a TimeoutError."""
        while not self.is_ready:
            await self._wait(due)

    def take(self) -> bytes:
        """Return what has arrived of the body, which is nothing at its end.

        What arrived before an error is returned first: it may be all that the caller needs.
        """
        if parts := self._parts:
            data = parts[0] if len(parts) == 1 else b"".join(parts)
            parts.clear()
            self._size = 0
            if self.connection is not None:
                self.connection.resume()
            return data
        if self.error is not None:
            raise self.error
        return b""

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        self.status, self.headers = status, headers
        self._wake()

    def add(self, data: bytes) -> None:
        self._parts.append(data)
        self._size += len(data)
        self._wake()

    def end(self) -> None:
        self.ended = True
        self.connection = None
        self._wake()

    def fail(self, error: Exception) -> None:
        if not self.ended and self.error is None:
            self.error = error
            self._wake()

    def close(self) -> None:
        """Close the connection unless the response has ended."""
        if self.connection is not None:
            self.connection.abort()
            self.connection = None

    async def _wait(self, due: float) -> None:
        self._waiter = asyncio.get_running_loop().create_future()
        self._watchdog.watch(due)
        try:
            await self._waiter
        finally:
            self._watchdog.rest()
            self._waiter = None

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
