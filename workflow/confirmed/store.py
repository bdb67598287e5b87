"""Confirmations in the database. Of two for one question, the later replaces the earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from core.errors import PortalError, Sentence
from workflow.models import Confirmation

if TYPE_CHECKING:
    from workflow.confirmed.lookup import Lookup

MAX_CURRENT = 500  # of one source, or of saved tables
MAX_ENDED = 1_000  # the oldest are deleted
MAX_TRIES = 3
FULL = gettext_noop(
    "There are {limit} confirmed questions here, which is the limit. Withdraw some."
)


def confirm(lookup: Lookup, row: Confirmation) -> Confirmation | None:
    """Store a confirmation; return the one that it replaces, if there is one.

    Raises PortalError `payload_too_large` if there are too many.
    """
    for attempt in range(MAX_TRIES):
        try:
            with transaction.atomic():
                return _replace(lookup, row)
        except IntegrityError:  # another one was stored in between: replace that
            if attempt == MAX_TRIES - 1:
                raise
    return None


def _replace(lookup: Lookup, row: Confirmation) -> Confirmation | None:
    now = timezone.now()
    same = lookup.rows.filter(digest=row.digest)
    # The update is first: it takes the lock, so that two replace each other one after the other.
    is_replaced = same.filter(ended=None).update(
        ended=now, ended_by=row.username, replaced=True, vector=None
    )
    if not is_replaced and lookup.rows.filter(ended=None).count() >= MAX_CURRENT:
        raise PortalError("payload_too_large", [Sentence(FULL, limit=MAX_CURRENT)])
    row.pk, row.at = None, now
    row.save(force_insert=True)
    _trim(lookup)
    return same.filter(ended=now).order_by("-at", "-pk").first() if is_replaced else None


def _trim(lookup: Lookup) -> None:
    """Delete the oldest of those that have ended, if there are too many."""
    ended = lookup.rows.exclude(ended=None).order_by("-ended", "-pk")
    old = [*ended.values_list("pk", flat=True)[MAX_ENDED:]]
    Confirmation.objects.filter(pk__in=old).delete()


def withdraw(lookup: Lookup, pk: int, by: str) -> bool:
    """End a confirmation; False if it is not there, or has ended."""
    current = lookup.rows.filter(pk=pk, ended=None)
    return bool(current.update(ended=timezone.now(), ended_by=by, vector=None))
