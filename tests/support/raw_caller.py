"""A caller of the portal on a raw socket, who reads only what a test reads."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

from tests.support.portal import Portal

BUFFER = 65536  # bytes: the system reads little before the caller does


def connect(portal: Portal, seconds: float = 10) -> socket.socket:
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    link.settimeout(seconds)
    link.connect(("127.0.0.1", portal.port))
    return link


def head(
    portal: Portal, length: int, path: str = "/v1/ai/chat/completion", who: str = "ann"
) -> bytes:
    token = portal.tokens.get(who)
    lines = [
        f"POST {path} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Content-Length: {length}",
    ]
    lines += [f"Authorization: Bearer {token}"] if token else []
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


def ask(portal: Portal, **body: Any) -> socket.socket:
    """Send a chat request, and return the connection without reading its answer."""
    link = connect(portal)
    data = json.dumps({"messages": [{"role": "user", "content": "Hi"}], **body}).encode()
    link.sendall(head(portal, len(data)) + data)
    return link


def upload(link: socket.socket, head: bytes, size: int) -> bytes:
    """Send a body of so many bytes, or as many as the portal reads, and return what it says."""
    link.sendall(head)
    try:
        for _ in range(size // 100_000):
            link.sendall(b" " * 100_000)
    except ConnectionError:
        pass  # it was refused before all was sent
    try:
        return link.recv(4096)
    except ConnectionError:
        return b""


def drip(link: socket.socket, seconds: float = 12) -> bytes:
    """Send a byte at a time until the portal closes; return what it said."""
    end = time.monotonic() + seconds
    link.settimeout(0.2)
    said = b""
    while time.monotonic() < end:
        try:
            link.sendall(b"1")
            if not (data := link.recv(4096)):
                return said
            said += data
        except TimeoutError:
            continue
        except OSError:
            return said
    raise AssertionError("the connection is still open")


def rest(link: socket.socket) -> bytes:
    """Return what comes until the portal closes the connection."""
    parts = []
    try:
        while part := link.recv(65536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)
