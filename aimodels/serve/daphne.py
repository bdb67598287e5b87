"""The portal on Daphne, with back-pressure in both directions, which Daphne itself lacks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from autobahn.exception import Disconnected
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor, tcp

from aimodels.asgi import application
from aimodels.serve.daphne_requests import PortalFactory
from aimodels.serve.drain import drain_on_signals, freeze_garbage_collector
from aimodels.serve.frames import MAX_UNREAD, FrameCounter
from aimodels.serve.slow_callers import end_slow_callers
from aimodels.serve.slow_readers import Unsent, in_kernel
from aimodels.serve.slow_senders import BODY, HEAD, TOO_LATE, Arriving

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

RESTARTING, TRY_AGAIN_LATER = 1012, 1013  # close codes of a WebSocket
MAX_QUEUED_FRAMES = 64  # of one socket, waiting for the application
MAX_UNSENT_BYTES = 1024 * 1024  # buffered for one slow reader
REACTOR: Any = reactor


class PausingQueue(asyncio.Queue[Any]):
    """A socket's incoming frames. While it is long, reading from the connection is paused."""

    transport: Any

    def _put(self, item: Any) -> None:
        super()._put(item)
        if self.qsize() > MAX_QUEUED_FRAMES:
            self.transport.pauseProducing()

    def _get(self) -> Any:
        if self.qsize() == MAX_QUEUED_FRAMES // 2:
            self.transport.resumeProducing()
        return super()._get()


class Socket(WebSocketProtocol):  # type: ignore[misc]  # the package has no types
    """A WebSocket, with the limits of `frames`."""

    def __init__(self) -> None:
        super().__init__()
        self.counter = FrameCounter()

    def onFrameBegin(self) -> None:
        whole = 0 < self.current_frame.opcode < 8 and self.current_frame.fin
        if not whole and self.counter.is_flood():
            self.dropConnection(abort=True)
        super().onFrameBegin()

    def onPing(self, payload: bytes) -> None:
        if unsent_bytes(self) <= MAX_UNREAD:
            super().onPing(payload)


class PausingServer(Server):  # type: ignore[misc]  # the package has no types
    """Serves on one socket. Limits the queues from a fast sender and for a slow reader."""

    def __init__(self, sock: socket.socket, on_ready: Callable[[], None]) -> None:
        super().__init__(
            application=application,
            endpoints=["none: it would open its own socket"],
            signal_handlers=False,
            ready_callable=self.listen,
            server_name="",
            verbosity=0,
        )
        self.endpoints: list[str] = []
        self.sock = sock
        self.on_ready = on_ready

    def listen(self) -> None:
        self.http_factory = PortalFactory(self)
        self.ws_factory.protocol = Socket
        self.port = REACTOR.adoptStreamPort(self.sock.fileno(), self.sock.family, self.http_factory)
        loop = REACTOR._asyncioEventloop
        drain_on_signals(loop, REACTOR.stop, self.stop_accepting)
        self.watch = loop.create_task(
            end_slow_callers(unsent, arriving, tcp.Connection.abortConnection, refuse)
        )
        self.on_ready()

    def stop_accepting(self) -> None:
        self.port.stopListening()
        self.sock.close()  # the port has a copy

    def create_application(self, protocol: Any, scope: Any) -> Any:
        """Limit the queue of a WebSocket's frames; Daphne's own grows without limit."""
        queue = super().create_application(protocol, scope)
        if queue is not None and scope["type"] == "websocket":
            # The application already holds this object, so it cannot be replaced.
            queue.__class__ = PausingQueue
            queue.transport = protocol.transport
        return queue

    async def handle_reply(self, protocol: Any, message: Any) -> None:
        """Send, then wait for a slow reader; Daphne's own buffers without limit."""
        if message["type"] == "websocket.close" and message.get("code") in (
            RESTARTING,
            TRY_AGAIN_LATER,
        ):
            # Autobahn refuses to send these codes, which are meant for servers.
            protocol.sendCloseFrame(code=message["code"], isReply=False)
        else:
            try:
                await super().handle_reply(protocol, message)
            except Disconnected as error:
                raise ConnectionResetError from error  # ASGI asks for an OSError
        if unsent_bytes(protocol) > MAX_UNSENT_BYTES:
            await caught_up(protocol)


async def caught_up(protocol: Any) -> None:
    """Wait until the reader of this connection has read enough."""
    while unsent_bytes(protocol) > MAX_UNSENT_BYTES:  # noqa: ASYNC110 — Twisted has no event
        await asyncio.sleep(0.02)
    if transport := transport_of(protocol):
        transport.resumed = resumed(transport) + 1


def resumed(transport: Any) -> int:
    """Return how often the reader of this connection has caught up with what is sent."""
    return int(getattr(transport, "resumed", 0))


def transport_of(protocol: Any) -> Any:
    return getattr(getattr(protocol, "channel", None) or protocol, "transport", None)


def unsent_bytes(protocol: Any) -> int:
    """Return how many bytes Twisted buffers for this connection; 0 once it is closed."""
    transport = transport_of(protocol)
    if transport is None or not getattr(transport, "connected", False):
        return 0
    return buffered(transport)


def buffered(transport: Any) -> int:
    return len(transport.dataBuffer) - int(transport.offset) + int(transport._tempDataLen)


def unsent() -> Unsent:
    """Return the callers of HTTP who read too slowly for what is sent."""
    return {
        transport: (resumed(transport), -buffered(transport) - in_kernel(transport.fileno()))
        for transport in REACTOR.getWriters()
        if isinstance(transport, tcp.Server) and waits(transport)
    }


def arriving() -> Arriving:
    """Return the callers whose requests have not arrived."""
    return {
        transport: part
        for transport in REACTOR.getReaders()
        if isinstance(transport, tcp.Server) and (part := part_arriving(transport.protocol))
    }


def part_arriving(protocol: Any) -> tuple[str, Any] | None:
    """Return what still has to arrive of a request, or None. Twisted ends idle connections."""
    channel = getattr(protocol, "_channel", None)
    if channel is None or channel._handlingRequest:
        return None
    request = channel.requests[-1] if channel.requests else None
    if request and not channel.line_mode:
        return BODY, request
    return (HEAD, None) if request or channel._buffer else None


def refuse(transport: Any) -> None:
    transport.write(TOO_LATE)
    transport.loseConnection()


def waits(transport: Any) -> bool:
    """Does it hold what its caller has not read, and will not hold more before that?"""
    of_http = not isinstance(transport.protocol, WebSocketProtocol)
    return of_http and (transport.disconnecting or buffered(transport) > MAX_UNSENT_BYTES)


def run(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    server = PausingServer(sock, on_ready)
    freeze_garbage_collector()
    server.run()
    REACTOR._asyncioEventloop.run_until_complete(end_tasks())


async def end_tasks() -> None:
    """Cancel what still runs, as `asyncio.run` does, which ends uvicorn.

    Threads of Django wait for their tasks, and the process for its threads.
    """
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        for task in others:
            task.cancel()
        await asyncio.wait(others)
