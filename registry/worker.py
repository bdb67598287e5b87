"""
This process among the portal's workers.

Each worker tells the store every STORE_SECONDS that it lives and what it uses, and takes over what
the store holds: so all agree within a second, a late starter catches up, and no message can be
lost. While the store is down each keeps its last view and serves on.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registry.monitor import monitor
from registry.service import service
from registry.store import StoreDownError
from registry.traffic import Traffic, calls, together

if TYPE_CHECKING:
    from collections.abc import Callable

    from registry.store import View

logger = logging.getLogger(__name__)
GONE_SECONDS = 10.0  # without a sign of life
FORGOTTEN_SECONDS = 300.0  # after which nobody wants to see a worker that is gone
LEASE_SECONDS = 5.0
DUTY_SECONDS = 15.0  # between two rounds of what one worker does for all


@dataclass(frozen=True, slots=True)
class Beat:
    """What a worker tells of itself. Times are Unix seconds by the store's clock.

    `version` names registry and primaries; workers that agree have the same.
    """

    id: str
    host: str
    pid: int
    started: float
    seen: float
    revision: str
    version: str
    loaded: float
    rejected: str | None = None  # when an edit of the file was last refused
    traffic: dict[str, Traffic] = field(default_factory=dict)

    @property
    def gone(self) -> bool:
        """Does its host say that it has ended? Of other hosts only time tells."""
        if self.host != HOST or self.id == worker.id:
            return False
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return True
        except OSError:
            pass
        return self.pid == os.getpid()  # its number has come to us


HOST = socket.gethostname()


class Worker:
    """This worker. `start` begins its beat, in a daemon thread."""

    def __init__(self) -> None:
        self.id = secrets.token_hex(4)
        self.asks = False  # is it the one that asks providers, and sees to other workers' remains?
        self.down: str | None = None  # why the store does not answer, if so
        self.duties: list[Callable[[set[str]], None]] = []  # called with the living workers' IDs
        self.on_reload: Callable[[], object] = lambda: None
        self._others: dict[str, Beat] = {}
        self._ahead = 0.0  # of our clock, by which the store's is
        self._started = time.time()
        self._reload: bytes | None = None
        self._last_duty = 0.0  # never
        self._thread: threading.Thread | None = None
        self._lock_file: object = None

    def join(self) -> None:
        """Take this process's place among the workers. Raises ImproperlyConfigured if it is taken.

        Without a store that can be shared, a second worker would answer with models of its own.
        """
        if service.store.shared or self._lock_file is not None:
            return
        try:
            file = (settings.VAR_DIR / "worker.lock").open("a+")
        except OSError:
            return  # a read-only folder: nobody else can take it either
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.close()
            raise ImproperlyConfigured(
                f"Another portal works on {settings.VAR_DIR}. Stop it, give this one another "
                "VAR_DIR, or set REDIS_URL for both: workers share their state in Redis."
            ) from None
        self._lock_file = file  # held as long as the process lives

    def start(self) -> None:
        """Begin to beat, unless begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="worker", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self.tick()
            except Exception:
                logger.exception("The worker's beat failed")
            time.sleep(settings.STORE_SECONDS)

    def tick(self) -> None:
        """Tell and take over, once."""
        try:
            view = service.store.exchange(self.id, msgspec.json.encode(self.beat()))
            service.follow(view.primaries)
            self.asks = service.store.claim("asks", self.id, LEASE_SECONDS)
            self._take(view)
        except (StoreDownError, ValueError) as error:
            self._alone(str(error))
        if self.asks:
            monitor.ask_due(service.current)

    def beat(self) -> Beat:
        registry = service.current
        rejected_at = service.rejected.at if service.rejected else None
        return Beat(
            self.id, HOST, os.getpid(), self._started, time.time() + self._ahead,
            registry.revision, registry.version, service.loaded_at,
            rejected_at, calls.traffic(),
        )  # fmt: skip

    def _take(self, view: View) -> None:
        if self.down is not None:
            logger.warning("The store answers again")
            self.down = None
        self._ahead = view.now - time.time()
        self._others = self._read(view)
        living = self.living(view.now)
        monitor.follow(view.health, together(beat.traffic for beat in living))
        if self._reload is not None and view.reload != self._reload:
            self.on_reload()
        self._reload = view.reload
        due = self.asks and time.monotonic() - self._last_duty > DUTY_SECONDS
        if due or not self._last_duty:
            self._last_duty = time.monotonic()
            self._clean(view.now)
            for duty in self.duties:
                duty({beat.id for beat in living})

    def _read(self, view: View) -> dict[str, Beat]:
        found = {}
        for name, data in view.workers.items():
            try:
                found[name] = msgspec.json.decode(data, type=Beat)
            except ValueError:
                continue  # another version's
        return found

    def _alone(self, why: str) -> None:
        """Go on with the last view; ask providers ourselves, because nobody else may."""
        if self.down is None:
            logger.warning(
                "The store (REDIS_URL) does not answer: %s. The last view stays in use; a primary "
                "cannot be switched until it is back",
                why,
            )
        self.down = why
        self.asks = True
        monitor.follow({}, calls.traffic())

    def workers(self) -> list[Beat]:
        """Return all workers that were seen in the last minutes, ourselves first."""
        others = [beat for name, beat in self._others.items() if name != self.id]
        return [self.beat(), *sorted(others, key=lambda beat: (beat.host, beat.started))]

    def living(self, now: float | None = None) -> list[Beat]:
        """Return those workers that are at work, as far as can be told."""
        now = time.time() + self._ahead if now is None else now
        return [b for b in self.workers() if now - b.seen < GONE_SECONDS and not b.gone]

    def _clean(self, now: float) -> None:
        old = [name for name, b in self._others.items() if now - b.seen > FORGOTTEN_SECONDS]
        if old:
            service.store.forget(old)

    def spread_reload(self) -> None:
        """Let the other workers read the file, as we did."""
        token = secrets.token_hex(4).encode()
        self._reload = token
        try:
            service.store.ask_reload(token)
        except StoreDownError:
            pass  # they follow the file by themselves

    def leave(self) -> None:
        """Say that we stop."""
        try:
            service.store.forget([self.id])
        except StoreDownError:
            pass


worker = Worker()
