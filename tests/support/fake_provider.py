"""
A provider on a raw socket, which speaks OpenAI's and Ollama's formats, and does as it is told.

    fake.script(b"HTTP/1.1 200 OK\\r\\n…", 0.2, RESET)

A script is a timeline for the next POST: bytes are written, numbers are pauses in seconds, HANG
waits until the peer has gone, RESET ends with a TCP reset, and the end of the script closes. An
event is waited for: so a test that has seen enough lets the answer go on.
Without a script it answers properly. It records each request, and when its peer closed.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any

HANG, RESET, KEEP = "hang", "reset", "keep"
WORDS = ["Hello", " from", " the", " fake", "."]


@dataclass
class Recorded:
    """A request that arrived. `peer_closed` is set once its connection was closed by the peer."""

    method: str
    path: str
    headers: dict[str, str]
    body: Any
    connection: int
    peer_closed: threading.Event = field(default_factory=threading.Event)


class FakeProvider:
    """Listens on a free port of loopback, from a thread of its own."""

    def __init__(self) -> None:
        self.scripts: deque[tuple[Any, ...]] = deque()
        self.answers: dict[str, Any] = {}  # path → what each GET of it gets, or its steps
        self.requests: list[Recorded] = []
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
        return [request for request in self.requests if request.method == "POST"]

    def script(self, *steps: Any) -> None:
        self.scripts.append(steps)

    def reset(self) -> None:
        self.scripts.clear()
        self.answers.clear()
        self.requests.clear()

    def wait_for_post(self, seconds: float = 5) -> Recorded:
        end = time.monotonic() + seconds
        while not self.posts:
            assert time.monotonic() < end, "no request arrived"
            time.sleep(0.005)
        return self.posts[-1]

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self.loop.run_forever()
        server.close()
        for task in (left := asyncio.all_tasks(self.loop)):
            task.cancel()
        self.loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self.loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        number = self.connections
        try:
            while request := await self._read(reader, number):
                self.requests.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
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
        return Recorded(method, path, headers, json.loads(data) if data else None, number)

    async def _answer(
        self, request: Recorded, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer `request`; return whether the connection stays open."""
        watcher = asyncio.ensure_future(self._watch(request, reader))
        steps = self._steps(request)
        try:
            return await self._play(steps, request, writer)
        except ConnectionError:  # it closed while we wrote
            request.peer_closed.set()
            raise
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)

    def _steps(self, request: Recorded) -> tuple[Any, ...]:
        if request.method == "POST" and self.scripts:
            return self.scripts.popleft()
        found = self.answers.get(request.path) if request.method == "GET" else None
        if isinstance(found, tuple):
            return found
        return (found or default_answer(request), KEEP)

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
        return False

    async def _watch(self, request: Recorded, reader: asyncio.StreamReader) -> None:
        # Peeks without consuming: on a kept connection the next request follows here.
        while not reader.at_eof() and reader.exception() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        request.peer_closed.set()


def http(status: int, body: Any, content_type: str = "application/json", **headers: str) -> bytes:
    """Return a whole response; `body` is bytes, or is made JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [
        f"HTTP/1.1 {status} X",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(data)}",
    ]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + data


SSE_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
NDJSON_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
DONE = b"data: [DONE]\n\n"


def event(value: Any) -> bytes:
    return b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n"


def line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode() + b"\n"


def chunk(text: str | None = None, finish: str | None = None, **more: Any) -> dict[str, Any]:
    """Return an OpenAI chunk."""
    delta = {} if text is None else {"content": text}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake",
        "choices": [choice],
        **more,
    }


USAGE = {"prompt_tokens": 7, "completion_tokens": 5, "total_tokens": 12}


def openai_stream(*words: str, finish: str = "stop", usage: bool = True) -> bytes:
    """Return the events of a whole OpenAI answer."""
    parts = [event(chunk(word)) for word in words] + [event(chunk(finish=finish))]
    if usage:
        parts.append(event({**chunk(), "choices": [], "usage": USAGE}))
    return b"".join([*parts, DONE])


def completion(text: str = "".join(WORDS), **more: Any) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "chatcmpl-fake",
        "object": "chat.completion",
        "created": 1,
        "model": "fake",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": USAGE,
        **more,
    }


def vector(text: Any) -> list[float]:
    return [float(len(str(text))), 0.5, -0.25]


def ollama_line(text: str = "", *, done: bool = False, **more: Any) -> dict[str, Any]:
    found = {
        "model": "fake",
        "created_at": "2026-01-01T00:00:00Z",
        "message": {"role": "assistant", "content": text},
        "done": done,
    }
    if done:
        found |= {"done_reason": "stop", "prompt_eval_count": 7, "eval_count": 5}
    return {**found, **more}


def default_answer(request: Recorded) -> bytes:
    body = request.body or {}
    answers = {
        "/v1/chat/completions": _openai_chat,
        "/v1/completions": lambda body: http(
            200, {"choices": [{"text": "SELECT 1", "finish_reason": "stop"}], "usage": USAGE}
        ),
        "/v1/embeddings": _openai_embeddings,
        "/v1/models": lambda body: http(200, {"object": "list", "data": [{"id": "fake"}]}),
        "/api/chat": _ollama_chat,
        "/api/generate": lambda body: http(
            200, {"response": "SELECT 1", "done": True, "done_reason": "stop", "eval_count": 3}
        ),
        "/api/embed": lambda body: http(
            200,
            {
                "model": "fake",
                "embeddings": [vector(t) for t in body["input"]],
                "prompt_eval_count": 3,
            },
        ),
        "/api/tags": lambda body: http(
            200, {"models": [{"name": "fake:latest", "model": "fake:latest"}]}
        ),
        "/api/ps": lambda body: http(200, {"models": []}),  # no model is in memory
        "/api/version": lambda body: http(200, {"version": "0.12.0"}),
    }
    answer = answers.get(request.path)
    return answer(body) if answer else http(404, {"error": {"message": "no such route"}})


def _openai_chat(body: dict[str, Any]) -> bytes:
    if not body.get("stream"):
        return http(200, completion())
    usage = bool((body.get("stream_options") or {}).get("include_usage"))
    words = WORDS * 100 if body["messages"][-1]["content"] == "long" else WORDS
    return http(200, openai_stream(*words, usage=usage), "text/event-stream")


def _openai_embeddings(body: dict[str, Any]) -> bytes:
    inputs = body["input"] if isinstance(body["input"], list) else [body["input"]]
    data = [
        {"object": "embedding", "index": i, "embedding": vector(t)} for i, t in enumerate(inputs)
    ]
    return http(
        200,
        {
            "object": "list",
            "data": data,
            "model": "fake",
            "usage": {"prompt_tokens": 3, "total_tokens": 3},
        },
    )


def _ollama_chat(body: dict[str, Any]) -> bytes:
    if not body.get("stream", True):
        return http(200, ollama_line("".join(WORDS), done=True))
    lines = [line(ollama_line(word)) for word in WORDS] + [line(ollama_line(done=True))]
    return http(200, b"".join(lines), "application/x-ndjson")
