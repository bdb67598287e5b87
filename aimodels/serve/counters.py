"""
The files in which several workers count, so that any of them can add up /metrics.

They are mapped into memory. A write to a page that the file system cannot store kills the process
(SIGBUS), so that a full disk would end all workers. The files are therefore in memory where the
system has such a folder, and hold all of their space from the start.
"""

from __future__ import annotations

import logging
import os
import shutil
from pathlib import Path

from django.conf import settings
from prometheus_client import values

from core import process_id

logger = logging.getLogger(__name__)
IN_MEMORY = Path("/dev/shm")  # noqa: S108 — only our own user may write to the folder in it
VARIABLE = "PROMETHEUS_MULTIPROC_DIR"  # prometheus_client's
PREFIX = "aimodels-counters-"
SIZE = 2 * 1024 * 1024  # bytes: some 9,000 series of a kind, such as 600 providers
KINDS = ("counter", "histogram", "gauge_livesum")  # of `core.metrics` and `registry.usage`


def make_folder() -> Path | None:
    """Make a folder for the counters of a supervisor's workers. None if there is no room."""
    for parent in (IN_MEMORY, settings.VAR_DIR):
        delete_old(parent)
        folder = parent / f"{PREFIX}{process_id.own()}"
        try:
            folder.mkdir(mode=0o700)
        except OSError:
            continue
        return folder
    return None


def delete_old(parent: Path) -> None:
    """Delete the folders of supervisors that were killed."""
    for folder in parent.glob(f"{PREFIX}*"):
        if process_id.has_ended(folder.name.removeprefix(PREFIX)):
            shutil.rmtree(folder, ignore_errors=True)


def reserve() -> None:
    """Give this worker's counters their space; without room, it counts by itself.

    To be called before anything is counted.
    """
    if not (name := os.environ.get(VARIABLE)):
        return
    files = [Path(name) / f"{kind}_{os.getpid()}.db" for kind in KINDS]
    try:
        for file in files:
            with file.open("xb") as opened:
                os.posix_fallocate(opened.fileno(), 0, SIZE)
    except OSError as error:
        logger.error("No room for counters: /metrics is of one worker at a time (%s)", error)
        for file in files:
            file.unlink(missing_ok=True)
        del os.environ[VARIABLE]
        values.ValueClass = values.MutexValue
