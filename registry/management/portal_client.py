"""
A client of the running portal, for commands: it calls the API as an operator.

The portal's memory can be changed only by the API, which checks and records the change. Each call
creates a token and deletes it afterwards.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import requests
from django.conf import settings
from django.contrib.auth import get_user_model
from django.utils import timezone
from knox.models import get_token_model

from core.auth.principals import OPERATE
from core.http.hosts import host_allowed
from core.program import command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.contrib.auth.models import User

TOKEN_LIFE = timedelta(minutes=1)
CONNECT, PATIENCE = 3.0, 30.0  # seconds to connect, and between two parts of the response


class UnreachableError(Exception):
    """No portal answers at the address. The message has the address and the remedy."""


class NoOperatorError(Exception):
    """There is no operator to act for."""


def operator(username: str) -> User:
    """Return the operator called `username`, or else the first one. Raises NoOperatorError."""
    users = get_user_model().objects.filter(is_active=True).order_by("-is_superuser", "pk")
    if username:
        users = users.filter(username=username)
    user = next((user for user in users if user.has_perm(OPERATE)), None)
    if user is None:
        who = f"{username} is" if username else "There is"
        raise NoOperatorError(
            f"{who} no operator. `{command('create_token NAME --staff')}` creates one."
        )
    return user


def call(
    url: str, path: str, body: dict[str, Any], user: User, patience: float = PATIENCE
) -> tuple[int, dict[str, Any]]:
    """POST `body` for `user`; return the answer's status and JSON. Raises UnreachableError."""
    headers = {"Host": settings.ALLOWED_HOSTS[0]} if _must_name_host(url) else {}
    with _token(user) as token, requests.Session() as session:
        session.trust_env = False
        headers["Authorization"] = f"Bearer {token}"
        try:
            answer = session.post(
                url + path, json=body, headers=headers, timeout=(CONNECT, patience),
                allow_redirects=False,
            )  # fmt: skip
            content = answer.json()
        except (requests.RequestException, ValueError):
            raise UnreachableError(
                f"No portal answers at {url}. Start it, or pass its address with --url."
            ) from None
    return answer.status_code, content if isinstance(content, dict) else {}


def _must_name_host(url: str) -> bool:
    """Would the portal reject its own address as the Host?"""
    return not host_allowed(url.partition("://")[2]) and "*" not in settings.ALLOWED_HOSTS[0]


@contextmanager
def _token(user: User) -> Iterator[str]:
    record, token = get_token_model().objects.create(
        user, expiry=TOKEN_LIFE, name="manage.py models", scopes="use operate"
    )
    try:
        yield str(token)
    finally:
        record.delete()
        get_token_model().objects.filter(name=record.name, expiry__lt=timezone.now()).delete()
