from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users' sign-in links and API tokens."""

    name = "accounts"
