"""Walks through the chain, from the oldest link that is kept to the newest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ledger.models import Link
from ledger.seal import keys
from ledger.seal.encoding import Place, mac_of, raw
from ledger.seal.verify.fault import (
    APPENDED,
    CHANGED,
    MISSING,
    RECHAINED,
    REORDERED,
    UNREADABLE,
    Fault,
)
from ledger.seal.verify.rows import Rows, is_genuine

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 1000
MAX_SORTED = 40  # broken links for which it is tried where they were before


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that does not follow from the one that is before it."""

    link: Link
    before: Place

    @property
    def fault(self) -> Fault:
        what = "the link was not made with the key"
        return Fault(RECHAINED, what, self.link.place, str(self.link.call_id))


class Links:
    """Checks the links after `start`, with their rows. `at` is the place that it has reached."""

    def __init__(self, start: Place, until: int) -> None:
        self.at = start
        self.rows = Rows()
        self.count = 0
        self._until = until
        self._broken: list[Broken] = []

    def faults(self) -> Iterator[Fault]:
        for place, link in _links(self._until):
            self.count += 1
            if place <= self.at.number:
                yield Fault(APPENDED, "the place is before the chain", place)
                continue
            if place > self.at.number + 1:
                yield missing(self.at.number + 1, place - 1)
            if link is None:
                yield Fault(CHANGED, "the row cannot be read", place)
                self.at = Place(place)
            else:
                yield from self._follow(link)
        yield from _sorted_out(self._broken)

    def _follow(self, link: Link) -> Iterator[Fault]:
        """Check a link that is after `at`. After a gap, what was before it is not known."""
        known = link.place == self.at.number + 1 and (self.at.mac or link.place == 1)
        if known and not follows(link, self.at):
            broken = Broken(link, self.at)
            if len(self._broken) < MAX_SORTED:
                self._broken.append(broken)
            else:
                yield broken.fault
        elif fault := self.rows.fault(link):
            yield fault
        self.at = Place(link.place, raw(link.mac))


def follows(link: Link, before: Place) -> bool:
    """Was the link made with the key, for the place after `before`?"""
    call: Any = link.call_id
    if call is None:
        return False
    leaf = raw(link.leaf)
    return keys.signed(link.mac, lambda key: mac_of(key, before, call, link.at, leaf))


def _sorted_out(broken: list[Broken]) -> Iterator[Fault]:
    """Yield a fault for each broken link, unless it is broken only because the one before it is."""
    macs = {raw(one.link.mac) for one in broken} | {one.before.mac for one in broken}
    numbers = {one.before.number for one in broken}
    for one in broken:
        befores = (Place(number, mac) for number in numbers for mac in macs)
        before = next((place for place in befores if follows(one.link, place)), None)
        if before is None:
            yield one.fault
        elif before.number != one.before.number:
            yield Fault(REORDERED, f"it was at {before.number + 1}", one.link.place, one.fault.row)
        elif not is_genuine(one.link):
            yield Fault(CHANGED, "the row is not as it was sealed", one.link.place, one.fault.row)


def missing(first: int, last: int) -> Fault:
    places = f"place {first} is" if first == last else f"places {first} to {last} are"
    return Fault(MISSING, f"{places} gone", first)


def _links(until: int) -> Iterator[tuple[int, Link | None]]:
    """Yield the links in their order, each with its row. None: it cannot be read."""
    last: int | None = None
    while places := _places(last, until):
        yield from _page(places)
        last = places[-1]


def _places(after: int | None, until: int) -> list[int]:
    links = Link.objects.filter(place__lte=until).order_by("place")
    links = links if after is None else links.filter(place__gt=after)
    return list(links.values_list("place", flat=True)[:PAGE])


def _page(places: list[int]) -> Iterator[tuple[int, Link | None]]:
    links = Link.objects.select_related("call").order_by("place")
    try:
        span = links.filter(place__gte=places[0], place__lte=places[-1])
        yield from [(link.place, link) for link in span]
    except UNREADABLE:
        if len(places) == 1:
            yield places[0], None
        else:
            for place in places:
                yield from _page([place])
