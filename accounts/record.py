"""
The record of sign-ins, refusals, links and tokens. Its size is bounded: RECORD_DAYS, and a number
of rows for each person and kind, so that no one can push the rows of others out.
"""

from __future__ import annotations

from contextvars import ContextVar
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, F
from django.utils import timezone

from accounts.models import Event
from core.addresses import address_of, network_of

if TYPE_CHECKING:
    from django.http import HttpRequest

MERGED = timedelta(hours=1)  # in which equal refusals are one row
MAX_EACH = 1000  # rows of one person and kind

# The request that the running task serves, for models that do not know it.
acting: ContextVar[HttpRequest | None] = ContextVar("acting", default=None)


def record(kind: Event.Kind, username: str, detail: str = "") -> None:
    """Write a row about `username`. Who caused it is named if it is another person."""
    request = acting.get()
    by = request.user.get_username() if request is not None and hasattr(request, "user") else ""
    if request is None:
        detail = f"{detail}, by a command".lstrip(", ")
    address = address_of(request) or "" if request is not None else ""
    Event.objects.create(
        kind=kind,
        username=username,
        by=by if by != username else "",
        address=address,
        detail=detail[:200],
    )


def record_refusal(kind: Event.Kind, username: str, address: str, detail: str) -> None:
    """Count a refusal. `username` is what was typed."""
    if username and not User.objects.filter(username=username).exists():
        username, detail = "", "unknown name"
    now = timezone.now()
    same = Event.objects.filter(
        kind=kind, username=username, address=address, detail=detail, at__gt=now - MERGED
    )
    if row := same.first():
        Event.objects.filter(pk=row.pk).update(count=F("count") + 1, last=now)
    else:
        Event.objects.create(kind=kind, username=username, address=address, detail=detail)


def record_sso_refusal(request: HttpRequest, why: str, username: str = "") -> None:
    """Count a refusal of single sign-on. Without a name it is not known who it was."""
    network = network_of(address_of(request))
    record_refusal(Event.Kind.REFUSED, username, network, f"single sign-on: {why}")


def delete_old() -> None:
    """Delete what is too old, and what is too much."""
    if settings.RECORD_DAYS:
        end = timezone.now() - timedelta(days=settings.RECORD_DAYS)
        Event.objects.filter(last__lt=end).delete()
    groups = Event.objects.order_by().values("kind", "username").annotate(rows=Count("pk"))
    for group in groups.filter(rows__gt=MAX_EACH):
        rows = Event.objects.filter(kind=group["kind"], username=group["username"])
        kept = rows.order_by("-pk").values_list("pk", flat=True)[MAX_EACH - 1]
        rows.filter(pk__lt=kept).delete()
