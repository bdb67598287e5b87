from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend, ModelBackend


class SingleSignOn(ModelBackend):
    """Names how a session began. Where single sign-on is turned off, such sessions end.

    It authenticates no one: `accounts.sso.people` does, with what the provider signed.
    """

    def authenticate(self, *arguments: Any, **credentials: Any) -> None:
        return None

    aauthenticate = BaseBackend.aauthenticate  # type: ignore[assignment]


BACKEND = f"{SingleSignOn.__module__}.{SingleSignOn.__qualname__}"
