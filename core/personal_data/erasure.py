"""
Erases a person: their rows, their account, and the bytes that the database still holds of them.

What must stay, as a record of what was done to the portal or to a data source, stays under a
pseudonym. It is random and stored nowhere else, so no one can find out whose it was.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib.auth import get_user_model
from django.db import OperationalError, connection, transaction

from core.personal_data.kinds import personal_data

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User
    from django.db.models import Model

    from core.personal_data.kinds import Kind


def erase(user: User) -> dict[str, int]:
    """Erase all kinds of data about `user`, then the account. Return the rows of each kind.

    It is one transaction. `reclaim` then removes what the database keeps of deleted rows.
    """
    pseudonym = f"erased-{secrets.token_hex(4)}"
    # The account goes last: the others are found by it.
    kinds = sorted(personal_data.kinds.values(), key=lambda kind: kind.model is get_user_model())
    with transaction.atomic():
        return {kind.name: kind.erase(kind.of(user), user, pseudonym) for kind in kinds}


def delete_own(user: User) -> dict[str, int]:
    """Delete all that `user` wrote, but no account and no record. Return the rows of each kind."""
    with transaction.atomic():
        return {kind.name: kind.erase(kind.of(user), user, "") for kind in own_kinds()}


def own_kinds() -> list[Kind]:
    return [kind for kind in personal_data.kinds.values() if kind.own]


def reclaim() -> str:
    """Remove the bytes of deleted rows from the database's files; return what was done.

    SQLite writes its file again and empties the log. Postgres writes the tables with personal data
    again, each of which is locked meanwhile. Both need as much free space as they write.
    """
    if connection.vendor == "sqlite":
        return _reclaim_sqlite()
    tables = ", ".join(connection.ops.quote_name(name) for name in sorted(_tables()))
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (FULL, ANALYZE) {tables}")
    return "The tables were written again."


def _reclaim_sqlite() -> str:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
    return (
        "The database was written again, and its log is empty."
        if empty_log()
        else "The database was written again. Its log is in use: it is emptied by a later erasure, "
        "or when the portal stops."
    )


def empty_log() -> bool:
    """Empty SQLite's write-ahead log, which holds older content. False if someone still reads it.

    Deleted rows in the file itself are overwritten at once: `secure_delete` is on.
    """
    if connection.vendor != "sqlite":
        return True
    try:
        with connection.cursor() as cursor:
            busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except OperationalError:  # locked, also by a transaction of our own
        return False
    return not busy


def _tables() -> set[str]:
    kinds: Iterable[Kind] = personal_data.kinds.values()
    models: list[type[Model]] = [model for kind in kinds for model in (kind.model, *kind.parts)]
    return {model._meta.db_table for model in models}
