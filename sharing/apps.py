from __future__ import annotations

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Questions and conversations that people show to colleagues."""

    name = "sharing"

    def ready(self) -> None:
        from sharing import personal_data  # noqa: F401 — importing registers its kind
