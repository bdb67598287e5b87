"""
Names → addresses, in threads of their own.

A name whose server does not answer holds its thread for half a minute and more. In the threads of
the loop, or in libuv's four, it would hold up files, large JSON and other names.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import aiohappyeyeballs

    Addresses = Sequence[aiohappyeyeballs.AddrInfoType]

DNS_SECONDS = 60.0
MAX_LOOKUPS = 64  # at once, each of another name


class Names:
    """The addresses of names, for an event loop, kept for DNS_SECONDS."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._lookups: dict[tuple[str, int], tuple[float, asyncio.Task[Addresses]]] = {}
        self._slots = asyncio.Semaphore(MAX_LOOKUPS)

    async def look_up(self, host: str, port: int) -> Addresses:
        """Return the addresses of `host`. Several callers may wait for one look-up.

        It continues when they leave. Raises OSError, ValueError.
        """
        key, now = (host, port), self._loop.time()
        expires, lookup = self._lookups.get(key, (0.0, None))
        if lookup is None or (lookup.done() and now > expires):
            lookup = self._loop.create_task(self._in_thread(host, port))
            lookup.add_done_callback(lambda done: done.cancelled() or done.exception())
            self._lookups[key] = now + DNS_SECONDS, lookup
        try:
            return await asyncio.shield(lookup)
        except (OSError, ValueError):
            self._lookups.pop(key, None)
            raise

    async def _in_thread(self, host: str, port: int) -> Addresses:
        async with self._slots:
            addresses: asyncio.Future[Addresses] = self._loop.create_future()

            def work() -> None:
                try:
                    result: Addresses | Exception = _look_up(host, port)
                except Exception as error:
                    result = error
                with suppress(RuntimeError):  # the loop has ended
                    self._loop.call_soon_threadsafe(_settle, addresses, result)

            # A daemon, so that the process can end before the name does.
            threading.Thread(target=work, name="look-up", daemon=True).start()
            return await addresses


def _settle(future: asyncio.Future[Addresses], result: Addresses | Exception) -> None:
    if future.done():  # cancelled
        return
    if isinstance(result, Exception):
        future.set_exception(result)
    else:
        future.set_result(result)


def _look_up(host: str, port: int) -> Addresses:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
