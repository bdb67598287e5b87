"""The lock on VAR_DIR, so that two portals do not share a folder without sharing a store."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def lock(folder: Path, *, shared: bool) -> int | None:
    """Lock `folder` and return the open lock file, which keeps the lock until the process ends.

    With a `shared` store, other workers with one may lock it, too. Return None if the folder is
    read-only. Raises ImproperlyConfigured if another portal has the lock.
    """
    try:
        file = os.open(folder / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return None  # a read-only folder: no other process can lock it
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError:
        os.close(file)
        what = "runs without REDIS_URL" if shared else "runs"
        raise ImproperlyConfigured(
            f"Another portal {what} on {folder}. Stop it, set another VAR_DIR for this one, or set "
            "the same REDIS_URL for both: workers share state in Redis."
        ) from None
    return file
