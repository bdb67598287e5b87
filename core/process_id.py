"""
The ID of a worker's process. Other processes of its machine can check by it whether it has ended.

    <machine>-<process number>-<when it began>     in hex

The machine is hashed from its name, its boot and its space of process numbers, so that two
containers with one name are two machines. The start is read from /proc in the kernel's ticks since
boot: psutil's `create_time` counts from the wall clock, so NTP could make a live worker look dead.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import socket
from pathlib import Path

HOST = socket.gethostname()


def machine() -> str:
    boot = _read("/proc/sys/kernel/random/boot_id")
    try:
        numbers = os.readlink("/proc/self/ns/pid")
    except OSError:
        numbers = ""
    return hashlib.sha256(f"{HOST} {boot} {numbers}".encode()).hexdigest()[:8]


def process_exists(process: int) -> bool:
    """Return whether this machine has a process of that number."""
    try:
        os.kill(process, 0)
    except PermissionError:
        return True
    except ProcessLookupError:
        return False
    return True


def own() -> str:
    """Return this process's ID."""
    return f"{MACHINE}-{os.getpid():x}-{_began(os.getpid()) or secrets.token_hex(4)}"


def has_ended(worker: str) -> bool | None:
    """Has that process ended? None if it is on another machine, whose processes are not visible."""
    parts = worker.split("-")
    if len(parts) != 3 or parts[0] != MACHINE:
        return None
    try:
        return _began(int(parts[1], 16)) != parts[2]
    except ValueError:
        return None


def _began(process: int) -> str:
    """Return when a process began, in the kernel's ticks; empty if there is no such process."""
    fields = _read(f"/proc/{process}/stat").rpartition(")")[2].split()
    return f"{int(fields[19]):x}" if len(fields) > 19 and fields[0] not in "ZX" else ""


def _read(path: str) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""


MACHINE = machine()
