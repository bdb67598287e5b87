"""The portal on uvicorn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from aimodels.asgi import application
from aimodels.serve.drain import MAX_FRAME_BYTES, drain_on_signals, freeze_garbage_collector
from aimodels.serve.slow_readers import Unsent, end_slow_readers, in_kernel

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class Connection(HttpToolsProtocol):
    """A connection of HTTP. `resumed` is how often its caller has caught up with what is sent."""

    resumed = 0

    def resume_writing(self) -> None:
        self.resumed += 1
        super().resume_writing()

    @property
    def unsent(self) -> int:
        """How many bytes are not delivered."""
        descriptor = self.transport.get_extra_info("socket").fileno()
        return self.transport.get_write_buffer_size() + in_kernel(descriptor)

    @property
    def waits(self) -> bool:
        """Does it hold what its caller has not read, and will not hold more before that?"""
        return self.flow.write_paused or self.transport.is_closing()


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
        watch = asyncio.create_task(
            end_slow_readers(self.unsent, lambda transport: transport.abort())
        )
        await task
        watch.cancel()

    def unsent(self) -> Unsent:
        """Return the callers of HTTP who read too slowly for what is sent."""
        return {
            connection.transport: (connection.resumed, -connection.unsent)
            for connection in self.server_state.connections
            if isinstance(connection, Connection) and connection.waits
        }

    def stop(self) -> None:
        self.should_exit = True

    def stop_accepting(self) -> None:
        """Close the listening socket, and each kept connection once it is idle."""
        for server in self.servers:
            server.close()
        self.sock.close()
        for connection in list(self.server_state.connections):
            if isinstance(connection, Connection):
                connection.shutdown()


def run(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    config = uvicorn.Config(
        application,
        http=Connection,
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
