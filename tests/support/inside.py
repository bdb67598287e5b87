"""
Calls the portal's ASGI application without a server, to count the cost of an answer.

    python -m tests.support.inside hops            print the calls of threads for each kind of request, as JSON
    python -m tests.support.inside instructions    run TASKS under callgrind, and dump after each

Run it in a separate process, with the variables of `tests.support.portal` and TOKEN.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from django.db.backends.utils import CursorWrapper

from aimodels import asgi, dispatch
from core.limits.limiter import limiter, of_settings
from registry.providers import WIRES
from registry.providers.wire import Stamp, Target
from registry.state.service import service
from tests.support.provider_messages import chunk, event

vars(dispatch)["background"] = SimpleNamespace(start=bool)  # count the requests only
limits = of_settings()
limiter.limits_of = lambda groups: service.current.limits.of(groups, limits)  # as a worker does
application = asgi.application
Message = dict[str, Any]
ASK = {"model": "fake:talker", "messages": [{"role": "user", "content": "Who are you?"}]}
MESSAGE = {**ASK, "max_tokens": 100}  # of Anthropic's API
PROMPT = {"model": "fake:talker", "prompt": "Who are you?"}  # of OpenAI's older API
ITEMS = {"model": "fake:talker", "input": "Who are you?"}  # of OpenAI's Responses
QUESTION = {"type": "ask", "id": "1", "content": "Who are you?", "model": "fake:talker"}
ROUNDS = 100  # of each task


def scope(kind: str, path: str) -> Message:
    headers = {
        b"host": b"127.0.0.1",
        b"authorization": f"Bearer {os.environ['TOKEN']}".encode(),
        b"content-type": b"application/json",
    }
    return {
        "type": kind, "path": path, "method": "POST", "query_string": b"", "scheme": "http",
        "headers": list(headers.items()), "client": ("127.0.0.1", 1), "server": ("127.0.0.1", 80),
        "http_version": "1.1", "asgi": {"version": "3.0"}, "subprotocols": [],
    }  # fmt: skip


async def post(path: str, body: Any) -> bytes:
    """Return the body of an answer with status 200."""
    requests = [{"type": "http.request", "body": json.dumps(body).encode()}]
    messages: list[Message] = []
    forever = asyncio.Event()

    async def receive() -> Message:
        if not requests:
            await forever.wait()
        return requests.pop()

    async def send(message: Message) -> None:
        messages.append(message)

    await application(scope("http", path), receive, send)
    content = b"".join(message.get("body", b"") for message in messages)
    assert messages[0]["status"] == 200, content
    return content


async def ask_on_socket(path: str, frame: Message) -> list[Message]:
    """Ask on an open socket; return the frames of the answer. Connecting is not counted."""
    to_application: asyncio.Queue[Message] = asyncio.Queue()
    from_application: asyncio.Queue[Message] = asyncio.Queue()
    task = asyncio.ensure_future(
        application(scope("websocket", path), to_application.get, from_application.put)
    )
    to_application.put_nowait({"type": "websocket.connect"})
    assert (await from_application.get())["type"] == "websocket.accept"
    counted.clear()
    to_application.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})
    frames: list[Message] = []
    while not frames or frames[-1]["type"] not in ("done", "error"):
        frames.append(json.loads((await from_application.get())["text"]))
    assert frames[-1]["type"] == "done", frames
    to_application.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await asyncio.gather(task, return_exceptions=True)
    return frames


# ── Hops ────────────────────────────────────────────────────────────────────────────────────

counted: Counter[str] = Counter()


def count(owner: Any, name: str, label: str) -> None:
    """Count the calls of `owner.name` as `what`."""
    original = getattr(owner, name)

    def counting(*args: Any, **options: Any) -> Any:
        counted[label] += 1
        return original(*args, **options)

    setattr(owner, name, counting)


async def hops() -> dict[str, dict[str, int]]:
    """Return the calls of threads and the queries of the second answer to each kind of request."""
    count(ThreadPoolExecutor, "submit", "hops")
    count(CursorWrapper, "execute", "queries")
    texts = {"model": "fake:embedder", "input": ["a", "b"]}
    requests: dict[str, Callable[[], Awaitable[Any]]] = {
        "whole": lambda: post("/v1/ai/chat/completion", ASK),
        "stream": lambda: post("/v1/ai/chat/completion", {**ASK, "stream": True}),
        "whole, OpenAI's": lambda: post("/v1/chat/completions", ASK),
        "stream, OpenAI's": lambda: post("/v1/chat/completions", {**ASK, "stream": True}),
        "embeddings": lambda: post("/v1/embeddings", texts),
        "base64": lambda: post("/v1/embeddings", {**texts, "encoding_format": "base64"}),
        "messages": lambda: post("/v1/messages", {**MESSAGE, "stream": True}),
        "responses": lambda: post("/v1/responses", {**ITEMS, "stream": True}),
        "chat": lambda: ask_on_socket("/ws/chat/", QUESTION),
        "chat, long": lambda: ask_on_socket("/ws/chat/", {**QUESTION, "content": "long"}),
        "raw": lambda: ask_on_socket("/ws/raw/", QUESTION),
    }
    counts = {}
    for name, request in requests.items():
        await request()
        counted.clear()
        await request()
        counts[name] = {"hops": counted["hops"], "queries": counted["queries"]}
    return counts


# ── Instructions ────────────────────────────────────────────────────────────────────────────


EVENTS = [event(chunk(f"token {n}")) for n in range(50)]
STAMP, TARGET = Stamp("id", 1), Target("p", "n", "http://x", {})


async def resolve() -> None:
    registry = service.current
    for _ in range(1000):
        registry.resolve("chat", "fake:talker")
        registry.resolve("chat")


async def parse() -> None:
    """Parse a stream event by event, and the same events at once."""
    for pieces in (EVENTS, [b"".join(EVENTS)]):
        stream = WIRES["openai"].Stream(TARGET, STAMP)
        for piece in pieces:
            stream.feed(piece)


async def chat_socket() -> None:
    """Stream 500 words into a stored conversation."""
    await ask_on_socket("/ws/chat/", {**QUESTION, "content": "long"})


DOORS: dict[str, tuple[str, Message]] = {
    "relay": ("/v1/chat/completions", ASK),
    "completions": ("/v1/completions", PROMPT),
    "messages": ("/v1/messages", MESSAGE),
    "responses": ("/v1/responses", ITEMS),
    "ollama": ("/api/chat", ASK),
    "messages_native": ("/v1/messages", {**MESSAGE, "model": "rock:slate"}),
    "ollama_native": ("/api/chat", {**ASK, "model": "pond:frog"}),
}


def answer(path: str, body: Message, *, stream: bool) -> Callable[[], Awaitable[Any]]:
    """Return the task to ask for an answer."""
    return lambda: post(path, {**body, "stream": stream})


TASKS: dict[str, Callable[[], Awaitable[Any]]] = {
    "resolve": resolve,
    "parse": parse,
    **{name: answer(*door, stream=False) for name, door in DOORS.items()},
    **{f"{name}_stream": answer(*door, stream=True) for name, door in DOORS.items()},
    "chat_socket": chat_socket,
}


async def instructions(valgrind: Any) -> None:
    """Run each task under callgrind, after ten runs that are not counted."""
    for name, task in TASKS.items():
        for _ in range(10):
            await task()
        valgrind.start()
        for _ in range(ROUNDS):
            await task()
        valgrind.stop(name.encode())


if __name__ == "__main__":
    if sys.argv[1] == "hops":
        sys.stdout.write(json.dumps(asyncio.run(hops())))
    else:
        asyncio.run(instructions(ctypes.CDLL(sys.argv[2])))
        sys.stdout.flush()
        os._exit(0)
