"""A relay before a portal whose WebSocket handshakes take a while, as on a bad line."""

from __future__ import annotations

import socket
import socketserver
import threading
from contextlib import suppress

WAIT = 1.5  # seconds that a handshake waits


class _Relaying(socketserver.BaseRequestHandler):
    server: SlowHandshake

    def handle(self) -> None:
        first = self.request.recv(65536)
        if b" /ws/chat/ " in first and self.server.ended.wait(WAIT):
            return
        with suppress(OSError), socket.create_connection(self.server.portal) as upstream:
            upstream.sendall(first)
            back = threading.Thread(target=_copy, args=(upstream, self.request))
            back.start()
            _copy(self.request, upstream)
            back.join()


def _copy(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


class SlowHandshake(socketserver.ThreadingTCPServer):
    """Relays to the portal on a port of this machine; a browser opens sockets on connections of their own."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, portal_port: int) -> None:
        super().__init__(("127.0.0.1", 0), _Relaying)
        self.portal = ("127.0.0.1", portal_port)
        self.ended = threading.Event()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.05,)).start()

    def close(self) -> None:
        self.ended.set()
        self.shutdown()
        self.server_close()
