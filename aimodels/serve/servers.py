"""The servers that `manage.py serve` offers. Each is a module of this package with a `run`."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

SERVERS = ("daphne", "uvicorn")


def run(name: str, sock: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve on `sock`, which listens, until a signal. `on_ready` is called once it does.

    Only the chosen server is imported: each takes memory and time, and Daphne installs Twisted's
    reactor.
    """
    import_module(f"aimodels.serve.{name}").run(sock, on_ready)
