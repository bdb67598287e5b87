"""Compares what a provider reports with the ledger, and explains what differs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from django.utils import timezone

from ledger.reconcile.causes import Context, explain
from ledger.reconcile.findings import find
from ledger.reconcile.names import alike
from ledger.reconcile.used import begin, by_day, used_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from zoneinfo import ZoneInfo

    from ledger.reconcile.figures import Export
    from ledger.reconcile.findings import Finding
    from registry.metering.price import Price
    from registry.snapshot import Registry


@dataclass(frozen=True, slots=True)
class Account:
    """Whose files they are: providers of models.yaml that share an account, and its days."""

    providers: Collection[str]
    zone: ZoneInfo | None = None


def reconcile(export: Export, account: Account, registry: Registry) -> list[Finding]:
    """Return a finding for each day and model of the files' days. `export` has a line."""
    days = [line.day for line in export.lines]
    rows = used_of(account.providers, min(days), max(days), account.zone)
    ids = {row["model"]: row["model"].partition(":")[2] for row in rows}
    names = alike({*ids.values(), *(line.model for line in export.lines)} - {""})
    used = by_day(rows, {model: names[name] for model, name in ids.items()})
    findings = find(export, used, names)
    explain(findings, _context(account, registry))
    return findings


def _context(account: Account, registry: Registry) -> Context:
    first, before = begin(account.zone)

    def price_of(model: str, since: str) -> Price | None:
        listed = registry.find(model)
        prices = listed.ref.price if listed else ()
        return next((one.parts for one in prices if (one.start or "") == since), None)

    known = [registry.providers[name] for name in account.providers if name in registry.providers]
    hides = any(provider.shared_cache for provider in known)
    today = timezone.now().astimezone(account.zone or UTC).date()
    return Context(first, before, today, price_of, hides)
