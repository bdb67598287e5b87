"""Compares rows with their links."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import CharField
from django.db.models.functions import Cast

from ledger.gone import NO_ONE
from ledger.models import Call, Salt
from ledger.seal import keys
from ledger.seal.encoding import VERSIONS, equal, erased_of, leaf_of, raw, who_of
from ledger.seal.verify.fault import APPENDED, CHANGED, MISSING, UNREADABLE, Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.models import Link


class Rows:
    """Checks the rows of links, and counts those whose person was erased."""

    def __init__(self) -> None:
        self._salts = dict(_salts())
        self.erased = 0

    def fault(self, link: Link) -> Fault | None:
        """Return what is wrong with the row of a link."""
        row = link.call
        if row is None:
            return None if _expired(link) else _of(link, MISSING, "the row is gone")
        try:
            return self._compare(link, row)
        except UNREADABLE:
            return _of(link, CHANGED, "the row cannot be read")

    def _compare(self, link: Link, row: Call) -> Fault | None:
        if not is_genuine(link):
            return _of(link, CHANGED, "the row is not as it was sealed")
        if not self._is_of(link, row):
            if not _is_erased(link, row):
                return _of(link, CHANGED, "person, token, groups, request or a mac")
            self.erased += 1
        elif link.erased:
            return _of(link, CHANGED, "it is marked as of a person who was erased")
        return None

    def _is_of(self, link: Link, row: Call) -> bool:
        """Is whose call it was as it was sealed?"""
        if row.person not in self._salts:
            self._salts.update(_salts(row.person))
        salt = self._salts.get(row.person)
        return salt is not None and equal(link.who, who_of(salt, row))


def is_genuine(link: Link) -> bool:
    """Is the leaf made with the key, of the row as it is?"""
    row, who = link.call, raw(link.who)
    return row is not None and any(
        keys.signed(link.leaf, lambda key, version=version: leaf_of(key, row, who, version))  # type: ignore[misc]
        for version in VERSIONS
    )


def _is_erased(link: Link, row: Call) -> bool:
    """Did the portal remove the person, and no one else?"""
    if not link.erased or any(getattr(row, name) for name in NO_ONE):
        return False
    return keys.signed(link.erased, lambda key: erased_of(key, row, raw(link.who)))


def _expired(link: Link) -> bool:
    """May the row be gone because of its age? The link says when it was."""
    return bool(Call.expiry.days and link.at) and link.at < Call.expiry.before()


def _salts(person: int | None = None) -> Iterator[tuple[int, bytes]]:
    rows = Salt.objects.all() if person is None else Salt.objects.filter(pk=person)
    for row in rows.iterator():
        yield row.person, raw(row.salt)


def _of(link: Link, kind: str, what: str) -> Fault:
    return Fault(kind, what, link.place, str(link.call_id))


def unlinked() -> Iterator[Fault]:
    """Yield the rows that have no link. An ID is read as text: it may be none."""
    rows = Call.objects.filter(link=None).annotate(text=Cast("pk", CharField()))
    for text in rows.values_list("text", flat=True).iterator():
        with suppress(ValueError):
            text = str(UUID(text))
        yield Fault(APPENDED, "the row has no link", row=str(text))
