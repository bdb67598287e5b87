"""
Why a model's file cannot be used.

    WeightsError       it cannot be used or fetched; the message names the remedy
      SourceError      one of its sources does not have it; the next one may
      BrokenOffError   a download ended early; what came so far is kept, and another try goes on
"""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class WeightsError(Exception):
    """A model's file cannot be used or fetched."""


class SourceError(WeightsError):
    """One source does not have the file."""


class BrokenOffError(WeightsError):
    """A download ended early."""


def cannot_write(folder: Path, error: OSError) -> WeightsError:
    """Return the error for a write into `folder` that failed."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return no_room(folder)
    return WeightsError(
        f"{folder} cannot be written: {error.strerror or error}. Give the portal's user the right, "
        "or set VAR_DIR to another folder."
    )


def no_room(folder: Path, needed: str = "") -> WeightsError:
    """Return the error for a disk that is, or would be, full."""
    amount = f"{needed} are needed in" if needed else "There is no room left in"
    return WeightsError(
        f"The disk is full: {amount} {folder}. Make room, or set VAR_DIR to a folder on another "
        "disk, and run it again: what was downloaded is kept."
    )
