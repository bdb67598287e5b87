"""
Who is calling: `authenticate(headers) → Principal`, for HTTP, WebSocket and DRF alike.

Programs send `Authorization: Bearer <token>`, browsers a session cookie. A request with a Bearer
header ignores its cookies. What was found is kept for AUTH_CACHE_SECONDS, so that the database is
not asked at every request; a revoked token therefore works for that long at most.
"""

from __future__ import annotations

import hashlib
import io
import time
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import get_user
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse
from django.http.cookie import parse_cookie
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model
from rest_framework.authentication import CSRFCheck

from core.database import database_threads
from core.errors import PortalError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.contrib.auth.models import User

    from core.access import Groups

OPERATE = "registry.operate"
MAX_CACHED = 10_000


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request shows: a token, or else a session's key. Neither appears in a repr."""

    token: str = field(default="", repr=False)
    session: str = field(default="", repr=False)

    @property
    def key(self) -> bytes:
        """What the cache knows them by: all of them, hashed."""
        kind = b"t" if self.token else b"s"
        return kind + hashlib.sha256((self.token or self.session).encode()).digest()


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user. `groups` is None for those who may use every model."""

    user: User
    operator: bool
    groups: Groups | None
    by_session: bool

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def limit_key(self) -> int:
        return int(self.user.pk)


def credentials(authorization: str | None, cookie: str) -> Credentials:
    """Return what the two headers show. Raises PortalError `unauthenticated`."""
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


def look_up(shown: Credentials) -> Principal:
    """Return who shows these credentials, from the database. Raises PortalError."""
    if shown.token:
        user, scopes = _by_token(shown.token)
    else:
        user, scopes = _by_session(shown.session), "use operate"
    operator = "operate" in scopes.split() and user.has_perm(OPERATE)
    return Principal(user, operator, groups_of(user), by_session=not shown.token)


def groups_of(user: User) -> Groups | None:
    """Return the names of the user's groups; None for superusers, who may use everything."""
    return None if user.is_superuser else frozenset(user.groups.values_list("name", flat=True))


def _by_token(token: str) -> tuple[User, str]:
    digest = hash_token(token)
    found = get_token_model().objects.select_related("user").filter(digest=digest).first()
    if found is None or not found.user.is_active:
        raise unauthenticated("This API token is not valid. It may have been revoked.")
    if found.expiry is not None and found.expiry <= timezone.now():
        raise unauthenticated("This API token has expired. Make a new one.")
    if "use" not in found.scopes.split():
        raise PortalError("permission_denied", "This API token may not be used here.")
    return found.user, found.scopes


def _by_session(key: str) -> User:
    request = HttpRequest()
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise unauthenticated("Your session has ended. Sign in again.")
    return user


class PrincipalCache:
    """Remembers principals for AUTH_CACHE_SECONDS."""

    def __init__(self) -> None:
        self._found: dict[bytes, tuple[float, Principal]] = {}

    def get(self, key: bytes) -> Principal | None:
        until, principal = self._found.get(key, (0.0, None))
        return principal if until > time.monotonic() else None

    def put(self, key: bytes, principal: Principal) -> None:
        if len(self._found) >= MAX_CACHED:
            self._found.clear()
        self._found[key] = (time.monotonic() + settings.AUTH_CACHE_SECONDS, principal)


principals = PrincipalCache()
look_up_aside = database_sync_to_async(look_up, False, database_threads(2, "auth-database"))


def shown_by(headers: Iterable[tuple[bytes, bytes]]) -> Credentials:
    """Return what ASGI headers show. Raises PortalError `unauthenticated`."""
    authorization, cookie = None, ""
    for name, value in headers:
        if name == b"authorization":
            if authorization is not None:
                raise unauthenticated("Send one Authorization header.")
            authorization = value.decode("latin-1")
        elif name == b"cookie":
            cookie = f"{cookie}; {value.decode('latin-1')}" if cookie else value.decode("latin-1")
    return credentials(authorization, cookie)


async def recognise(shown: Credentials) -> Principal:
    """Return who shows these credentials. Raises PortalError `unauthenticated`."""
    principal = principals.get(shown.key)
    if principal is None:
        principal = await look_up_aside(shown)
        principals.put(shown.key, principal)
    return principal


async def authenticate(headers: Iterable[tuple[bytes, bytes]]) -> Principal:
    """Return who sends these ASGI headers. Raises PortalError `unauthenticated`."""
    return await recognise(shown_by(headers))


def require_origin(request: HttpRequest) -> None:
    """Raise PortalError `permission_denied` unless the request tells its page's origin."""
    if "HTTP_ORIGIN" not in request.META:
        raise PortalError("permission_denied", "A request by session needs its Origin header.")


def csrf_problem(request: HttpRequest) -> str | None:
    """Return why Django's CSRF check refuses `request`, or None."""
    check = CSRFCheck(_nothing)
    check.process_request(request)
    reason = check.process_view(request, _nothing, (), {})
    return None if reason is None else str(reason)


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def check_same_site(scope: dict[str, Any]) -> None:
    """Raise PortalError `permission_denied` unless a browser's page of ours sent this.

    For requests by session only: they need an `Origin` of ours and the CSRF token.
    """
    request = ASGIRequest(scope, io.BytesIO())
    require_origin(request)
    if reason := csrf_problem(request):
        raise PortalError("permission_denied", f"CSRF check failed: {reason}")
