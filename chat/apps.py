from __future__ import annotations

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """People and models talking."""

    name = "chat"
