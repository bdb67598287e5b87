"""The machine: cores, and and the CPU and memory that a process and its children use."""

from __future__ import annotations

import os
import resource
import socket
from collections.abc import Callable
from contextlib import suppress

import psutil

CORES = sorted(os.sched_getaffinity(0))
TARGETS_CORE = CORES[0]
LOADS_CORE = CORES[-1]  # the same as CORES[0] if there is only one; the report mentions it


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
    return _total(root, lambda process: sum(process.cpu_times()[:4]))


def rss_megabytes(root: int) -> float:
    """Return the resident memory of `root` and its descendants. Shared pages count for each."""
    return _total(root, lambda process: process.memory_info().rss) / 1e6


def _total(root: int, measure: Callable[[psutil.Process], float]) -> float:
    """Add up a measure over `root` and its descendants. One that ends meanwhile counts nothing."""
    total = 0.0
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(root)
        for member in [process, *process.children(recursive=True)]:
            with suppress(psutil.NoSuchProcess):
                total += measure(member)
    return total
