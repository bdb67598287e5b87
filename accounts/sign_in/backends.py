"""How a person signs in: with a password, whose guesses are limited, or with a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.core.exceptions import PermissionDenied

from accounts.models import SignInLink
from accounts.sign_in.devices import device_of
from accounts.sign_in.throttle import MAX_NAME, Attempt, TooManyFailuresError
from core.addresses import address_of, network_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest

MAX_PASSWORD = 1000  # characters: no one types more, and hashing them takes time


class PasswordBackend(ModelBackend):
    """Checks passwords, on all pages that take one. It is the first backend that does.

    A refusal raises PermissionDenied, so that no other backend checks the password, and leaves
    `request.sign_in_refusal`, of which `accounts.sign_in.middleware` makes a response with 429.
    """

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **credentials: Any,
    ) -> User | None:
        if username is None or password is None:
            return None
        if len(username) > MAX_NAME or len(password) > MAX_PASSWORD:
            return None
        attempt = _attempt(request, username)
        user = super().authenticate(request, username=username, password=password)
        if user is not None:
            attempt.succeeded()
        return user

    # The parent's would check the password without counting.
    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]


def _attempt(request: HttpRequest | None, name: str) -> Attempt:
    network = network_of(address_of(request)) if request is not None else ""
    try:
        return Attempt(name, network, device_of(request, name))
    except TooManyFailuresError as error:
        if request is not None:
            request.sign_in_refusal = error  # type: ignore[attr-defined]
        raise PermissionDenied from None


class SignInLinkBackend(ModelBackend):
    """Signs in with the secret of a link. It is too long to guess: attempts are not limited."""

    def authenticate(  # type: ignore[override]
        self, request: HttpRequest | None, secret: str = ""
    ) -> User | None:
        user = SignInLink.consume(secret) if secret else None
        return user if user and self.user_can_authenticate(user) else None

    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]
