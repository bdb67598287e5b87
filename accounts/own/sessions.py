"""A person's own sessions: where they are signed in, and how that ends."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Session
from accounts.sessions import BEGAN, stored_key
from core.addresses import address_of

if TYPE_CHECKING:
    from django.contrib.auth.models import User
    from django.db.models import QuerySet
    from django.http import HttpRequest

PLACE = "place"  # the address and the browser of the sign-in
MAX_AGENT = 200  # characters
MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A row of the page. `key` is the stored one, with which no one can use the session."""

    key: str
    began: datetime
    address: str
    agent: str
    current: bool


@receiver(user_logged_in)
def note_place(request: HttpRequest, **more: Any) -> None:
    agent = "".join(c for c in request.headers.get("User-Agent", "") if c.isprintable())
    request.session[PLACE] = [address_of(request) or "", agent[:MAX_AGENT]]


def sessions_of(user: User, request: HttpRequest) -> list[OwnSession]:
    """Return the person's sessions that are not over, the newest first."""
    own = stored_key(str(request.session.session_key))
    sessions = [_described(row, own) for row in _rows(user).order_by("-expire_date")[:MAX_LISTED]]
    return sorted(sessions, key=lambda one: one.began, reverse=True)


def end(user: User, key: str) -> None:
    """End one session of this person, by its stored key."""
    _rows(user).filter(pk=key).delete()


def end_others(user: User, request: HttpRequest) -> None:
    """End the sessions of this person but the one of `request`."""
    _rows(user).exclude(pk=stored_key(str(request.session.session_key))).delete()


def _rows(user: User) -> QuerySet[Session]:
    return Session.objects.filter(user=user, expire_date__gt=timezone.now())


def _described(row: Session, own: str) -> OwnSession:
    data = row.get_decoded()
    address, agent = data.get(PLACE, ["", ""])
    began = datetime.fromtimestamp(data.get(BEGAN, 0.0), UTC)
    return OwnSession(row.pk, began, address, agent, row.pk == own)
