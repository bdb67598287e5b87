"""How django-allauth behaves in the portal."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from core.addresses import address_of, network_of


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the package has no types
    """Of allauth's steps after a password, only the second factor."""

    def get_login_stages(self) -> list[str]:
        return ["allauth.mfa.stages.AuthenticateStage"]

    def get_client_ip(self, request: HttpRequest) -> str:
        return network_of(address_of(request)) or "unknown"

    def add_message(self, *args: Any, **more: Any) -> None:
        """Pages show what happened; there is no other place for messages."""


class SecretAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the package has no types
    """Encrypts secrets in the table, with a key that only SECRET_KEY gives."""

    def encrypt(self, text: str) -> str:
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:  # of another SECRET_KEY: no code is right
            raise PermissionDenied(
                "The second factor was stored under another SECRET_KEY."
            ) from None


def _fernet() -> Fernet:
    digest = hashlib.sha256(b"accounts.second_factor" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))
