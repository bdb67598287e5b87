from __future__ import annotations

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Conversations of people with models."""

    name = "chat"
