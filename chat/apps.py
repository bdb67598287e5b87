from __future__ import annotations

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Conversations of people with models."""

    name = "chat"

    def ready(self) -> None:
        from chat import personal_data  # noqa: F401 — importing registers its kinds
