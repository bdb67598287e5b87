"""
Connections to providers, from aiohttp's connector: its pool, its TLS and DNS, its parser.

What aiohttp has above that, a session with cookies, redirects, proxies and bodies of many kinds, is
not wanted here, and takes as much of a call as all else that the portal does. So a request is one
write to a connection, and an answer what its parser says.
"""

from __future__ import annotations

import asyncio
import weakref
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, cast

import aiohttp
from yarl import URL

from registry.providers.http.protocol import KEEP_ALIVE, Protocol

if TYPE_CHECKING:
    from registry.providers.wire import Request

OURS = "Accept: */*\r\nAccept-Encoding: identity\r\nUser-Agent: aimodels\r\n"


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
