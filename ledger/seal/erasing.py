"""
Erases a person from the chain: the salt, so that no commitment can be computed again.

Each link then gets a mark, which needs the key: rows whose person was removed by anyone else are
found. Only rows that are as they were sealed get one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.models import Link, Salt
from ledger.seal import keys
from ledger.seal.encoding import equal, erased_of, raw, who_of

if TYPE_CHECKING:
    from collections.abc import Iterator

BATCH = 500


def forget_links(person: int) -> None:
    """Mark the links of a person, whose rows are still theirs, and delete the salt."""
    salt = Salt.objects.filter(pk=person).first()
    if salt is None or not person:
        return
    for links in _pages(person):
        for link in links:
            row, who = link.call, raw(link.who)
            if row and equal(who, who_of(raw(salt.salt), row)):
                link.erased = erased_of(keys.current(), row, who)
        Link.objects.bulk_update(links, ["erased"])
    salt.delete()


def _pages(person: int) -> Iterator[list[Link]]:
    mine, last = Link.objects.filter(call__person=person).order_by("place"), 0
    while page := list(mine.filter(place__gt=last).select_related("call")[:BATCH]):
        yield page
        last = page[-1].place
