from __future__ import annotations

from django.apps import AppConfig


class SharingConfig(AppConfig):
    """Questions and conversations that people show to colleagues."""

    name = "sharing"
