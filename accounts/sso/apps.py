from __future__ import annotations

from django.apps import AppConfig


class SingleSignOnConfig(AppConfig):
    """Registers the checks of the settings."""

    name = "accounts.sso"
    label = "sso"

    def ready(self) -> None:
        from accounts.sso import checks  # noqa: F401 — importing registers them
