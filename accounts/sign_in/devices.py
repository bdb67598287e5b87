"""
Devices from which someone has signed in before: a signed cookie that is no credential.

An attack on a person's name from elsewhere slows down no one at such a device. It holds a random
ID for each of the last people who signed in there, beside the digest of the name, not the name.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.conf import settings
from django.core import signing

from accounts.sign_in.throttle import key_of_name

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

SALT = "accounts.devices"
MAX_AGE = 180 * 24 * 3600
MAX_PEOPLE = 5


def device_of(request: HttpRequest | None, name: str) -> str:
    """Return the device's ID for this name; empty if no one of this name signed in from it."""
    return _read(request).get(key_of_name(name), "") if request is not None else ""


def remember(request: HttpRequest, response: HttpResponse, name: str) -> None:
    """Let the device be known for this name."""
    people, key = _read(request), key_of_name(name)
    people[key] = people.pop(key, "") or secrets.token_urlsafe(12)
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        signing.dumps(dict([*people.items()][-MAX_PEOPLE:]), salt=SALT, compress=True),
        max_age=MAX_AGE,
        secure=settings.SECURE_COOKIES,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest | None) -> dict[str, str]:
    cookie = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "") if request is not None else ""
    try:
        people: dict[str, str] = signing.loads(cookie, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature:
        return {}
    return people
