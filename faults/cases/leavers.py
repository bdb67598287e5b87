"""Callers who leave: what the provider does for them ends at once."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from faults.case import Case, promise
from faults.cases.setups import ONE
from faults.provider import HOLD
from faults.site import Site, until
from tests.support import raw_caller
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.socket_client import SocketClient

CHAT = "/v1/ai/chat/completion"
MESSAGES = {"messages": [{"role": "user", "content": "Hi"}]}
TABLE = "CREATE TABLE t (id INTEGER)"
SILENT: tuple[Any, ...] = (HOLD,)
BEGUN = (SSE_HEAD, event(chunk("Hello")), HOLD)
RST = struct.pack("ii", 1, 0)


def leaves(site: Site, path: str, body: dict[str, Any], steps: Any, reset: bool = False) -> None:
    """Ask, wait until the provider works at it, and leave."""
    site.fake.plays["hold"] = steps
    data = json.dumps({**body, "model": "fake:hold"}).encode()
    with raw_caller.connect(site.portal) as link:
        link.sendall(raw_caller.head(site.portal, len(data), path) + data)
        request = arrived(site)
        while steps is BEGUN and b"Hello" not in link.recv(4096):
            pass
        if reset:
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RST)
        began = time.monotonic()
    site.aborts(request, began)


def arrived(site: Site) -> Any:
    return until(lambda: site.fake.of("hold") and site.fake.of("hold")[-1], 5, "the request comes")


def on_a_socket(site: Site, steps: Any, leave: Callable[[SocketClient], object]) -> None:
    site.fake.plays["hold"] = steps
    with SocketClient(site.portal) as client:
        client.begin(model="fake:hold")
        request = arrived(site)
        if steps is BEGUN:
            client.until("delta")
        began = time.monotonic()
        leave(client)
        site.aborts(request, began)


def stop(client: SocketClient) -> None:
    client.send(type="stop", id="1")
    promise(client.until("done")[-1]["finish_reason"] == "stopped", "it is not called stopped")


STREAM = {**MESSAGES, "stream": True}
BUILD = {"question": "How many?", "dialect": "sqlite", "schema": TABLE}
PAGE = "docs/websockets.md"
WAYS = [
    ("A1", "a caller leaves before the first byte of a stream", partial(leaves, path=CHAT, body=STREAM, steps=SILENT)),
    ("A2", "a caller leaves in the middle of a stream", partial(leaves, path=CHAT, body=STREAM, steps=BEGUN)),
    ("A3", "a caller leaves a whole answer", partial(leaves, path=CHAT, body=MESSAGES, steps=SILENT)),
    ("A4", "a caller leaves embeddings", partial(leaves, path="/v1/embeddings", body={"input": "x"}, steps=SILENT)),
    ("A5", "a caller leaves a question for SQL", partial(leaves, path="/v1/ir/build", body=BUILD, steps=SILENT)),
    ("A6", "a caller resets the connection", partial(leaves, path=CHAT, body=STREAM, steps=BEGUN, reset=True)),
    ("A7", "stop on a socket, before the first byte", partial(on_a_socket, steps=SILENT, leave=stop)),
    ("A8", "stop on a socket, in the middle", partial(on_a_socket, steps=BEGUN, leave=stop)),
    ("A9", "a socket is closed in the middle", partial(on_a_socket, steps=BEGUN, leave=SocketClient.close)),
]  # fmt: skip
PROMISE = "the provider's connection is closed within a second"
CASES = [Case(name, fault, PROMISE, PAGE, check, ONE, quick=True) for name, fault, check in WAYS]
