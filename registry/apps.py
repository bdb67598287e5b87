from __future__ import annotations

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """Registers checks and kinds of data. It starts nothing: `ready` runs for every command."""

    name = "registry"
    verbose_name = "AI models"

    def ready(self) -> None:
        from registry import checks, personal_data  # noqa: F401 — importing registers them
