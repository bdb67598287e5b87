"""VAR_DIR and what is in it are for the portal's own user: it has people's conversations."""

from __future__ import annotations

import os
from pathlib import Path

PRIVATE_UMASK = 0o077
OTHERS = 0o077  # what a mode grants to anyone but the owner
OURS = ("db.sqlite3*", "worker.lock")  # only the portal's own folder has such files


def make_private(folder: Path) -> None:
    """Create `folder` for its owner only. Make a folder of the portal private if it is not.

    An existing folder is changed only where it holds the portal's files: VAR_DIR could be /tmp.
    Raises OSError if the folder cannot be created.
    """
    os.umask(PRIVATE_UMASK)  # for all files of this process, and of those that it starts
    folder.mkdir(parents=True, exist_ok=True)
    files = [file for pattern in OURS for file in folder.glob(pattern)]
    for path in [*files, *([folder] if files else [])]:
        _close_to_others(path)


def is_open_to_others(path: Path) -> bool:
    """May another account of this machine read or enter `path`?"""
    try:
        return bool(path.stat().st_mode & OTHERS)
    except OSError:
        return False


def _close_to_others(path: Path) -> None:
    try:
        if is_open_to_others(path):
            path.chmod(path.stat().st_mode & 0o700)
    except OSError:  # another account's, or a read-only folder: `check --deploy` reports it
        pass
