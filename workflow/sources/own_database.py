"""Which database is the portal's own."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import connection

from workflow.sources.identity import Identity, of_file, of_server


def own() -> Identity | None:
    """Return which database is the portal's own; None if it is in memory, or cannot be a source.

    Call it in a thread. Raises django.db.Error if the database does not answer.
    """
    if connection.vendor == "sqlite":
        try:
            return of_file(str(connection.settings_dict["NAME"]))
        except OSError:  # there is no file, or not yet
            return None
    config = connection.settings_dict
    if connection.vendor == "postgresql":
        return _server(str(config["HOST"]), str(config["PORT"]), str(config["NAME"]))
    return None


@lru_cache(maxsize=8)
def _server(*_: str) -> Identity:
    """Ask once for each database: it stays the same while the portal runs."""
    own_connection = connection.copy()
    try:
        with own_connection.cursor() as cursor:

            def ask(query: str) -> Any:
                cursor.execute(query)
                return cursor.fetchone()[0]

            return of_server(ask)
    finally:
        own_connection.close()
