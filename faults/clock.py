"""A clock that cases may set, by a library that is loaded before the system's."""

from __future__ import annotations

import subprocess
from pathlib import Path

from bench.errors import CannotRun

SOURCE = Path(__file__).with_suffix(".c")
NAME = "clock"  # the file that has the seconds to add


def variables(folder: Path) -> dict[str, str]:
    """Return what a process needs to read its clock from `folder`. Raises CannotRun."""
    folder.mkdir(parents=True, exist_ok=True)
    library = folder / "clock.so"
    try:
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", library, SOURCE], check=True)
    except FileNotFoundError:
        raise CannotRun("there is no C compiler: install one that is called as cc") from None
    jump(folder, 0)
    return {"LD_PRELOAD": str(library), "CLOCK_FILE": str(folder / NAME)}


def jump(folder: Path, seconds: int) -> None:
    """Set the clock to so many seconds after the true time."""
    (folder / NAME).write_text(str(seconds))
