"""Threads that run the event loop's database queries, each with a connection that it keeps."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from django.db import connections

KEEP_SECONDS = 60


def database_threads(number: int, name: str) -> ThreadPoolExecutor:
    """Return a thread pool for `channels.db.database_sync_to_async`.

    By default all consumers share one thread, in which a slow query would block every socket; in
    the event loop's own pool a locked database would block sign-ins.
    """
    return ThreadPoolExecutor(number, name, initializer=_keep_connections)


def _keep_connections() -> None:
    """Keep this thread's connections open between calls: opening one takes 2 ms.

    Django's setting would keep one for each request's thread, too, and they would pile up.
    """
    kept = {"CONN_MAX_AGE": KEEP_SECONDS, "CONN_HEALTH_CHECKS": True}
    for connection in connections.all():
        connection.settings_dict = {**connection.settings_dict, **kept}
