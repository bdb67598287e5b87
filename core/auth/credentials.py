"""
The credentials of a request: a token or a session.

Programs send `Authorization: Bearer <token>`, or the token in the header of Anthropic's or Azure's
clients; browsers send a session cookie. A request with a token ignores its cookies.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.conf import settings
from django.http.cookie import parse_cookie

from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable

_KNOX = settings.REST_KNOX
_TOKEN = re.compile(f"{_KNOX['TOKEN_PREFIX']}[0-9a-f]{{{_KNOX['AUTH_TOKEN_CHARACTER_LENGTH']}}}")
KEYS = (b"x-api-key", b"api-key")  # Anthropic's and Azure's clients send the token here


@dataclass(frozen=True, slots=True)
class Credentials:
    """A request's token, or else its session key. Neither appears in a repr.

    A session that is `used` does not end for idleness: False is for what no person does.
    """

    token: str = field(default="", repr=False)
    session: str = field(default="", repr=False)
    used: bool = field(default=True, compare=False)

    @property
    def key(self) -> bytes:
        """The hash under which a cache keeps them."""
        kind = b"t" if self.token else b"s"
        return kind + hashlib.sha256((self.token or self.session).encode()).digest()


def read_credentials(authorization: str | None, cookie: str, key: str = "") -> Credentials:
    """Return the credentials in these headers; `key` is that of KEYS. Raises PortalError."""
    if key and authorization is None:
        return Credentials(token=key)
    if authorization is not None:
        scheme, _, token = authorization.strip().partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise unauthenticated("The Authorization header must be: Bearer <token>.")
        return Credentials(token=token.strip())
    session = parse_cookie(cookie).get(settings.SESSION_COOKIE_NAME, "")
    if not session:
        raise unauthenticated("Sign in, or send an API token: Authorization: Bearer <token>.")
    return Credentials(session=session)


def unauthenticated(message: str) -> PortalError:
    return PortalError("unauthenticated", message)


def invalid_token() -> PortalError:
    return unauthenticated("This API token is not valid. It may have been revoked.")


def check_form(token: str) -> None:
    """Raise PortalError for a text that no token of ours can be, without asking the database."""
    if not _TOKEN.fullmatch(token):
        raise invalid_token()


def session_ended() -> PortalError:
    return unauthenticated("Your session has ended. Sign in again.")


def credentials_in(headers: Iterable[tuple[bytes, bytes]]) -> Credentials:
    """Return the credentials in ASGI headers. Raises PortalError `unauthenticated`."""
    authorization, cookie, key = None, "", ""
    for name, value in headers:
        if name == b"authorization":
            if authorization is not None:
                raise unauthenticated("Send one Authorization header.")
            authorization = value.decode("latin-1")
        elif name == b"cookie":
            cookie = f"{cookie}; {value.decode('latin-1')}" if cookie else value.decode("latin-1")
        elif name in KEYS:
            key = value.decode("latin-1").strip()
    return read_credentials(authorization, cookie, key)
