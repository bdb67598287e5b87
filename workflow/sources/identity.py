"""
Which database is which, told by the databases themselves: URLs can spell one in many ways.

A file is its device and inode. A Postgres database is its number in its cluster; the cluster is
its system identifier, or, where a role may not ask for that, the moment at which it started.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

Identity = dict[str, Any]
Ask = Callable[[str], Any]  # one row's only value

_NUMBER = (
    "SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()"
)
_STARTED = "SELECT extract(epoch FROM pg_catalog.pg_postmaster_start_time())::text"
_MAY_ASK = "SELECT pg_catalog.has_function_privilege('pg_catalog.pg_control_system()', 'EXECUTE')"
_SYSTEM = "SELECT system_identifier::text FROM pg_catalog.pg_control_system()"


def of_file(path: str) -> Identity:
    """Return which file `path` leads to. Raises OSError."""
    found = os.stat(path)
    return {"file": [found.st_dev, found.st_ino]}


def of_server(ask: Ask) -> Identity:
    """Return which database `ask` asks."""
    system = ask(_SYSTEM) if ask(_MAY_ASK) else None
    return {"database": ask(_NUMBER), "started": ask(_STARTED), "system": system}


def same(one: Identity, other: Identity) -> bool:
    """Are they the same database? A standby is: it has the same rows."""
    if "file" in one or "file" in other:
        return one.get("file") == other.get("file")
    asked = "system" if one["system"] and other["system"] else "started"
    return bool(one["database"] == other["database"] and one[asked] == other[asked])
