"""
Connections to providers, from aiohttp's connector: its pool, its TLS and DNS, its parser.

What aiohttp has above that, a session with cookies, redirects, proxies and bodies of many kinds, is
not wanted here, and takes as much of a call as all else that the portal does. So a request is one
write to a connection, and an answer what its parser says.
"""

from __future__ import annotations

import asyncio
import re
import weakref
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from aiohttp.client_proto import ResponseHandler
from yarl import URL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from registry.providers.wire import Request

# A connection is dropped before the server would: llama.cpp closes idle ones after 5 s.
KEEP_ALIVE = 4.0
READ_BYTES = 256 * 1024  # of a body, that wait for their reader; twice that pauses the provider
MAX_HEADER, MAX_HEADERS = 8190, 128
OURS = "Accept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: aimodels\r\n"


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

    @property
    def went_stale(self) -> bool:
        """Did the server close this connection while it was idle, having read nothing?"""
        return self.uses > 1 and not self.heard

    def send(self, data: bytes) -> None:
        """Write a request."""
        self.uses += 1
        self.heard = False
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


class Connector(aiohttp.TCPConnector):
    """Makes connections of an event loop, and keeps them, unless they are to be `fresh`."""

    def __init__(self, *, fresh: bool) -> None:
        super().__init__(
            limit=0,
            ttl_dns_cache=60,
            force_close=fresh,
            keepalive_timeout=aiohttp.helpers.sentinel if fresh else KEEP_ALIVE,
        )
        self.fresh = fresh
        factory: Any = partial(Protocol, loop=asyncio.get_running_loop())
        self._factory = factory
        self._known: dict[tuple[str, str], tuple[aiohttp.ClientRequest, str]] = {}

    async def begin(
        self, request: Request, connect_seconds: float, seconds: float
    ) -> aiohttp.connector.Connection:
        """Return a connection to which `request` was written.

        A new one may take `connect_seconds` to connect, and `seconds` with its name and TLS.
        Raises aiohttp.ClientError, OSError, TimeoutError, ValueError.
        """
        where, head = self._where(request.method, request.url)
        timeout = _timeout(connect_seconds, seconds)
        connection = await self.connect(where, traces=[], timeout=timeout)
        try:
            cast("Protocol", connection.protocol).send(_written(request, head))
        except BaseException:
            connection.close()
            raise
        return connection

    def _where(self, method: str, url: str) -> tuple[aiohttp.ClientRequest, str]:
        """Return what aiohttp wants to know to connect, and how a request begins."""
        if found := self._known.get((method, url)):
            return found
        if len(self._known) > 1000:
            self._known.clear()
        where = aiohttp.ClientRequest(method, URL(url), loop=asyncio.get_running_loop())
        close = "Connection: close\r\n" if self.fresh else ""
        host = where.headers["Host"]
        head = f"{method} {where.url.raw_path_qs} HTTP/1.1\r\nHost: {host}\r\n{OURS}{close}"
        self._known[(method, url)] = where, head
        return where, head


@lru_cache(maxsize=64)
def _timeout(connect: float, whole: float) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=None, connect=whole, sock_connect=connect)


def _written(request: Request, head: str) -> bytes:
    """Return a request as HTTP/1.1. Raises ValueError where a header would become two."""
    if not "".join([*request.headers, *request.headers.values()]).isprintable():
        raise ValueError("A header holds a control character.")
    lines = [f"{name}: {value}\r\n" for name, value in request.headers.items()]
    body = request.body or b""
    length = f"Content-Length: {len(body)}\r\n\r\n" if request.body is not None else "\r\n"
    return "".join([head, *lines, length]).encode("latin-1") + body


# Per loop: one that keeps connections, and one that makes a new one each time.
_connectors: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[bool, Connector]]
_connectors = weakref.WeakKeyDictionary()


def connector(*, fresh: bool = False) -> Connector:
    """Return the running loop's connector."""
    found = _connectors.setdefault(asyncio.get_running_loop(), {})
    if fresh not in found or found[fresh].closed:
        found[fresh] = Connector(fresh=fresh)
    return found[fresh]


async def close() -> None:
    """Close the running loop's connections."""
    for one in _connectors.pop(asyncio.get_running_loop(), {}).values():
        await one.close()
