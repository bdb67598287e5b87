from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AlertsConfig(AppConfig):
    """Messages about what needs attention. It starts nothing: `aimodels.background` does."""

    name = "alerts"
    verbose_name = _("Alerts")

    def ready(self) -> None:
        from alerts import checks  # noqa: F401 — importing registers them
