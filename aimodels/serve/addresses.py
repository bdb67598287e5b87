"""Hosts and ports, for the commands that listen."""

from __future__ import annotations

import errno
import socket

BACKLOG = 2048  # connections that wait to be accepted


def bound(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket at that address. Raises OSError, which `reason` explains.

    `shared`: other sockets of this user that are shared too may have the same address; the kernel
    distributes connections evenly among those that listen.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if shared:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.bind((host, port))
    except OSError:
        sock.close()
        raise
    except OverflowError:
        sock.close()
        raise OSError(errno.EINVAL, "ports end at 65535") from None
    return sock


def listen(host: str, port: int, *, shared: bool = False) -> socket.socket:
    """Return a socket that listens there. Raises OSError as `bound` does."""
    sock = bound(host, port, shared=shared)
    try:
        sock.listen(BACKLOG)
    except OSError:
        sock.close()
        raise
    sock.setblocking(False)
    return sock


def why_not(host: str, port: int) -> str:
    """Return why no program can listen there, or an empty string if one can."""
    try:
        listen(host, port).close()
    except OSError as error:
        return reason(error)
    return ""


def reason(error: OSError) -> str:
    """Return why no program can listen, without a full stop."""
    if isinstance(error, socket.gaierror):
        return "the host's name cannot be resolved"
    return {
        errno.EADDRINUSE: "another program listens there",
        errno.EACCES: "ports below 1024 need more rights",
        errno.EADDRNOTAVAIL: "this machine does not have that address",
    }.get(error.errno or 0, error.strerror or "it failed")
