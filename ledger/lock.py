"""What those who write the ledger need: one at a time, and what they commit is on the disk."""

from __future__ import annotations

from django.db import connection

_LOCK = 0x6C656467  # "ledg"


def durable() -> None:
    """Let what this connection commits be on the disk, before seals are sent or files deleted.

    Postgres does so by itself. SQLite gives up the last transactions in a power cut, otherwise.
    """
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def lock() -> None:
    """Let no one else write until the transaction ends. On SQLite, each has one writer."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
