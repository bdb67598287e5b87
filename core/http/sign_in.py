"""Where a browser is sent that asks for a file without a session: to the sign-in page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.views import redirect_to_login

from core.auth.credentials import KEYS

if TYPE_CHECKING:
    from core.errors import PortalError

TOKENS = frozenset({b"authorization", *KEYS})


def sign_in_address(scope: dict[str, Any], error: PortalError) -> str:
    """Return the address of the sign-in page, which leads back; empty for any other `error`.

    Programs, which send a token, get the error.
    """
    if error.code != "unauthenticated" or not TOKENS.isdisjoint(scope["by_name"]):
        return ""
    query = scope["query_string"].decode("latin-1")
    return redirect_to_login(f"{scope['path']}?{query}" if query else scope["path"]).url
