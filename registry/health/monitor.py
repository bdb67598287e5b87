"""
Probes providers: by one worker of all, in threads, never in a request.

Results go into the store, where the other workers read them. While the store is down, each worker
probes by itself.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from registry.health.health import DEADLINES, NOTHING_SEEN, Health, after, joined, probe
from registry.health.servers import together
from registry.health.traffic import of_servers, traffic_log
from registry.store import StoreDownError, get_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry.entities import Provider
    from registry.health.traffic import Traffic
    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
DEBOUNCE = 3.0  # seconds in which no provider is probed twice
MAX_PROBE_SECONDS = 2 * DEADLINES.total


class Monitor:
    """Keeps the last result of each provider, from this worker or another."""

    def __init__(self) -> None:
        self.results: dict[str, Health] = {}  # by the key of a provider or a server
        self.traffic: Mapping[str, Traffic] = {}  # of all workers
        self._busy: dict[str, float] = {}  # provider → when its probe began
        self._known: dict[str, float] = {}  # when the last result arrived, from any worker
        self._asked: dict[str, tuple[Provider, float]] = {}  # what was probed last, and when
        self._ended = threading.Condition()

    def of(self, registry: Registry) -> dict[str, Health]:
        """Return each provider's health, without a probe."""
        return {name: self.last(provider) for name, provider in registry.providers.items()}

    def is_skipped(self, provider: Provider) -> bool:
        """Is it better not asked while another can answer? If it has servers, when all are."""
        if provider.servers:
            return all(traffic_log.is_open(s.key, self.traffic_of(s)) for s in provider.servers)
        return traffic_log.skips(provider.key, self.traffic_of(provider))

    def skipped_until(self, provider: Provider) -> float | None:
        """Return until when its breaker is open, as the workers last shared it; None if closed."""
        until = self.traffic_of(provider).until
        return until if until > time.time() else None

    def traffic_of(self, provider: Provider) -> Traffic:
        """Return what all workers saw of a provider, or of one of its servers."""
        seen = [self.traffic.get(server.key, NOTHING_SEEN) for server in provider.each]
        return seen[0] if len(seen) == 1 else of_servers(seen)

    def last(self, provider: Provider) -> Health:
        """Return the health of a provider, or of one of its servers, without a probe."""
        if not provider.configured:
            return Health("unconfigured", provider.detail)
        if provider.servers:
            return together({server.server: self.last(server) for server in provider.servers})
        health = self.results.get(provider.key, Health("unknown"))
        return joined(health, self.traffic_of(provider), time.time())

    def follow(
        self,
        stored: Mapping[str, bytes],
        before: Mapping[str, Health],
        traffic: Mapping[str, Traffic],
    ) -> None:
        """Use the results that the store had while this worker had `before`."""
        self.traffic = traffic
        for name, data in stored.items():
            mine = self.results.get(name)
            try:
                health = msgspec.json.decode(data, type=Health)
            except ValueError:
                continue  # of another version; the next probe replaces it
            if mine is before.get(name) and mine != health:
                self.results[name] = health
                self._known[name] = time.monotonic()

    def ask_due(self, registry: Registry) -> None:
        """Start the probes that are due. Only the worker that probes calls this."""
        for provider in registry.providers.values():
            for server in provider.each:
                if settings.PROBE_SECONDS > 0 and self._is_due(server):
                    self._begin(server)

    def _is_due(self, provider: Provider) -> bool:
        if not provider.configured:
            return False
        known, when = self._asked.get(provider.key, (None, 0.0))
        if known != provider:  # new or changed; a new worker trusts the store
            return known is not None or self._age(provider) >= settings.PROBE_SECONDS
        wait: float = settings.PROBE_SECONDS
        if self.last(provider).status != self.results.get(provider.key, NOT_ASKED).status:
            wait = min(wait, DEBOUNCE)  # real calls contradict the last probe
        return time.monotonic() - when >= wait

    def _age(self, provider: Provider) -> float:
        """Return the seconds since the last known result of `provider`.

        It uses the monotonic clock, because the wall clock may be set back.
        """
        return time.monotonic() - self._known.get(provider.key, float("-inf"))

    def refresh(self, providers: Iterable[Provider], *, wait: bool) -> None:
        """Probe `providers` now, except those just probed; with `wait`, until they have ended."""
        servers = [server for provider in providers for server in provider.each]
        due = [server for server in servers if server.configured and self._age(server) > DEBOUNCE]
        for server in due:
            self._begin(server)
        if wait:
            with self._ended:
                names = {server.key for server in due}
                self._ended.wait_for(lambda: names.isdisjoint(self._busy), DEADLINES.total + 1)

    def _begin(self, provider: Provider) -> None:
        """Probe in a thread: one that hangs delays only itself, and no second one starts."""
        with self._ended:
            began = self._busy.get(provider.key)
            if began is None:
                self._busy[provider.key] = time.monotonic()
                self._asked[provider.key] = (provider, time.monotonic())
                threading.Thread(target=self._ask, args=[provider], daemon=True).start()
            elif time.monotonic() - began > MAX_PROBE_SECONDS:
                hung = Health("unreachable", "The last probe has not ended.", time.time())
                self._keep(provider.key, hung)

    def _ask(self, provider: Provider) -> None:
        try:
            self._keep(provider.key, probe(provider))
        except Exception:
            logger.exception("The probe of %s failed", provider.key)
            failed = Health("degraded", "The probe failed; see the log.", time.time())
            self._keep(provider.key, failed)
        finally:
            with self._ended:
                del self._busy[provider.key]
                self._ended.notify_all()

    def _keep(self, name: str, latest: Health) -> None:
        before = self.results.get(name)
        self.results[name] = health = after(before, latest)
        self._known[name] = time.monotonic()
        if before is None or before.status != health.status:
            detail = f": {health.detail}" if health.detail else ""
            logger.info("%s is %s%s", name, health.status, detail)
        try:
            get_store().put_health(name, msgspec.json.encode(health))
        except StoreDownError:
            pass  # the heartbeat logs it


NOT_ASKED = Health("unknown")
monitor = Monitor()
