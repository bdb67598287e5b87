"""What the machine tells: cores, and what a process and its children took of CPU and memory."""

from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
CORES = sorted(os.sched_getaffinity(0))
TARGETS_CORE = CORES[0]
LOADS_CORE = CORES[-1]  # the same one where there is but one: the report then says so


def pin_to(core: int) -> None:
    """Keep this process, and what it starts from now on, on one core."""
    os.sched_setaffinity(0, {core})


def on_targets_core() -> None:
    """Run in a child before it becomes the system under test."""
    pin_to(TARGETS_CORE)


def allow_many_files() -> None:
    """Let this process and its children hold a thousand sockets."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def cpu_seconds(root: int) -> float:
    """Return the CPU that `root` and its descendants have used, those that have ended included."""
    return sum(sum(map(int, stat[11:15])) for stat in _tree(root).values()) / TICKS


def rss_megabytes(root: int) -> float:
    """Return the resident memory of `root` and its descendants. Shared pages count for each."""
    return sum(int(stat[21]) for stat in _tree(root).values()) * PAGE / 1e6


def _tree(root: int) -> dict[int, list[str]]:
    """Return /proc's `stat` of `root` and its descendants, from the state on, by process."""
    stats, wanted = _all_stats(), [root]
    found: dict[int, list[str]] = {}
    while wanted:
        pid = wanted.pop()
        if pid in stats:
            found[pid] = stats[pid]
            wanted += [child for child, stat in stats.items() if int(stat[1]) == pid]
    return found


def _all_stats() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            pass  # it ended meanwhile
    return found
