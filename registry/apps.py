from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegistryConfig(AppConfig):
    """Registers checks. It starts nothing: `ready` runs for every command."""

    name = "registry"
    verbose_name = _("AI models")

    def ready(self) -> None:
        from registry import checks  # noqa: F401 — importing registers them
