"""The lock of those who write the ledger: for rows, cells and erasures, one at a time."""

from __future__ import annotations

from django.db import connection

_LOCK = 0x6C656467  # "ledg"


def lock() -> None:
    """Let no one else write until the transaction ends. On SQLite, each has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
