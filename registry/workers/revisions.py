"""
The revisions of models.yaml that were in use, each with its text, without literal secrets.

A row is the begin of a revision: one that comes back has another row.
"""

from __future__ import annotations

import difflib
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from registry.config.redact import redacted
from registry.models import Revision
from registry.state.service import service
from registry.store import StoreDownError
from registry.workers.revision_mac import new_mac

if TYPE_CHECKING:
    from collections.abc import Iterator

CLAIM_SECONDS = 3.0  # within which all workers load the same file


class Revisions:
    """What a worker has stored: it looks into the database once for each revision."""

    def __init__(self) -> None:
        self._stored = ""

    def store(self, worker: str) -> None:
        """Store the revision in use, unless that was done, or another worker does it."""
        loaded = service.loaded  # once: the file may be loaded again while this stores
        if loaded is None or (revision := loaded.config.revision) == self._stored:
            return
        last = Revision.objects.order_by("-number").first()
        before, number = (last.revision, last.number) if last else (None, 0)
        if before != revision:
            if not _may_store(f"revision:{before}:{revision}", worker):
                return  # the next look finds it
            row = Revision(
                number=number + 1, at=datetime.fromtimestamp(loaded.at, UTC), revision=revision,
                text=redacted(loaded.source, loaded.config),
            )  # fmt: skip
            row.mac = new_mac(row)
            with suppress(IntegrityError), transaction.atomic():  # another worker was faster
                row.save(force_insert=True)
                self._stored = revision
            return
        self._stored = revision


def _may_store(what: str, worker: str) -> bool:
    try:
        return service.store.claim(what, worker, CLAIM_SECONDS)
    except StoreDownError:
        return True  # better two rows than none


def last_number() -> int:
    """Return the number of the newest revision, 0 if there is none."""
    return Revision.objects.order_by("-number").values_list("number", flat=True).first() or 0


def at(time: datetime) -> Revision | None:
    """Return the revision that was in use at a time; None if none is known of then."""
    return Revision.objects.filter(at__lte=time).order_by("-at", "-pk").first()


def in_use(revision: str, time: datetime) -> Revision | None:
    """Return the row of a revision that was in use at a time."""
    rows = Revision.objects.filter(revision=revision)
    return rows.filter(at__lte=time).order_by("-at").first() or rows.order_by("at").first()


def find(revision: str) -> Revision | None:
    """Return a revision by its ID, or by the begin of its ID."""
    return Revision.objects.filter(revision__startswith=revision).order_by("-at").first()


def diff(old: Revision, new: Revision) -> Iterator[str]:
    """Yield the lines of a unified diff."""
    names = [f"models.yaml {one.revision} {one.at:%Y-%m-%d %H:%M} UTC" for one in (old, new)]
    return difflib.unified_diff(
        old.text.splitlines(), new.text.splitlines(), names[0], names[1], lineterm=""
    )


revisions = Revisions()
