"""
Who is calling: `authenticate(headers) → Principal`, for HTTP, WebSocket and DRF alike.

Programs send `Authorization: Bearer <token>`, or the token in the header of Anthropic's or Azure's
clients; browsers send a session cookie. A request with a token ignores its cookies. Principals are
cached for AUTH_CACHE_SECONDS, so that a request does not query the database; a revoked token
therefore works for that long at most.
"""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model

from core.database import database_threads
from core.errors import PortalError
from core.person import person

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from core.access import Groups

OPERATE = "registry.operate"
SESSION_SCOPES = "use operate sql"  # what people may do themselves
MAX_CACHED = 10_000
KEYS = (b"x-api-key", b"api-key")  # Anthropic's and Azure's clients send the token here


@dataclass(frozen=True, slots=True)
class Credentials:
    """A request's token, or else its session key. Neither appears in a repr."""

    token: str = field(default="", repr=False)
    session: str = field(default="", repr=False)

    @property
    def key(self) -> bytes:
        """The hash under which a cache keeps them."""
        kind = b"t" if self.token else b"s"
        return kind + hashlib.sha256((self.token or self.session).encode()).digest()


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user. `groups` is None for those who may use every model.

    `scopes` are those of the token, as `accounts.models.ApiToken` defines them; a session has all.
    """

    user: User
    operator: bool
    groups: Groups | None
    by_session: bool
    scopes: frozenset[str]

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def limit_key(self) -> int:
        return int(self.user.pk)


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


def look_up(credentials: Credentials) -> Principal:
    """Return whose credentials these are, from the database. Raises PortalError."""
    if credentials.token:
        user, scopes = _by_token(credentials.token)
    else:
        user, scopes = _by_session(credentials.session), SESSION_SCOPES
    words = frozenset(scopes.split())
    operator = "operate" in words and user.has_perm(OPERATE)
    return Principal(user, operator, groups_of(user), not credentials.token, words)


def groups_of(user: User) -> Groups | None:
    """Return the names of the user's groups; None for superusers, who may use everything."""
    return None if user.is_superuser else frozenset(user.groups.values_list("name", flat=True))


def _by_token(token: str) -> tuple[User, str]:
    digest = hash_token(token)
    record = get_token_model().objects.select_related("user").filter(digest=digest).first()
    if record is None or not record.user.is_active:
        raise unauthenticated("This API token is not valid. It may have been revoked.")
    if record.expiry is not None and record.expiry <= timezone.now():
        raise unauthenticated("This API token has expired. Create a new one.")
    if "use" not in record.scopes.split():
        raise PortalError("permission_denied", "This API token may not be used here.")
    return record.user, record.scopes


def _by_session(key: str) -> User:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise unauthenticated("Your session has ended. Sign in again.")
    return user


class PrincipalCache:
    """Caches principals for AUTH_CACHE_SECONDS, by the hash of their credentials."""

    def __init__(self) -> None:
        self._entries: dict[bytes, tuple[float, Principal]] = {}  # with the time of expiry

    def get(self, key: bytes) -> Principal | None:
        expiry, principal = self._entries.get(key, (0.0, None))
        return principal if expiry > time.monotonic() else None

    def put(self, key: bytes, principal: Principal) -> None:
        if len(self._entries) >= MAX_CACHED:
            self._entries.clear()
        self._entries[key] = (time.monotonic() + settings.AUTH_CACHE_SECONDS, principal)


principals = PrincipalCache()
look_up_in_thread = database_sync_to_async(look_up, False, database_threads(2, "auth-database"))


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


async def identify(credentials: Credentials) -> Principal:
    """Return whose credentials these are, cached: the task now works for this person.

    Raises PortalError `unauthenticated`.
    """
    principal = principals.get(credentials.key)
    if principal is None:
        principal = await look_up_in_thread(credentials)
        principals.put(credentials.key, principal)
    person.set(principal.limit_key)
    return principal


async def authenticate(headers: Iterable[tuple[bytes, bytes]]) -> Principal:
    """Return who sends these ASGI headers. Raises PortalError `unauthenticated`."""
    return await identify(credentials_in(headers))
