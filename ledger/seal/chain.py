"""
Appends rows to the chain, in the transaction that inserts them.

So a row is protected from when it is written, and its place is that of its writing: one that comes
late is of the day on which it came. All who append wait for each other.
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ledger.models import Link, Salt, Seal
from ledger.seal import keys
from ledger.seal.encoding import Place, leaf_of, mac_of, raw, who_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

    from ledger.models import Call


def end() -> Place:
    """Return the last place of the chain: of a link, or of a seal whose links were deleted."""
    places = (
        Link.objects.order_by("-place").values_list("place", "mac").first(),
        Seal.objects.order_by("-number").values_list("last", "root").first(),
    )
    ends = [Place(number, raw(mac)) for number, mac in filter(None, places)]
    return max(ends, key=lambda place: place.number, default=Place())


def last_link() -> int:
    """Return the place of the last link, 0 if there is none."""
    return Link.objects.order_by("-place").values_list("place", flat=True).first() or 0


def last_seal() -> int:
    """Return the number of the last seal, 0 if there is none."""
    return Seal.objects.order_by("-number").values_list("number", flat=True).first() or 0


def linked(calls: Collection[UUID]) -> set[UUID]:
    """Return which of the calls have a link."""
    return set(Link.objects.filter(call__in=calls).values_list("call_id", flat=True))


def append(rows: Iterable[Call], place: Place) -> Place:
    """Link rows, in their order, after the end of the chain. Return the last place.

    The caller has the lock, and has read the end before it checked that nothing was cut: what is
    cut off later leaves a gap.
    """
    rows, key = list(rows), keys.current()
    salts, links = salts_of({row.person for row in rows}), []
    for row in rows:
        who = who_of(salts[row.person], row)
        leaf = leaf_of(key, row, who)
        place = Place(place.number + 1, mac_of(key, place, row.pk, row.at, leaf))
        links.append(
            Link(place=place.number, call=row, at=row.at, who=who, leaf=leaf, mac=place.mac)
        )
    Link.objects.bulk_create(links)
    return place


def salts_of(people: set[int]) -> dict[int, bytes]:
    """Return the salts of people, which those who have none get now."""
    salts = dict(Salt.objects.filter(pk__in=people).values_list("person", "salt"))
    fresh = {person: secrets.token_bytes(32) for person in people - salts.keys()}
    Salt.objects.bulk_create(Salt(person=person, salt=salt) for person, salt in fresh.items())
    return {person: raw(salt) for person, salt in (salts | fresh).items()}
