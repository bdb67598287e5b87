"""Free ports for tests that run in several processes at once."""

from __future__ import annotations

import socket
from collections.abc import Iterator


def _free_ports() -> Iterator[int]:
    """Yield ports that no other test process uses, now or later.

    They are below the ports of outgoing connections. A process claims a hundred at a time: it
    binds the first of them on UDP.
    """
    claims = []
    for first in range(20_000, 32_000, 100):
        claim = socket.socket(type=socket.SOCK_DGRAM)
        if is_bound(claim, first):
            claims.append(claim)
            for port in range(first, first + 100):
                with socket.socket() as probe:
                    free = is_bound(probe, port)
                if free:
                    yield port
        else:
            claim.close()


def is_bound(sock: socket.socket, port: int) -> bool:
    try:
        sock.bind(("127.0.0.1", port))
    except OSError:
        return False
    return True


_ports = _free_ports()


def free_port() -> int:
    return next(_ports)
