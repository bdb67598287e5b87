"""
Which providers answer. By a free call, never a completion; in a thread of its own, never in the
path of a request.

States: healthy, degraded (answers, but not as it should), unreachable, auth_failed, unconfigured,
unknown (not asked yet). Health informs; it never hides or disables a model.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings

from registry.errors import PortalError
from registry.providers import transport
from registry.providers.fetch import fetch
from registry.providers.status import scrub
from registry.providers.wire import Target
from registry.service import service

if TYPE_CHECKING:
    from registry.entities import Provider
    from registry.snapshot import Registry

logger = logging.getLogger(__name__)
DEADLINES = transport.Deadlines(connect=2.0, first_byte=3.0, idle=3.0, total=5.0)
BY_CODE = {"provider_auth_failed": "auth_failed", "provider_unreachable": "unreachable",
           "provider_timeout": "unreachable"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Health:
    """How a provider did when last asked. `detail` is for operators; times are ISO 8601, ms."""

    status: str
    detail: str = ""
    checked_at: str | None = None
    latency_ms: int | None = None

    def as_dict(self, *, operator: bool) -> dict[str, Any]:
        return {
            "status": self.status,
            "detail": self.detail if operator else "",
            "checked_at": self.checked_at,
            "latency_ms": self.latency_ms,
        }


def probe(provider: Provider) -> Health:
    """Ask `provider` now. Blocks for DEADLINES.total seconds at most, mostly."""
    if not provider.configured:
        return Health("unconfigured", provider.detail)
    access = provider.access
    request = provider.wire.health(Target(provider.name, "", access.base_url, access.headers))
    started = time.monotonic()
    try:
        answer = fetch(request, DEADLINES)
        if answer.status >= 300:
            raise provider.wire.read_error(answer.status, answer.headers, answer.data)
        provider.wire.read_health(answer.data)
        status, detail = "healthy", ""
    except PortalError as error:
        status = BY_CODE.get(error.code, "degraded")
        detail = scrub(f"{request.url}: {error.message}", access.secrets)
    took = round((time.monotonic() - started) * 1000)
    return Health(status, detail, datetime.now(UTC).isoformat(timespec="seconds"), took)


class Monitor:
    """Asks every provider again and again, from a daemon thread; keeps the last results."""

    def __init__(self) -> None:
        self.results: dict[str, Health] = {}
        self._thread: threading.Thread | None = None
        self._busy: dict[str, float] = {}  # provider → when its probe began

    def start(self) -> None:
        """Begin, unless begun or turned off by PROBE_SECONDS=0."""
        if self._thread is None and settings.PROBE_SECONDS > 0:
            self._thread = threading.Thread(target=self._run, name="health", daemon=True)
            self._thread.start()

    def of(self, registry: Registry) -> dict[str, Health]:
        """Return each provider's health, without asking anybody."""
        return {name: self._last(provider) for name, provider in registry.providers.items()}

    def _last(self, provider: Provider) -> Health:
        if not provider.configured:
            return Health("unconfigured", provider.detail)
        return self.results.get(provider.name, Health("unknown"))

    def _run(self) -> None:
        while True:
            for provider in service.current.providers.values():
                self._begin(provider)
            time.sleep(settings.PROBE_SECONDS)

    def _begin(self, provider: Provider) -> None:
        """Ask in a thread: one that hangs delays only itself, and is not joined by a second."""
        began = self._busy.get(provider.name)
        if began is None:
            self._busy[provider.name] = time.monotonic()
            threading.Thread(target=self._ask, args=[provider], daemon=True).start()
        elif time.monotonic() - began > 2 * DEADLINES.total:
            self.results[provider.name] = Health("unreachable", "The last probe has not ended.")

    def _ask(self, provider: Provider) -> None:
        try:
            health = probe(provider)
            before = self.results.get(provider.name)
            self.results[provider.name] = health
            if before is None or before.status != health.status:
                logger.info("%s is %s %s", provider.name, health.status, health.detail)
        except Exception:
            logger.exception("The probe of %s failed", provider.name)
            self.results[provider.name] = Health("degraded", "The probe failed; see the log.")
        finally:
            del self._busy[provider.name]


monitor = Monitor()
