from __future__ import annotations

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """What was used: each call to a provider, by whom, of which model, and what it cost."""

    name = "ledger"

    def ready(self) -> None:
        from ledger.used import used_before
        from registry.budgets.check import budgets

        budgets.used_before = used_before
