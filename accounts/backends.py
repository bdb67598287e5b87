from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.backends import ModelBackend

from accounts.models import SignInLink

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest


class SignInLinkBackend(ModelBackend):
    """Signs in with the secret of a link. django-axes limits the attempts, as for passwords."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, username: str = "", secret: str = ""
    ) -> User | None:
        user = SignInLink.consume(username, secret) if secret else None
        return user if user and self.user_can_authenticate(user) else None
