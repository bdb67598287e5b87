"""
The seal of each day, which one worker makes soon after the day, and what is deleted for its age.

A seal is of what was written until it was made. If the portal was not running, the next seal is of
all days since the last one.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from ledger.lock import durable, lock
from ledger.models import Link, Seal
from ledger.seal import chain, keys
from ledger.seal.encoding import Place, pruned_of, raw, seal_of
from ledger.seal.export import log, post
from ledger.seal.head import SEALS, Head
from registry.metering import book
from registry.workers.revisions import last_number

if TYPE_CHECKING:
    from datetime import date

logger = logging.getLogger(__name__)


def write_seals() -> None:
    """Seal what was written until today, once a day, and export it. Delete what is too old."""
    head = Head(book.folder(), SEALS)
    durable()  # a seal that was sent must not be lost
    try:
        seal = seal_until(head, timezone.localdate() - timedelta(days=1))
    except IntegrityError:
        return  # another worker was faster
    if seal:
        head.move(Place(seal.number, raw(seal.mac)))
        log(seal)
    for one in Seal.objects.filter(posted=False).order_by("number"):
        if not post(one):
            break
        Seal.objects.filter(pk=one.pk).update(posted=True)
    _prune()


def seal_until(head: Head, day: date) -> Seal | None:
    """Seal what has no seal, until a day; None if that is sealed. The caller moves the head."""
    with transaction.atomic():
        lock()
        last, end = Seal.objects.order_by("-number").first(), chain.end()
        head.check()  # after it was read: what is cut off later leaves a gap
        if last.day >= day if last else not end.number:
            return None
        key = keys.current()
        seal = Seal(
            number=last.number + 1 if last else 1, day=day, last=end.number, root=end.mac,
            first=last.last + 1 if last else 1, previous=raw(last.mac) if last else b"",
            key=keys.key_id(key), revisions=last_number(), posted=not settings.LEDGER_SEAL_WEBHOOK,
        )  # fmt: skip
        seal.mac = seal_of(key, seal)
        seal.save(force_insert=True)
    return seal


def _prune() -> None:
    """Delete the links of days all of whose rows have expired.

    The day is read from a seal that the portal has signed: a link's time may be forged, so that the
    portal would delete what someone wants to hide.
    """
    if not settings.LEDGER_DAYS:
        return
    oldest = timezone.localdate(timezone.now() - timedelta(days=settings.LEDGER_DAYS))
    for seal in Seal.objects.filter(day__lt=oldest, pruned=b"").order_by("number"):
        if not keys.signed(seal.mac, lambda key, seal=seal: seal_of(key, seal)):  # type: ignore[misc]
            return logger.error("The seal of %s is not the portal's; it is kept", seal.day)
        links = Link.objects.filter(place__gte=seal.first, place__lte=seal.last)
        if links.filter(call__at__isnull=False).exists():
            break  # a row is still there, as retention runs once an hour
        with transaction.atomic():
            seal.pruned = pruned_of(keys.current(), seal)
            seal.save(update_fields=["pruned"])
            links.delete()
    return None
