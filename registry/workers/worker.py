"""
This process as one of the portal's workers: its heartbeat.

Every STORE_SECONDS each worker writes its state to the store, and reads what the others wrote. So
all agree within a second, a new worker catches up, and no message can be lost. While the store is
down, each worker keeps its last view and continues. This thread never waits for the database; what
may wait is in `registry.workers.housekeeping`.
"""

from __future__ import annotations

import logging
import os
import secrets
import threading
import time
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from core import process_id
from core.limits.limiter import limiter, of_settings
from registry.budgets.check import budgets
from registry.health.monitor import monitor
from registry.health.traffic import together, traffic_log
from registry.state.service import service
from registry.store import StoreDownError, get_leases, get_pots
from registry.workers.beat import Beat
from registry.workers.folder_lock import lock

if TYPE_CHECKING:
    from registry.store import View

logger = logging.getLogger(__name__)
GONE_SECONDS = 10.0  # without a heartbeat
EXPIRY_SECONDS = 300.0  # after which a dead worker is no longer listed
LEASE_SECONDS = 5.0


class Worker:
    """This worker. `start` begins its heartbeat, in a daemon thread."""

    def __init__(self) -> None:
        self.id = process_id.own()
        self.is_leader = False  # does it probe providers, and clean up, for all workers?
        self.reload_asked = threading.Event()
        self._beats: dict[str, tuple[Beat, float]] = {}  # with the time of the last change
        self._ahead = 0.0  # seconds by which the store's clock is ahead of ours
        self._started = time.time()
        self._reload: bytes | None = None
        self._contact: float | None = None  # since when the store has answered every time
        self._thread: threading.Thread | None = None
        self._lock_file: int | None = None

    def join(self) -> None:
        """Lock VAR_DIR until the process ends. Raises ImproperlyConfigured: another portal has it.

        Without a shared store, a second worker would have other primaries, and would end the
        answers of the first as if it had crashed.
        """
        if self._lock_file is None:
            self._lock_file = lock(settings.VAR_DIR, shared=service.store.shared)

    def start(self) -> None:
        """Start the heartbeat, unless it runs."""
        if self._thread is None:
            others = of_settings()
            limiter.limits_of = lambda groups: service.current.limits.of(groups, others)
            budgets.current = lambda: service.current.budgets
            if leases := get_leases(self.id):
                limiter.source.use(leases)
                budgets.purses.pots = get_pots()
            self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                logger.exception("The worker's heartbeat failed")
            time.sleep(settings.STORE_SECONDS)

    def tick(self) -> None:
        """Send one heartbeat, and use what the store returns."""
        primaries, results = service.primaries, dict(monitor.results)
        try:
            view = service.store.exchange(self.id, msgspec.json.encode(self.beat()))
            self.is_leader = service.store.claim("asks", self.id, LEASE_SECONDS)
        except StoreDownError as error:
            self._store_failed(str(error))
        else:
            self._store_answered()
            service.follow(view.primaries, primaries)
            self._take(view)
            traffic = together(beat.traffic for beat in self.living())
            monitor.follow(view.health, results, traffic)
        workers = len(self.living())
        limiter.tick(workers)
        budgets.tick(workers)
        if self.is_leader:
            monitor.ask_due(service.current)

    def beat(self) -> Beat:
        registry = service.current
        rejected_at = service.rejected.at if service.rejected else None
        return Beat(
            self.id,
            process_id.HOST,
            os.getpid(),
            self._started,
            time.time() + self._ahead,
            registry.revision,
            registry.version,
            service.loaded_at,
            rejected_at,
            traffic_log.traffic(),
        )

    def _store_answered(self) -> None:
        if service.store_down is not None:
            logger.warning("The store responds again")
            service.store_down = None
        if self._contact is None:
            self._contact = time.monotonic()

    def _take(self, view: View) -> None:
        self._ahead = view.now - time.time()
        now, beats = time.monotonic(), {}
        for name, data in view.workers.items():
            try:
                beat = msgspec.json.decode(data, type=Beat)
            except ValueError:
                continue  # of another version
            old, changed = self._beats.get(name, (None, now))
            beats[name] = (beat, changed if old == beat else now)
        self._beats = beats  # replaced at once: other threads read it
        if view.reload and self._reload is not None and view.reload != self._reload:
            self.reload_asked.set()
        self._reload = view.reload

    def _store_failed(self, why: str) -> None:
        """Continue with the last view; probe providers here, because other workers may not."""
        if service.store_down is None:
            logger.warning(
                "The store (REDIS_URL) does not respond: %s. The last view stays in use; primaries "
                "cannot be switched until it responds",
                why.rstrip("."),
            )
        service.store_down = why
        self._contact = None
        self.is_leader = True
        monitor.traffic = traffic_log.traffic()

    def workers(self) -> list[Beat]:
        """Return all workers of the last minutes, this one first."""
        others = [beat for name, (beat, _) in self._beats.items() if name != self.id]
        return [self.beat(), *sorted(others, key=lambda beat: (beat.host, beat.started))]

    def living(self) -> list[Beat]:
        """Return the workers that are not known to be dead."""
        return [beat for beat in self.workers() if not self.is_gone(beat.id)]

    def is_gone(self, name: str) -> bool:
        """Has that worker certainly ended? One that only hangs has not."""
        if name == self.id:
            return False
        if not service.store.shared:
            return True  # `join` allows only one
        ended = process_id.has_ended(name)
        if ended is not None:
            return ended
        steady = self._contact is not None and time.monotonic() - self._contact > GONE_SECONDS
        _, changed = self._beats.get(name, (None, float("-inf")))
        return steady and time.monotonic() - changed > GONE_SECONDS

    def expired(self) -> list[str]:
        """Return the workers without a heartbeat for EXPIRY_SECONDS."""
        now = time.monotonic()
        return [
            name for name, (_, changed) in self._beats.items() if now - changed > EXPIRY_SECONDS
        ]

    @property
    def agrees(self) -> bool:
        """Do all workers use the same file content, and had they time to report it?"""
        steady = self._contact is not None and time.monotonic() - self._contact > GONE_SECONDS
        same = len({(beat.revision, beat.rejected) for beat in self.living()}) == 1
        return service.rejected is None and same and (steady or not service.store.shared)

    def spread_reload(self) -> None:
        """Ask the other workers to reload the file."""
        token = secrets.token_hex(4).encode()
        self._reload = token
        try:
            service.store.ask_reload(token)
        except StoreDownError:
            pass  # they watch the file, too

    def leave(self) -> None:
        """Delete this worker's heartbeat, because it stops."""
        try:
            service.store.forget([self.id])
        except StoreDownError:
            pass


worker = Worker()
