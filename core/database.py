"""Threads in which the event loop's work asks the database, and which keep their connections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

KEEP_SECONDS = 60


def database_threads(number: int, name: str) -> ThreadPoolExecutor:
    """Return threads of their own for `channels.db.database_sync_to_async`.

    In the one thread that all consumers share by default a slow query would stop every socket, and
    in the loop's few a locked database would keep others from signing in.
    """
    return ThreadPoolExecutor(number, name, initializer=_keep_connections)


def _keep_connections() -> None:
    """Let this thread's connections stay open between calls: opening one takes 2 ms.

    Django's setting would do so for each request's own thread too, and pile them up.
    """
    kept = {"CONN_MAX_AGE": KEEP_SECONDS, "CONN_HEALTH_CHECKS": True}
    for connection in connections.all():
        connection.settings_dict = {**connection.settings_dict, **kept}
