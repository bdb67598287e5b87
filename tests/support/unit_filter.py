"""Run a program with the system calls and the memory that deploy/aimodels.service allows.

python -m tests.support.unit_filter UNIT PROGRAM ARGUMENTS…

There is no systemd in most places where tests run. This installs the same filter, from the same
lists: those of `systemd-analyze syscall-filter`.
"""

from __future__ import annotations

import ctypes
import errno
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

from seccompy import Action, Filter

PR_SET_MDWE, REFUSE_EXEC_GAIN = 65, 1  # what MemoryDenyWriteExecute=true means, since Linux 6.3


@cache
def calls_of(name: str) -> frozenset[str]:
    """Return the system calls in a list of systemd, or the one call of that name."""
    if not name.startswith("@"):
        return frozenset((name,))
    text = subprocess.run(
        ["systemd-analyze", "syscall-filter", name], capture_output=True, text=True, check=True
    ).stdout
    return frozenset().union(*map(calls_of, re.findall(r"^    (?!#)(\S+)$", text, re.MULTILINE)))


def allowed(unit: Path) -> set[str]:
    """Return the system calls that `SystemCallFilter=` of a unit allows."""
    calls = set(calls_of("@default"))
    for line in re.findall(r"^SystemCallFilter=(.*)$", unit.read_text(), re.MULTILINE):
        names = frozenset().union(*map(calls_of, line.lstrip("~").split()))
        calls = calls - names if line.startswith("~") else calls | names
    return calls


def main() -> None:
    filters = Filter(int(Action.ERRNO) | errno.EPERM)
    for call in allowed(Path(sys.argv[1])):
        try:
            filters.allow(call)
        except ValueError:  # another architecture's
            continue
    assert ctypes.CDLL(None).prctl(PR_SET_MDWE, REFUSE_EXEC_GAIN, 0, 0, 0) == 0
    filters.load()
    os.execvp(sys.argv[2], sys.argv[2:])


if __name__ == "__main__":
    main()
