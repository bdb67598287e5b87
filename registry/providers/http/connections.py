"""
Connections to providers: made, kept while idle, and used again.

No cookies, no redirects, no proxies: a request is one write to a connection.
"""

from __future__ import annotations

import asyncio
import ssl
import weakref
from functools import lru_cache
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit

import aiohappyeyeballs
import requests

from registry.providers.http.names import Names
from registry.providers.http.protocol import Connection

if TYPE_CHECKING:
    from core.http.call import Call
    from registry.providers.http.message import Message
    from registry.providers.wire import Request

OUR_HEADERS = "Accept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: aimodels\r\n"
NEXT_ADDRESS_SECONDS = 0.25  # happy eyeballs: when the second address of a name is tried as well
TLS = ssl.create_default_context()


class Origin(NamedTuple):
    """Where connections go to."""

    host: str
    port: int
    tls: bool


class Pool:
    """The connections of an event loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._open: set[Connection] = set()
        self._idle: dict[Origin, list[Connection]] = {}
        self._sweeper: asyncio.TimerHandle | None = None
        self._names = Names()

    async def begin(
        self,
        request: Request,
        call: Call,
        seconds: float,
        *,
        fresh: bool = False,
    ) -> Message:
        """Send `request` and return its response to come; `fresh` uses a new connection once.

        A new connection may take `seconds`, with its name and TLS.
        Raises OSError, TimeoutError, ValueError, InvalidResponseError.
        """
        origin, head = _head(request.method, request.url, tuple(request.headers.items()))
        data = _written(request, call, f"{head}Connection: close\r\n" if fresh else head)
        connection = None if fresh else self._take(origin)
        if connection is None:
            async with asyncio.timeout(seconds):
                connection = await self._connect(origin)
        return connection.send(data, keep=not fresh)

    # ── Idle connections ────────────────────────────────────────────────────────────────────

    def _take(self, origin: Origin) -> Connection | None:
        """Return the idle connection that was used last, if one can be used."""
        idle = self._idle.get(origin)
        now = self._loop.time()
        while idle:
            connection = idle.pop()
            if connection.idle_until > now and connection.is_usable and connection.is_quiet:
                return connection
            connection.abort()
        return None

    def _keep(self, origin: Origin, connection: Connection) -> None:
        connection.idle_until = self._loop.time() + connection.idle_seconds
        self._idle.setdefault(origin, []).append(connection)
        if self._sweeper is None:
            self._sweeper = self._loop.call_at(connection.idle_until, self._sweep)

    def _sweep(self) -> None:
        """Close connections that were idle for too long."""
        self._sweeper = None
        now = self._loop.time()
        for idle in self._idle.values():
            for connection in idle:
                if connection.idle_until <= now:
                    connection.abort()
            idle[:] = [connection for connection in idle if connection.is_usable]
        times = [connection.idle_until for idle in self._idle.values() for connection in idle]
        if times:
            self._sweeper = self._loop.call_at(min(times), self._sweep)

    async def close(self) -> None:
        if self._sweeper is not None:
            self._sweeper.cancel()
        for connection in self._open:
            connection.abort()
        await asyncio.gather(*[connection.closed for connection in self._open])

    # ── New connections ─────────────────────────────────────────────────────────────────────

    async def _connect(self, origin: Origin) -> Connection:
        addresses = await self._names.look_up(origin.host, origin.port)
        sock = await aiohappyeyeballs.start_connection(
            addresses, happy_eyeballs_delay=NEXT_ADDRESS_SECONDS, loop=self._loop
        )
        _, connection = await self._loop.create_connection(
            lambda: Connection(lambda idle: self._keep(origin, idle), self._open.discard),
            sock=sock,
            ssl=TLS if origin.tls else None,
            server_hostname=origin.host.rstrip(".") if origin.tls else None,
        )
        if connection.is_usable:
            self._open.add(connection)
        return connection


@lru_cache(maxsize=1000)
def _head(method: str, url: str, headers: tuple[tuple[str, str], ...]) -> tuple[Origin, str]:
    """Return the origin of `url`, and the lines that are the same in all its requests.

    Raises ValueError, also where a header would become two.
    """
    if not "".join(chain.from_iterable(headers)).isprintable():
        raise ValueError("A header holds a control character.")
    prepared = requests.Request(method, url).prepare()
    parts = urlsplit(str(prepared.url))
    tls = parts.scheme == "https"
    default = 443 if tls else 80
    host, port = parts.hostname or "", parts.port or default
    name = f"[{host}]" if ":" in host else host
    name = name if port == default else f"{name}:{port}"
    head = f"{method} {prepared.path_url} HTTP/1.1\r\nHost: {name}\r\n{OUR_HEADERS}"
    head += "".join([f"{name}: {value}\r\n" for name, value in headers])
    return Origin(host, port, tls), head


def _written(request: Request, call: Call, head: str) -> bytes:
    """Return a request as HTTP/1.1, after the lines that are the same in all of its target."""
    body = request.body
    if call.id:
        head += f"X-Request-ID: {call.id}\r\nX-Portal-Hops: {call.hops + 1}\r\n"
    for name, value in call.headers:
        head += f"{name}: {value}\r\n"
    if body is None:
        return f"{head}\r\n".encode("latin-1")
    head += f"Content-Type: {request.media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("latin-1") + body


_pools: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Pool] = weakref.WeakKeyDictionary()


def pool() -> Pool:
    """Return the running loop's pool."""
    loop = asyncio.get_running_loop()
    if (known := _pools.get(loop)) is None:
        known = _pools[loop] = Pool()
    return known


async def close() -> None:
    """Close the running loop's connections."""
    if known := _pools.pop(asyncio.get_running_loop(), None):
        await known.close()
