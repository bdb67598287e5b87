"""
This process among the portal's workers.

Each worker tells the store every STORE_SECONDS that it lives and what it uses, and takes over what
the store holds: so all agree within a second, a late starter catches up, and no message can be
lost. While the store is down each keeps its last view and serves on. Nothing in this thread waits
for the database; what does is a chore, in `registry.chores`.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated

import msgspec
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from registry.health.monitor import monitor
from registry.health.traffic import Seconds, Traffic, together, traffic_log
from registry.state.service import service
from registry.store import StoreDownError
from registry.workers import process_id

if TYPE_CHECKING:
    from registry.store import View

logger = logging.getLogger(__name__)
GONE_SECONDS = 10.0  # without a sign of life
FORGOTTEN_SECONDS = 300.0  # after which nobody wants to see a worker that is gone
LEASE_SECONDS = 5.0

# What stands in the store may come from another version, or from anybody: it is bounded.
Word = Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class Beat:
    """What a worker tells of itself. Times are Unix seconds by the store's clock.

    `version` names registry and primaries; workers that agree have the same.
    """

    id: Word
    host: Word
    pid: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    started: Seconds
    seen: Seconds
    revision: Word
    version: Word
    loaded: Seconds
    rejected: Word | None = None  # when an edit of the file was last refused
    traffic: dict[str, Traffic] = field(default_factory=dict)


class Worker:
    """This worker. `start` begins its beat, in a daemon thread."""

    def __init__(self) -> None:
        self.id = process_id.own()
        self.asks = False  # is it the one that asks providers, and sees to other workers' remains?
        self.reload_asked = threading.Event()
        self._beats: dict[str, tuple[Beat, float]] = {}  # with when we saw that it had changed
        self._ahead = 0.0  # of our clock, by which the store's is
        self._started = time.time()
        self._reload: bytes | None = None
        self._contact: float | None = None  # since when the store answers, without a break
        self._thread: threading.Thread | None = None
        self._lock_file: int | None = None

    def join(self) -> None:
        """Take this process's place among the workers. Raises ImproperlyConfigured if it is taken.

        Without a store that can be shared, a second worker would answer with models of its own,
        and take the first one's answers for the remains of a crash.
        """
        if self._lock_file is not None:
            return
        shared = service.store.shared
        try:
            file = os.open(settings.VAR_DIR / "worker.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError:
            return  # a read-only folder: nobody else can take it either
        try:
            fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError:
            os.close(file)
            what = "works without REDIS_URL" if shared else "works"
            raise ImproperlyConfigured(
                f"Another portal {what} on {settings.VAR_DIR}. Stop it, give this one another "
                "VAR_DIR, or set the same REDIS_URL for both: workers share their state in Redis."
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
        primaries, results = service.primaries, dict(monitor.results)
        try:
            view = service.store.exchange(self.id, msgspec.json.encode(self.beat()))
            self.asks = service.store.claim("asks", self.id, LEASE_SECONDS)
        except StoreDownError as error:
            self._alone(str(error))
        else:
            self._meet()
            service.follow(view.primaries, primaries)
            self._take(view)
            traffic = together(beat.traffic for beat in self.living())
            monitor.follow(view.health, results, traffic)
        if self.asks:
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

    def _meet(self) -> None:
        if service.store_down is not None:
            logger.warning("The store answers again")
            service.store_down = None
        if self._contact is None:
            self._contact = time.monotonic()

    def _take(self, view: View) -> None:
        self._ahead = view.now - time.time()
        now, found = time.monotonic(), {}
        for name, data in view.workers.items():
            try:
                beat = msgspec.json.decode(data, type=Beat)
            except ValueError:
                continue  # another version's
            old, changed = self._beats.get(name, (None, now))
            found[name] = (beat, changed if old == beat else now)
        self._beats = found  # at once: others read it
        if view.reload and self._reload is not None and view.reload != self._reload:
            self.reload_asked.set()
        self._reload = view.reload

    def _alone(self, why: str) -> None:
        """Go on with the last view; ask providers ourselves, because nobody else may."""
        if service.store_down is None:
            logger.warning(
                "The store (REDIS_URL) does not answer: %s. The last view stays in use; a primary "
                "cannot be switched until it is back",
                why.rstrip("."),
            )
        service.store_down = why
        self._contact = None
        self.asks = True
        monitor.traffic = traffic_log.traffic()

    def workers(self) -> list[Beat]:
        """Return all workers that were seen in the last minutes, ourselves first."""
        others = [beat for name, (beat, _) in self._beats.items() if name != self.id]
        return [self.beat(), *sorted(others, key=lambda beat: (beat.host, beat.started))]

    def living(self) -> list[Beat]:
        """Return those workers that are at work, as far as can be told."""
        return [beat for beat in self.workers() if not self.is_gone(beat.id)]

    def is_gone(self, name: str) -> bool:
        """Has that worker ended, for sure? One that only hangs has not."""
        if name == self.id:
            return False
        if not service.store.shared:
            return True  # or else we would not be here
        ended = process_id.has_ended(name)
        if ended is not None:
            return ended
        steady = self._contact is not None and time.monotonic() - self._contact > GONE_SECONDS
        _, changed = self._beats.get(name, (None, float("-inf")))
        return steady and time.monotonic() - changed > GONE_SECONDS

    def forgotten(self) -> list[str]:
        """Return those workers that were gone before anybody wants to know."""
        now = time.monotonic()
        return [
            name for name, (_, changed) in self._beats.items() if now - changed > FORGOTTEN_SECONDS
        ]

    @property
    def agrees(self) -> bool:
        """Do all workers use the same content of the file, and did they have time to say so?"""
        steady = self._contact is not None and time.monotonic() - self._contact > GONE_SECONDS
        same = len({(beat.revision, beat.rejected) for beat in self.living()}) == 1
        return service.rejected is None and same and (steady or not service.store.shared)

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
