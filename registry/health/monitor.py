"""
Who asks providers how they do, and when: one worker among all, in threads, never in a request.

What is found goes into the store, where the other workers read it. While the store is down each
worker asks for itself.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

import msgspec
from django.conf import settings

from registry.health.health import DEADLINES, NOTHING_SEEN, Health, after, joined, probe
from registry.store import StoreDownError, get_store

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from registry.entities import Provider
    from registry.health.traffic import Traffic
    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
DEBOUNCE = 3.0  # seconds in which nobody is asked a second time
PATIENCE = 2 * DEADLINES.total


class Monitor:
    """Keeps the last results, by provider, whoever found them."""

    def __init__(self) -> None:
        self.results: dict[str, Health] = {}
        self.traffic: Mapping[str, Traffic] = {}  # of all workers
        self._busy: dict[str, float] = {}  # provider → when its probe began
        self._known: dict[str, float] = {}  # when a result came, from whomever
        self._asked: dict[str, tuple[Provider, float]] = {}  # what was asked last, and when
        self._ended = threading.Condition()

    def of(self, registry: Registry) -> dict[str, Health]:
        """Return each provider's health, without asking anybody."""
        return {name: self._last(provider) for name, provider in registry.providers.items()}

    def _last(self, provider: Provider) -> Health:
        if not provider.configured:
            return Health("unconfigured", provider.detail)
        health = self.results.get(provider.name, Health("unknown"))
        traffic = self.traffic.get(provider.name, NOTHING_SEEN)
        return joined(health, traffic, time.time())

    def follow(
        self,
        found: Mapping[str, bytes],
        before: Mapping[str, Health],
        traffic: Mapping[str, Traffic],
    ) -> None:
        """Take over what the store held when our own results were still `before`."""
        self.traffic = traffic
        for name, data in found.items():
            mine = self.results.get(name)
            try:
                health = msgspec.json.decode(data, type=Health)
            except ValueError:
                continue  # another version's; it will write anew, or we shall
            if mine is before.get(name) and mine != health:
                self.results[name] = health
                self._known[name] = time.monotonic()

    def ask_due(self, registry: Registry) -> None:
        """Begin to ask those providers whose turn it is. For the one worker that asks."""
        for provider in registry.providers.values():
            if settings.PROBE_SECONDS > 0 and self._is_due(provider):
                self._begin(provider)

    def _is_due(self, provider: Provider) -> bool:
        if not provider.configured:
            return False
        known, when = self._asked.get(provider.name, (None, 0.0))
        if known != provider:  # new, or entered in another way; a new worker believes the store
            return known is not None or self._age(provider) >= settings.PROBE_SECONDS
        wait: float = settings.PROBE_SECONDS
        if self._last(provider).status != self.results.get(provider.name, NOT_ASKED).status:
            wait = min(wait, DEBOUNCE)  # calls say otherwise
        return time.monotonic() - when >= wait

    def _age(self, provider: Provider) -> float:
        """Return how many seconds ago an answer of `provider` came to any worker, for all we know.

        Not by the clock on the wall, which may be set back.
        """
        return time.monotonic() - self._known.get(provider.name, float("-inf"))

    def refresh(self, providers: Iterable[Provider], *, wait: bool) -> None:
        """Ask `providers` now, but for those asked just before; `wait` until they have answered."""
        wanted = [p for p in providers if p.configured and self._age(p) > DEBOUNCE]
        for provider in wanted:
            self._begin(provider)
        if wait:
            with self._ended:
                names = {provider.name for provider in wanted}
                self._ended.wait_for(lambda: names.isdisjoint(self._busy), DEADLINES.total + 1)

    def _begin(self, provider: Provider) -> None:
        """Ask in a thread: one that hangs delays only itself, and is not joined by a second."""
        with self._ended:
            began = self._busy.get(provider.name)
            if began is None:
                self._busy[provider.name] = time.monotonic()
                self._asked[provider.name] = (provider, time.monotonic())
                threading.Thread(target=self._ask, args=[provider], daemon=True).start()
            elif time.monotonic() - began > PATIENCE:
                hung = Health("unreachable", "The last probe has not ended.", time.time())
                self._keep(provider.name, hung)

    def _ask(self, provider: Provider) -> None:
        try:
            self._keep(provider.name, probe(provider))
        except Exception:
            logger.exception("The probe of %s failed", provider.name)
            failed = Health("degraded", "The probe failed; see the log.", time.time())
            self._keep(provider.name, failed)
        finally:
            with self._ended:
                del self._busy[provider.name]
                self._ended.notify_all()

    def _keep(self, name: str, found: Health) -> None:
        before = self.results.get(name)
        self.results[name] = health = after(before, found)
        self._known[name] = time.monotonic()
        if before is None or before.status != health.status:
            told = f": {health.detail}" if health.detail else ""
            logger.info("%s is %s%s", name, health.status, told)
        try:
            get_store().put_health(name, msgspec.json.encode(health))
        except StoreDownError:
            pass  # the worker's own tick tells the log


NOT_ASKED = Health("unknown")
monitor = Monitor()
