from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users' sign-ins and API tokens."""

    name = "accounts"

    def ready(self) -> None:
        # Importing them registers kinds of data, and connects receivers.
        from accounts import leftovers, personal_data, signals  # noqa: F401
