"""The portal on Daphne, with back-pressure in both directions, which Daphne itself lacks."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from autobahn.exception import Disconnected
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from twisted.internet import reactor

from aimodels.asgi import application
from aimodels.serve.drain import drain_on_signals, freeze_garbage_collector

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


class FormKeepingRequest(WebRequest):  # type: ignore[misc]
    """A request whose form Twisted does not parse: 25 MB would block every other request."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more, parsePOSTFormSubmission=False)


class FormKeepingFactory(HTTPFactory):  # type: ignore[misc]
    def buildProtocol(self, address: Any) -> Any:
        protocol = super().buildProtocol(address)
        protocol.requestFactory = FormKeepingRequest
        return protocol


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
        self.http_factory = FormKeepingFactory(self)
        self.port = REACTOR.adoptStreamPort(self.sock.fileno(), self.sock.family, self.http_factory)
        drain_on_signals(REACTOR._asyncioEventloop, REACTOR.stop, self.stop_accepting)
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
        while unsent_bytes(protocol) > MAX_UNSENT_BYTES:  # noqa: ASYNC110 — Twisted has no event
            await asyncio.sleep(0.02)


def unsent_bytes(protocol: Any) -> int:
    """Return how many bytes Twisted buffers for this connection; 0 once it is closed."""
    transport = getattr(getattr(protocol, "channel", None) or protocol, "transport", None)
    if transport is None or not getattr(transport, "connected", False):
        return 0
    waiting = getattr(transport, "dataBuffer", b"")
    return len(waiting) + int(getattr(transport, "_tempDataLen", 0))


def run(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    server = PausingServer(sock, on_ready)
    freeze_garbage_collector()
    server.run()
