"""
Who is calling: `authenticate(scope) → Principal`, for HTTP, WebSocket and DRF alike.

Programs send `Authorization: Bearer <token>`, or the token in the header of Anthropic's or Azure's
clients; browsers send a session cookie. A request with a token ignores its cookies. Principals are
cached for AUTH_CACHE_SECONDS, so that a request does not query the database; a revoked token
therefore works for that long at most.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import time
from dataclasses import dataclass, field
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth import get_user
from django.db import Error
from django.http import HttpRequest
from django.http.cookie import parse_cookie
from django.utils import timezone
from knox.crypto import hash_token
from knox.models import get_token_model

from core import lookups
from core.access import Access
from core.addresses import network_in
from core.database import database_threads, in_threads
from core.errors import PortalError
from core.grace import Grace
from core.limits.limiter import limiter
from core.logs.requests import note
from core.lookups import known, refused
from core.outages import is_outage
from core.person import person
from core.scopes import SCOPES

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping
    from typing import Any

    from django.contrib.auth.models import User

    from core.access import Groups
    from core.limits.limiter import Payer

OPERATE = "registry.operate"
SESSION_SCOPES = "use operate sql"  # what people may do themselves
MAX_CACHED = 10_000
PATIENCE_SECONDS = 1.0  # with the database, if the last check would do
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


@dataclass(frozen=True, slots=True)
class Principal:
    """A signed-in user.

    `scopes` are those of the token, as `accounts.models.ApiToken` defines them; a session has all.
    """

    user: User
    operator: bool
    access: Access
    by_session: bool
    scopes: frozenset[str]
    token: str = ""  # which token was sent: not its secret

    @property
    def groups(self) -> Groups | None:
        """None for those who may use every model."""
        return self.access.groups

    @property
    def name(self) -> str:
        return self.user.get_username()

    @property
    def limit_key(self) -> int:
        return int(self.user.pk)

    @property
    def payer(self) -> Payer:
        """Whose limits count, and how much they are now."""
        return limiter.payer(str(self.user.pk), self.token, self.groups)


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


def look_up(credentials: Credentials) -> Principal:
    """Return whose credentials these are, from the database. Raises PortalError."""
    local_only, session = False, None
    if credentials.token:
        user, scopes, token, local_only = _by_token(credentials.token)
    else:
        session = import_module(settings.SESSION_ENGINE).SessionStore(credentials.session)
        user, scopes, token = _by_session(session), SESSION_SCOPES, ""
    words = frozenset(scopes.split())
    operator = "operate" in words and user.has_perm(OPERATE)
    if (
        session is not None
        and credentials.used
        and not session.touch(brief=operator or user.is_staff)
    ):
        raise session_ended()
    access = Access(groups_of(user), local_only)
    return Principal(user, operator, access, not credentials.token, words, token)


def groups_of(user: User) -> Groups | None:
    """Return the names of the user's groups; None for superusers, who may use everything."""
    return None if user.is_superuser else frozenset(user.groups.values_list("name", flat=True))


def _by_token(token: str) -> tuple[User, str, str, bool]:
    check_form(token)
    digest = hash_token(token)
    record = get_token_model().objects.select_related("user").filter(digest=digest).first()
    if record is None or not record.user.is_active:
        raise invalid_token()
    if record.expiry is not None and record.expiry <= timezone.now():
        raise unauthenticated("This API token has expired. Create a new one.")
    if is_away(record.user):
        raise unauthenticated(
            "The owner of this API token has not signed in for "
            f"{settings.TOKEN_SIGN_IN_DAYS:g} days. Sign in to the portal: then it works again."
        )
    if not {"use", *SCOPES}.intersection(record.scopes.split()):
        raise PortalError("permission_denied", "This API token may not be used here.")
    return record.user, record.scopes, f"token {record.digest[:16]}", record.local_only


def is_away(user: User) -> bool:
    """Did this person not sign in for TOKEN_SIGN_IN_DAYS? Programs never do: they are not away."""
    days = settings.TOKEN_SIGN_IN_DAYS
    return bool(days and user.last_login and user.last_login < timezone.now() - timedelta(days))


def _by_session(session: Any) -> User:
    request = HttpRequest()
    request.session = session
    user = get_user(request)
    if not user.is_authenticated or not user.is_active:
        raise session_ended()
    return user


def session_ended() -> PortalError:
    return unauthenticated("Your session has ended. Sign in again.")


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
grace: Grace[Principal] = Grace()
_threads = database_threads(lookups.THREADS, "auth-database")
_look_up = in_threads(look_up, _threads)


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


def likely_person(scope: Mapping[str, Any]) -> Hashable:
    """Return a key for queues: who probably sends this request, else the network."""
    network = network_in(scope)
    try:
        return known.person(credentials_in(scope["headers"]).key, network)
    except PortalError:
        return network


async def look_up_in_turn(
    credentials: Credentials, who: Hashable, *, in_grace: bool = False
) -> Principal:
    """`look_up` in a thread, in the turn of `who`.

    `in_grace`: while the database does not answer, the last check counts for AUTH_GRACE_SECONDS.
    Raises PortalError, also `overloaded`, and django.db.Error if the database does not answer.
    """
    last = grace.get(credentials.key) if in_grace else None
    try:
        async with asyncio.timeout(PATIENCE_SECONDS if last else None):
            async with lookups.turns.place(who, lookups.WAIT_SECONDS):
                return await _look_up_now(credentials)
    except (Error, TimeoutError) as error:
        if last is None or not (isinstance(error, TimeoutError) or is_outage(error)):
            raise
        return last


async def _look_up_now(credentials: Credentials) -> Principal:
    try:
        principal = await _look_up(credentials)
    except PortalError:
        grace.drop(credentials.key)
        raise
    principals.put(credentials.key, principal)
    if credentials.token:
        grace.put(credentials.key, hash_token(credentials.token), principal)
    return principal


async def identify(
    credentials: Credentials, scope: Mapping[str, Any], *, in_grace: bool = False
) -> Principal:
    """Return whose credentials these are, cached: the task now works for this person.

    Raises as `look_up_in_turn` does.
    """
    principal = principals.get(credentials.key)
    if principal is None:
        principal = await _find(credentials, scope, in_grace)
    person.set(principal.limit_key)
    note(person=principal.limit_key)
    return principal


async def _find(credentials: Credentials, scope: Mapping[str, Any], in_grace: bool) -> Principal:
    key = credentials.key
    if credentials.token:
        check_form(credentials.token)
    if reason := refused.reason(key):
        raise unauthenticated(reason)
    try:
        who = known.person(key, network_in(scope))
        principal = await look_up_in_turn(credentials, who, in_grace=in_grace)
    except PortalError as error:
        if error.code == "unauthenticated":
            refused.put(key, error.message)
        raise
    known.put(key, principal.limit_key)
    return principal


def identify_blocking(credentials: Credentials) -> Principal:
    """Do as `identify`, in a thread that may wait for the database."""
    principal = principals.get(credentials.key)
    if principal is None:
        principal = look_up(credentials)
        principals.put(credentials.key, principal)
    return principal


async def authenticate(scope: Mapping[str, Any]) -> Principal:
    """Return who sends this request of ASGI. Raises as `identify` does.

    Routes that ask models have the grace of `look_up_in_turn`.
    """
    credentials = credentials_in(scope["headers"])
    return await identify(credentials, scope, in_grace=scope["asks_models"])
