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
import weakref
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, Self, cast

import aiohttp
import requests
from aiohttp.client_proto import ResponseHandler

from registry.errors import PortalError
from registry.providers.wire import bad_response, cut_off
from registry.watchdog import Watchdog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.wire import Request

MAX_BODY = 100 * 1024 * 1024  # 2,048 vectors of 3,072 numbers, in JSON, come near
# A connection is dropped before the server would: llama.cpp closes idle ones after 5 s.
KEEP_ALIVE = 4.0
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

    answer: aiohttp.ClientResponse

    def __init__(self, request: Request, deadlines: Deadlines) -> None:
        self.request = request
        self.deadlines = deadlines
        self._watchdog: Watchdog | None = None  # most whole answers never need one

    async def __aenter__(self) -> Self:
        began = time.monotonic()
        self.answer = await _open(self.request, self.deadlines)
        self.end = began + self.deadlines.total
        # A server may send its headers at once and then think: the first piece has its own time.
        self._due = began + self.deadlines.first_byte
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._watchdog is not None:
            self._watchdog.stop()
        self.answer.close()  # complete answers have given their connection back by now

    @property
    def status(self) -> int:
        return self.answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self.answer.headers

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
                while len(data) < ERROR_BYTES and (part := await self.answer.content.readany()):
                    data += part
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass
        return data

    async def some(self) -> bytes:
        """Return what of the body has arrived, or arrives next; nothing at its end.

        Raises PortalError if it breaks off, or if nothing comes in time.
        """
        content = self.answer.content
        try:
            # Most answers that are not streamed are here by now, and wait for nothing.
            if data := content.read_nowait():
                return data
            if content.at_eof():
                return b""
            due = max(self._due, time.monotonic() + self.deadlines.idle)
            self._watchdog = self._watchdog or Watchdog(self._late)
            self._watchdog.watch(min(due, self.end))
            data = await content.readany()
            self._watchdog.rest()
            self._due = 0.0
            return data
        except TimeoutError:
            late = time.monotonic() >= self.end
            what = "took longer than allowed" if late else "sent nothing in time"
            raise timed_out(what) from None
        except (aiohttp.ClientError, OSError):
            raise cut_off() from None

    def _late(self) -> None:
        """Fail the read that waits. (Cancelling a task would hit whoever holds our generator.)"""
        self.answer.content.set_exception(TimeoutError())

    async def settle(self) -> None:
        """Read what little may follow a complete answer, so that its connection can be kept."""
        if self.answer.content.at_eof():
            return
        try:
            async with asyncio.timeout(LINGER):
                while await self.answer.content.readany():
                    pass
        except (TimeoutError, aiohttp.ClientError, OSError):
            pass


async def _open(request: Request, deadlines: Deadlines) -> aiohttp.ClientResponse:
    try:
        return await _attempt(request, deadlines)
    except _StaleConnectionError:
        # The server closed an idle connection just as we used it. It has read nothing.
        return await _attempt(request, deadlines, fresh=True)


class _StaleConnectionError(Exception):
    pass


async def _attempt(
    request: Request, deadlines: Deadlines, *, fresh: bool = False
) -> aiohttp.ClientResponse:
    try:
        async with asyncio.timeout(deadlines.first_byte):
            answer = await _session(fresh=fresh).request(
                request.method,
                request.url,
                headers=request.headers,
                data=request.body,
                timeout=_connect_timeout(deadlines.connect),
                allow_redirects=False,
            )
    except TimeoutError as error:
        where = "connect" if isinstance(error, aiohttp.ConnectionTimeoutError) else "answer"
        raise timed_out(f"did not {where} in time") from None
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        connection = _connection.get(None)
        if connection is not None and connection.uses > 1 and not connection.heard:
            raise _StaleConnectionError from None
        raise unreachable(error) from None
    except (aiohttp.ClientResponseError, aiohttp.ClientPayloadError):
        raise bad_response("it is not HTTP") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise unreachable(error) from None
    return _accepted(answer)


@lru_cache(maxsize=16)
def _connect_timeout(seconds: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=None, sock_connect=seconds)


def _accepted(answer: aiohttp.ClientResponse) -> aiohttp.ClientResponse:
    """Return `answer` unless its headers rule it out. Raises PortalError."""
    problem = head_problem(answer.status, answer.headers)
    if problem:
        answer.close()
        raise problem
    return answer


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


# ── aiohttp: one session per event loop ─────────────────────────────────────────────────────

# Per loop: one session that keeps connections, one that makes a new one each time.
Sessions = dict[bool, aiohttp.ClientSession]
_sessions: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Sessions]
_sessions = weakref.WeakKeyDictionary()


def _session(*, fresh: bool = False) -> aiohttp.ClientSession:
    sessions = _sessions.setdefault(asyncio.get_running_loop(), {})
    if fresh not in sessions or sessions[fresh].closed:
        sessions[fresh] = _new_session(fresh=fresh)
    return sessions[fresh]


def _new_session(*, fresh: bool) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=_Connector(
            limit=0,
            ttl_dns_cache=60,
            force_close=fresh,
            keepalive_timeout=aiohttp.helpers.sentinel if fresh else KEEP_ALIVE,
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity", "User-Agent": "aimodels"},
        auto_decompress=False,
        trust_env=False,
    )


class _Body(aiohttp.StreamReader):
    """A body that is read as it comes, whatever HTTP's own chunks were.

    aiohttp keeps count of those, for a method that is not used here, and hands them out one by one:
    half of what a streamed chunk costs.
    """

    __slots__ = ()

    def begin_http_chunk_receiving(self) -> None:
        pass

    def end_http_chunk_receiving(self) -> None:
        pass

    def _read_nowait(self, n: int) -> bytes:
        if n != -1 or self._buffer_offset:
            return super()._read_nowait(n)
        data = b"".join(self._buffer)
        self._buffer.clear()
        self._cursor += len(data)
        self._size = 0
        self._protocol.resume_reading()
        return data


class _Connection(ResponseHandler):
    """A connection that knows how many requests it carried, and whether the last was answered."""

    uses = 0
    heard = False  # a byte of the answer

    def data_received(self, data: bytes) -> None:
        self.heard = True
        super().data_received(data)

    def resume_reading(self, resume_parser: bool = True) -> None:
        # aiohttp calls this for each piece that is read, paused or not, and then looks for more
        # to parse: a third of what a streamed chunk costs.
        if self._reading_paused:
            super().resume_reading(resume_parser)

    def feed_data(self, data: Any, *size: int) -> None:
        """Take the head of an answer. A short one is over, and its connection kept, at once."""
        if type(data[1]) is aiohttp.StreamReader:
            data[1].__class__ = _Body
        if _is_spent(self, data[0].headers):
            self.force_close()
        super().feed_data(data, *size)


# The one that the running task's request got; aiohttp tells nobody when a request fails.
_connection: ContextVar[_Connection] = ContextVar("connection")


class _Connector(aiohttp.TCPConnector):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        factory: Any = partial(_Connection, loop=asyncio.get_running_loop())
        self._factory = factory

    async def connect(self, *args: Any, **options: Any) -> Any:
        found = await super().connect(*args, **options)
        connection = cast("_Connection", found.protocol)
        connection.uses += 1
        connection.heard = False
        _connection.set(connection)
        return found


def _is_spent(connection: _Connection, headers: Mapping[str, str]) -> bool:
    """Will the server close this connection soon, by its own announcement?"""
    announced = headers.get("Keep-Alive")
    if announced is None:
        return False
    limits = dict(re.findall(r"(timeout|max)=(\d{1,9})", announced))
    too_short = int(limits.get("timeout", KEEP_ALIVE + 1)) <= KEEP_ALIVE
    return too_short or connection.uses >= int(limits.get("max", connection.uses + 1))


async def close() -> None:
    """Close the running loop's connections."""
    for session in _sessions.pop(asyncio.get_running_loop(), {}).values():
        await session.close()
