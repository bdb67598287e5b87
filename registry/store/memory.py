"""The store of one process: dictionaries under a lock."""

from __future__ import annotations

import threading
import time

from registry.store import View


class MemoryStore:
    """Never down; its data ends with the process."""

    shared = False

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._primaries = self._reload = b""
        self._health: dict[str, bytes] = {}
        self._workers: dict[str, bytes] = {}
        self._leases: dict[str, tuple[str, float]] = {}  # what → owner, until when

    def exchange(self, worker: str, beat: bytes) -> View:
        with self._lock:
            self._workers[worker] = beat
            health, workers = dict(self._health), dict(self._workers)
            return View(time.time(), self._primaries, self._reload, health, workers)

    def forget(self, workers: list[str]) -> None:
        with self._lock:
            for worker in workers:
                self._workers.pop(worker, None)

    def primaries(self) -> bytes:
        return self._primaries

    def swap_primaries(self, old: bytes, new: bytes) -> bool:
        with self._lock:
            if self._primaries != old:
                return False
            self._primaries = new
            return True

    def put_health(self, provider: str, health: bytes) -> None:
        with self._lock:
            self._health[provider] = health

    def ask_reload(self, token: bytes) -> None:
        self._reload = token

    def claim(self, what: str, owner: str, seconds: float) -> bool:
        now = time.monotonic()
        with self._lock:
            holder, until = self._leases.get(what, ("", 0.0))
            free = holder in ("", owner) or until <= now
            if free:
                self._leases[what] = (owner, now + seconds)
            return free
