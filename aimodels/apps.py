from __future__ import annotations

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "aimodels"

    def ready(self) -> None:
        from aimodels import checks  # noqa: F401 — importing registers them
        from aimodels.portal_source import forget  # noqa: F401 — importing connects it
        from chat.pages.receipts import texts_of
        from ledger.receipts.texts import kept

        kept.texts_of = texts_of
