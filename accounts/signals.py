"""What follows a sign-in, whichever way it was made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.http import HttpRequest


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, **more: Any) -> None:
    request.signed_in_as = user.get_username()  # type: ignore[attr-defined]  # accounts.middleware
