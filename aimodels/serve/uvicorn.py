"""The portal on uvicorn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from aimodels.asgi import application
from aimodels.serve import half_closed
from aimodels.serve.drain import MAX_FRAME_BYTES, drain_on_signals, freeze_garbage_collector
from aimodels.serve.frames import MAX_UNREAD, SLICE, FrameCounter
from aimodels.serve.slow_callers import end_slow_callers
from aimodels.serve.slow_readers import Unsent, in_kernel
from aimodels.serve.slow_senders import BODY, HEAD, TOO_LATE, Arriving, refusal

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

MAX_HEAD = 64 * 1024  # bytes of a request line with its headers, and of what is read with them
MAX_HEADERS = 200
TOO_LARGE = refusal(b"431 Request Header Fields Too Large")


class Connection(HttpToolsProtocol):
    """A connection of HTTP, with limits that uvicorn lacks.

    `resumed` is how often its caller has caught up with what is sent.
    """

    resumed = 0
    head = 0  # bytes of the head that arrives
    in_head = False

    def on_message_begin(self) -> None:
        self.head, self.in_head = 0, True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self.in_head = False
        if len(self.headers) > MAX_HEADERS:
            self.head = MAX_HEAD + 1
            raise ValueError("too many headers")
        super().on_headers_complete()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.in_head:
            self.head += len(data)
            if self.head > MAX_HEAD:
                self.send_400_response("")

    def send_400_response(self, msg: str) -> None:
        if self.head <= MAX_HEAD:
            return super().send_400_response(msg)
        self.transport.write(TOO_LARGE)
        self.transport.close()

    def eof_received(self) -> bool:  # type: ignore[override]  # transports keep what returns True
        """Keep the connection for the response to a request that has arrived."""
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is None or cycle.response_complete or cycle.more_body:
            return False
        cycle.keep_alive = False
        if not cycle.response_started:
            self.transport.write(half_closed.STATUS_LINE)
            begun: Any = Begun(cycle)
            cycle.transport = begun
        elif cycle.chunked_encoding:
            self.transport.write(half_closed.CHUNK_SIZE)
        half_closed.watch(
            self.transport.get_extra_info("socket").fileno,
            lambda: cycle.response_complete or cycle.disconnected,
            self.transport.abort,
        )
        return True

    @property
    def arriving(self) -> tuple[str, Any] | None:
        """What still has to arrive of a request, or None."""
        cycle: RequestResponseCycle | None = self.cycle
        if self.transport.is_closing() or self.flow.read_paused:
            return None
        if cycle is None or cycle.response_complete:
            return None if self.timeout_keep_alive_task else (HEAD, cycle)
        return (BODY, cycle) if cycle.more_body else None

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


class Socket(WebSocketsSansIOProtocol):
    """A WebSocket, with the limits of `frames`."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.counter = FrameCounter()

    def data_received(self, data: bytes) -> None:
        for begin in range(0, len(data), SLICE):
            if not self.transport.is_closing():
                super().data_received(data[begin : begin + SLICE])

    def handle_cont(self, event: Any) -> None:
        self.count()
        super().handle_cont(event)

    def handle_ping(self) -> None:
        self.count()
        if self.transport.get_write_buffer_size() <= MAX_UNREAD:
            super().handle_ping()
        else:
            self.conn.data_to_send()

    def handle_pong(self, event: Any) -> None:
        self.count()
        super().handle_pong(event)

    def count(self) -> None:
        if self.counter.is_flood():
            self.transport.abort()


class Begun:
    """The transport of a response whose first byte is sent."""

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle, self._transport = cycle, cycle.transport

    def write(self, data: bytes) -> None:
        self._cycle.transport = self._transport
        self._transport.write(data[len(half_closed.STATUS_LINE) :])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


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
            end_slow_callers(
                self.unsent, self.arriving, lambda transport: transport.abort(), refuse
            )
        )
        await task
        watch.cancel()

    def arriving(self) -> Arriving:
        """Return the callers whose requests have not arrived."""
        return {
            connection.transport: part
            for connection in self.server_state.connections
            if isinstance(connection, Connection) and (part := connection.arriving)
        }

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


def refuse(transport: Any) -> None:
    transport.write(TOO_LATE)
    transport.close()


def run(sock: socket.socket, on_ready: Callable[[], None]) -> None:
    config = uvicorn.Config(
        application,
        http=Connection,
        ws=Socket,
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
