"""
The identity of a database, from the database itself: different URLs can lead to the same one.

A file is its device and inode. A Postgres database is its number in its cluster; the cluster is
its system identifier, or, where a role may not read that, the time at which it started.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Ask = Callable[[str], Any]  # one row's only value

_NUMBER = (
    "SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()"
)
_STARTED = "SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text"
_MAY_ASK = "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')"
_SYSTEM = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"


@dataclass(frozen=True, slots=True)
class Identity:
    """A file, or a database of a server. `system` is None where a role may not read it."""

    file: str = ""
    database: int = 0
    started: str = ""
    system: str | None = None


def of_file(path: str) -> Identity:
    """Return which file `path` leads to. Raises OSError."""
    status = os.stat(path)
    return Identity(file=f"{status.st_dev}:{status.st_ino}")


def of_server(ask: Ask) -> Identity:
    """Return which database `ask` queries."""
    system = ask(_SYSTEM) if ask(_MAY_ASK) else None
    return Identity(database=ask(_NUMBER), started=ask(_STARTED), system=system)


def same(first: Identity, second: Identity) -> bool:
    """Are they the same database? A standby counts as the same, because it has the same rows."""
    if first.file or second.file:
        return first.file == second.file
    if first.database != second.database:
        return False
    if first.system and second.system:
        return first.system == second.system
    return first.started == second.started
