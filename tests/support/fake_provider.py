"""
A provider on a raw socket, which speaks OpenAI's and Ollama's formats and plays scripts.

    fake.script(b"HTTP/1.1 200 OK\\r\\n…", 0.2, RESET)

A script is a list of steps for the next POST. Bytes are written; a number is a pause in seconds;
HANG waits until the peer closes; RESET ends with a TCP reset; KEEP keeps the connection open; a
`threading.Event` waits until a test sets it. At the end of the script the connection is closed,
unless the last step is a whole response: servers do not close then without a word.
Without a script the provider returns a valid answer. It records each request, and when its peer
closed. `provider_messages` makes the bytes.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from typing import TYPE_CHECKING, Any

from tests.support.provider_messages import default_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

HANG, RESET, KEEP = "hang", "reset", "keep"


def read_body(data: bytes, headers: Mapping[str, str]) -> Any:
    """Return a body's JSON, or the parts of a form: its fields, and files as (name, type, bytes).

    A field that appears more than once is a list.
    """
    media_type = headers.get("content-type", "")
    if not media_type.startswith("multipart/"):
        return json.loads(data) if data else None
    message = BytesParser(policy=HTTP).parsebytes(
        f"Content-Type: {media_type}\r\n\r\n".encode() + data
    )
    fields: dict[str, Any] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        value: Any = part.get_payload(decode=True)
        file = part.get_filename()
        value = (file, part.get_content_type(), value) if file else value.decode()
        fields.setdefault(str(name), []).append(value)
    return {name: found if len(found) > 1 else found[0] for name, found in fields.items()}


@dataclass
class Recorded:
    """A request that arrived. `peer_closed` is set once its connection was closed by the peer."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int
    peer_closed: threading.Event = field(default_factory=threading.Event)

    @property
    def asks(self) -> bool:
        """Does it ask for an answer? A probe may post an empty body."""
        return self.method == "POST" and self.body != {}


async def stop_listening(server: asyncio.Server) -> None:
    """Close a server once each connection that it has accepted is one of its tasks.

    A server that is closed between the two leaves the connection open.
    """
    for listening in server.sockets:
        asyncio.get_running_loop().remove_reader(listening.fileno())
    await asyncio.sleep(0.01)
    server.close()


class FakeProvider:
    """Listens on a free port of the loopback interface, in its own thread."""

    def __init__(self) -> None:
        self.scripts: deque[tuple[Any, ...]] = deque()
        self.answers: dict[str, Any] = {}  # path → the response to each GET of it, or its steps
        self.requests: list[Recorded] = []
        self.scripts_probes = False  # do scripts answer a probe's empty requests, too?
        self.connections = 0
        self.loop = asyncio.new_event_loop()
        started = threading.Event()
        self.thread = threading.Thread(target=self._run, args=[started], daemon=True)
        self.thread.start()
        assert started.wait(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def posts(self) -> list[Recorded]:
        """The requests for answers, without a probe's empty ones, which come at any moment."""
        return [request for request in self.requests if request.asks]

    def script(self, *steps: Any) -> None:
        self.scripts.append(steps)

    def reset(self) -> None:
        self.scripts.clear()
        self.answers.clear()
        self.requests.clear()

    def wait_for_post(self, seconds: float = 5, *, count: int = 1) -> Recorded:
        """Wait for the `count`th request for an answer, and return the last."""
        end = time.monotonic() + seconds
        while len(self.posts) < count:
            assert time.monotonic() < end, "no request arrived"
            time.sleep(0.005)
        return self.posts[-1]

    def close(self) -> None:
        if self.thread.is_alive():  # a test may have closed it
            self.loop.call_soon_threadsafe(self.loop.stop)
            self.thread.join()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        self.loop.run_until_complete(self._end(server))
        self.loop.close()

    async def _end(self, server: asyncio.Server) -> None:
        await stop_listening(server)
        for task in (unfinished := asyncio.all_tasks() - {asyncio.current_task()}):
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)
        await asyncio.sleep(0.01)  # sockets are closed after their tasks

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        try:
            while request := await self._read(reader, number):
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # cancelled: the provider ends
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader, number: int) -> Recorded | None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.strip().split("\r\n")
        headers = {
            k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines)
        }
        data = await reader.readexactly(int(headers.get("content-length", "0")))
        method, path, _ = first.split(" ")
        return Recorded(method, path, headers, read_body(data, headers), number)

    async def _answer(
        self, request: Recorded, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer `request`; return whether the connection stays open."""
        watcher = asyncio.ensure_future(self._watch(request, reader))
        steps = self._steps(request)
        try:
            return await self._play(steps, request, writer)
        except ConnectionError:  # the peer closed while we wrote
            request.peer_closed.set()
            raise
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        if self.scripts and (request.asks or (self.scripts_probes and request.method == "POST")):
            return self.scripts.popleft()
        answer = self.answers.get(request.path) if request.method == "GET" else None
        if isinstance(answer, tuple):
            return answer
        return (answer or default_answer(request.path, request.body or {}), KEEP)

    async def _play(
        self, steps: tuple[Any, ...], request: Recorded, writer: asyncio.StreamWriter
    ) -> bool:
        for step in steps:
            if isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, threading.Event):
                while not (step.is_set() or request.peer_closed.is_set()):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            elif step == HANG:
                await asyncio.to_thread(request.peer_closed.wait, 30)
            elif step == RESET:
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, linger
                )
                writer.transport.abort()
            elif step == KEEP:
                return True
            else:
                await asyncio.sleep(step)
        return bool(steps) and isinstance(steps[-1], bytes) and _is_whole(steps[-1])

    async def _watch(self, request: Recorded, reader: asyncio.StreamReader) -> None:
        # Does not read: on a kept connection the next request would be lost.
        while not reader.at_eof() and reader.exception() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        request.peer_closed.set()


def _is_whole(data: bytes) -> bool:
    """Is it a response that ends by its length, and announces no close?"""
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\nContent-Length: (\d+)", head)
    closes = b"\r\nConnection: close" in head
    return length is not None and not closes and int(length[1]) == len(body)
