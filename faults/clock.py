"""A clock that cases may set, by Debian's libfaketime."""

from __future__ import annotations

from pathlib import Path

from faults.case import CannotRun

NAME = "faketime"  # the file in the folder that has the offset


def variables(folder: Path) -> dict[str, str]:
    """Return what a process needs to read its clock from `folder`. Raises CannotRun."""
    libraries = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    if not libraries:
        raise CannotRun("libfaketime is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    jump(folder, "+0")
    return {
        "LD_PRELOAD": str(libraries[0]),
        "FAKETIME_TIMESTAMP_FILE": str(folder / NAME),
        "FAKETIME_NO_CACHE": "1",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",  # as a host whose clock is corrected
        "DONT_FAKE_MONOTONIC": "1",
    }


def jump(folder: Path, offset: str) -> None:
    """Set the clock to the true time and `offset`, such as "+1h"."""
    (folder / NAME).write_text(offset)
