"""
Who is calling: `authenticate(scope) → Principal`, for HTTP, WebSocket and DRF alike.

Principals are cached for AUTH_CACHE_SECONDS, so that a request does not query the database; a
revoked token therefore works for that long at most.
"""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import Error
from knox.crypto import hash_token

from core.addresses import address_in, network_in
from core.auth import lookups
from core.auth.credentials import check_form, credentials_in, unauthenticated
from core.auth.grace import Grace
from core.auth.lookups import known, refused
from core.auth.principals import Principal, look_up
from core.auth.uses import check_use
from core.database.outages import is_outage
from core.database.threads import database_threads, in_threads
from core.errors import PortalError
from core.logs.requests import note
from core.person import Standing, person, standing

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from typing import Any

    from core.auth.credentials import Credentials

MAX_CACHED = 10_000
PATIENCE_SECONDS = 1.0  # with the database, if the last check would do


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

    Raises as `look_up_in_turn` does, and PortalError `address_not_allowed`.
    """
    principal = principals.get(credentials.key)
    if principal is None:
        principal = await _find(credentials, scope, in_grace)
    check_use(principal, lambda: address_in(scope))
    person.set(principal.limit_key)
    standing.set(Standing(principal.operator, principal.groups))
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
        known.put(credentials.key, principal.limit_key)
    return principal


async def authenticate(scope: Mapping[str, Any]) -> Principal:
    """Return who sends this request of ASGI. Raises as `identify` does.

    Routes that ask models have the grace of `look_up_in_turn`.
    """
    credentials = credentials_in(scope["headers"])
    return await identify(credentials, scope, in_grace=scope["asks_models"])
