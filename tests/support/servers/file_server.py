"""A server of one file, which misbehaves as a test says: one act for each request, in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Act(NamedTuple):
    """How a request is answered. Without anything: as a good server does."""

    status: int = 0  # answer with this only
    cut: int | None = None  # close after so many bytes of the body
    flip: int | None = None  # the byte of the file that is wrong
    etag: str = '"one"'  # empty: none, and no date either
    ranges: bool = True  # does it take Range?
    claims: int | None = None  # the length that the headers claim
    extra: bytes = b""  # after the file
    chunked: bool = False  # no length at all
    starts: int | None = None  # where Content-Range says that the part begins
    to: str = ""  # a redirect
    encoding: str = ""
    hold: bool = False  # keep the connection open after the body
    gate: threading.Event | None = None  # waits for it before the body


class FileServer:
    """Serves `data` at every path. `ranges` has the Range header of each request, or ''."""

    def __init__(self, data: bytes, acts: list[Act]) -> None:
        self.data, self.acts = data, acts
        self.ranges: list[str] = []
        self.paths: list[str] = []
        self.url = ""
        self.host = ""
        self.asked = threading.Event()


@contextmanager
def file_server(data: bytes, *acts: Act, last: Act | None = None) -> Iterator[FileServer]:
    """Serve `data`; after `acts`, as `last` or like a good server."""
    server = FileServer(data, list(acts))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server.ranges.append(self.headers.get("Range", ""))
            server.paths.append(self.path)
            act = server.acts.pop(0) if server.acts else last or Act()
            server.asked.set()
            _answer(self, server.data, act)
            self.close_connection = True

        def log_message(self, *args: Any) -> None:
            pass

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    http.daemon_threads = True
    server.host = f"127.0.0.1:{http.server_address[1]}"
    server.url = f"http://{server.host}/weights.gguf"
    thread = threading.Thread(target=http.serve_forever, args=[0.02], daemon=True)
    thread.start()
    try:
        yield server
    finally:
        http.shutdown()
        http.server_close()


def _answer(handler: BaseHTTPRequestHandler, data: bytes, act: Act) -> None:
    if act.to:
        return _head(handler, 302, {"Location": act.to, "Content-Length": "0"})
    if act.status:
        return _head(handler, act.status, {"Content-Length": "0"})
    start = _start(handler, act)
    body = bytearray(data + act.extra)
    if act.flip is not None:
        body[act.flip] ^= 1
    headers = {"ETag": act.etag} if act.etag else {}
    if start:
        shown = start if act.starts is None else act.starts
        headers["Content-Range"] = f"bytes {shown}-{len(body) - 1}/{act.claims or len(body)}"
    if not act.chunked:
        headers["Content-Length"] = str((act.claims or len(body)) - start)
    if act.encoding:
        headers["Content-Encoding"] = act.encoding
    _head(handler, 206 if start else 200, headers)
    if act.gate:
        act.gate.wait(10)
    end = len(body) if act.cut is None else start + act.cut
    _body(handler, bytes(body[start:end]))
    if act.hold:
        handler.rfile.read(1)  # until the caller leaves


def _start(handler: BaseHTTPRequestHandler, act: Act) -> int:
    """Return where the answer begins: If-Range must have the version that is served."""
    asked = handler.headers.get("Range", "")
    if not asked or not act.ranges or handler.headers.get("If-Range") != act.etag:
        return 0
    return int(asked.removeprefix("bytes=").rstrip("-"))


def _head(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str]) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Connection", "close")
    handler.end_headers()


def _body(handler: BaseHTTPRequestHandler, data: bytes) -> None:
    write: Callable[[bytes], Any] = handler.wfile.write
    try:
        write(data)
    except OSError:
        pass  # the caller has had enough
