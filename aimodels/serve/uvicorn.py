"""The portal on uvicorn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aimodels.asgi import application
from aimodels.serve.drain import MAX_FRAME_BYTES, drain_on_signals, freeze_garbage_collector

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class Server(uvicorn.Server):
    """Serves on one socket, and leaves signals to `drain_on_signals`."""

    def __init__(
        self, config: uvicorn.Config, sock: socket.socket, on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self.sock = sock
        self.on_ready = on_ready

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.on_ready()

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Do nothing: uvicorn's own handler closes WebSockets before a last frame can be sent."""

    async def serve_until_drained(self) -> None:
        task = asyncio.create_task(self.serve(sockets=[self.sock]))
        await asyncio.sleep(0)
        drain_on_signals(asyncio.get_running_loop(), self.stop, self.stop_accepting)
        await task

    def stop(self) -> None:
        self.should_exit = True

    def stop_accepting(self) -> None:
        """Close the listening socket, and each kept connection once it is idle."""
        for server in self.servers:
            server.close()
        self.sock.close()
        for connection in list(self.server_state.connections):
            if isinstance(connection, HttpToolsProtocol):
                connection.shutdown()


def run(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    config = uvicorn.Config(
        application,
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it would trust any caller on loopback; see TRUSTED_SCHEME_HEADER
        timeout_graceful_shutdown=3,
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,  # a compressor for each socket costs more than it saves
    )
    freeze_garbage_collector()
    with asyncio.Runner(loop_factory=config.get_loop_factory()) as runner:
        runner.run(Server(config, sock, on_ready).serve_until_drained())
