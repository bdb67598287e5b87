"""
Running the application on Daphne or uvicorn, on a socket that listens, and stopping it well.

On SIGTERM or Ctrl-C new work is refused, answers under way may end for DRAIN_SECONDS, what is
left is cancelled (which closes its provider's connection) and told so, and the process ends with
0. Daphne would drop sockets without a word, uvicorn would close them before we could speak. A
second signal stops at once.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import socket
from typing import TYPE_CHECKING, Any

from django.conf import settings

from core.http.tasks import work
from registry.providers.http import connections

if TYPE_CHECKING:
    from collections.abc import Callable

logger = logging.getLogger(__name__)
SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
MAX_FRAME = 1024 * 1024  # bytes of a WebSocket message; Daphne's own default too
SERVERS_CODES = (1012, 1013)  # of a WebSocket's close: restarting, try again later
MAX_QUEUED = 64  # frames of one socket that wait to be handled
MAX_UNSENT = 1024 * 1024  # bytes held for one slow reader


async def _drain(stop: Callable[[], None], turn_away: Callable[[], object]) -> None:
    try:
        turn_away()
        await work.drain(settings.DRAIN_SECONDS)
        await connections.close()
    finally:
        stop()


def _on_signals(
    loop: asyncio.AbstractEventLoop, stop: Callable[[], None], turn_away: Callable[[], object]
) -> None:
    """Drain on a signal. One of several workers first turns new callers away, to the others.

    The signal may come to such a worker twice, from its supervisor and from whoever signals all
    processes; elsewhere the second is somebody's who does not want to wait.
    """
    tasks: set[asyncio.Task[None]] = set()

    def handle() -> None:
        if tasks and work.one_of_several:
            return
        if tasks:
            os._exit(130)
        if count := len(work.tasks):
            wait = f"{settings.DRAIN_SECONDS:.0f} s"
            logger.warning("Stopping; answers under way: %s, for %s. Again: stop now.", count, wait)
        tasks.add(loop.create_task(_drain(stop, turn_away if work.one_of_several else bool)))

    for number in SIGNALS:
        loop.add_signal_handler(number, handle)


def _unsent(protocol: Any) -> int:
    """Return how many bytes Twisted holds for this connection; 0 once it is closed."""
    transport = getattr(getattr(protocol, "channel", None) or protocol, "transport", None)
    if transport is None or not getattr(transport, "connected", False):
        return 0
    waiting = getattr(transport, "dataBuffer", b"")
    return len(waiting) + int(getattr(transport, "_tempDataLen", 0))


class PausingQueue(asyncio.Queue[Any]):
    """A socket's frames that the application has not taken. While there are many, none is read."""

    transport: Any

    def _put(self, item: Any) -> None:
        super()._put(item)
        if self.qsize() > MAX_QUEUED:
            self.transport.pauseProducing()

    def _get(self) -> Any:
        if self.qsize() == MAX_QUEUED // 2:
            self.transport.resumeProducing()
        return super()._get()


def _freeze() -> None:
    """Take what is loaded by now out of the garbage collector's sight.

    It stays until the end; looking through all of it takes the collector 0.1 s at a time, in which
    nobody is answered. The little that is new it need not look through every two requests, as by
    default: that was a twentieth of what they cost.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


def run_daphne(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    from autobahn.exception import Disconnected
    from daphne.server import Server
    from twisted.internet import reactor

    class PatientServer(Server):  # type: ignore[misc]  # the package has no types
        def create_application(self, protocol: Any, scope: Any) -> Any:
            """Bound what is queued for a WebSocket; Daphne's own queue would grow without end."""
            queue = super().create_application(protocol, scope)
            if queue is not None and scope["type"] == "websocket":
                queue.__class__ = PausingQueue  # the application has this very object by now
                queue.transport = protocol.transport
            return queue

        async def handle_reply(self, protocol: Any, message: Any) -> None:
            """Send, and wait for a slow reader: Daphne's own would buffer without bound."""
            if message["type"] == "websocket.close" and message.get("code") in SERVERS_CODES:
                # The library refuses to send these, which servers may well send.
                protocol.sendCloseFrame(code=message["code"], isReply=False)
            else:
                try:
                    await super().handle_reply(protocol, message)
                except Disconnected as left:
                    raise ConnectionResetError from left  # ASGI's word for it is OSError
            while _unsent(protocol) > MAX_UNSENT:  # noqa: ASYNC110 — Twisted tells nobody
                await asyncio.sleep(0.02)

    from aimodels.asgi import application

    running: Any = reactor

    def ready() -> None:
        port = running.adoptStreamPort(sock.fileno(), sock.family, server.http_factory)

        def turn_away() -> None:
            port.stopListening()
            sock.close()  # ours: the port has a copy

        _on_signals(running._asyncioEventloop, running.stop, turn_away)
        on_ready()

    server = PatientServer(
        application=application,
        endpoints=["none: it would listen by itself"],
        signal_handlers=False,
        ready_callable=ready,
        server_name="",
        verbosity=0,
    )
    server.endpoints = []
    _freeze()
    server.run()


def run_uvicorn(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    import uvicorn
    from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

    from aimodels.asgi import application

    class Server(uvicorn.Server):
        async def startup(self, sockets: Any = None) -> None:
            await super().startup(sockets)
            on_ready()

        def handle_exit(self, sig: int, frame: Any) -> None:
            pass  # ours below: uvicorn's would close WebSockets before they could be told

    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it would believe anybody on loopback; see TRUSTED_SCHEME_HEADER
        timeout_graceful_shutdown=3,
        ws_max_size=MAX_FRAME,
        ws_per_message_deflate=False,  # a compressor for each socket costs more than it saves
    )
    server = Server(config)

    async def serve() -> None:
        task = asyncio.create_task(server.serve(sockets=[sock]))
        await asyncio.sleep(0)

        def turn_away() -> None:
            for one in server.servers:
                one.close()
            sock.close()
            for connection in list(server.server_state.connections):
                if isinstance(connection, HttpToolsProtocol):
                    connection.shutdown()  # at once if it is idle, else after its answer

        def stop() -> None:
            server.should_exit = True

        _on_signals(asyncio.get_running_loop(), stop, turn_away)
        await task

    _freeze()
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(serve())


SERVERS = {"daphne": run_daphne, "uvicorn": run_uvicorn}
