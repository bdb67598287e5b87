"""Checks the seals of days: among themselves, with the chain, and with what was exported."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ledger.models import Link, Seal
from ledger.seal import keys
from ledger.seal.encoding import Place, equal, raw, seal_of
from ledger.seal.export import Exported, exported
from ledger.seal.head import is_pruned
from ledger.seal.verify.fault import CHANGED, CUT, MISSING, RECHAINED, UNREADABLE, Fault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def read() -> list[Seal]:
    """Return the seals. One that cannot be read is left out, so that it is missing."""
    seals: list[Seal] = []
    for number in Seal.objects.order_by("number").values_list("number", flat=True):
        with suppress(*UNREADABLE):
            seals += Seal.objects.filter(pk=number)
    return seals


def check(seals: list[Seal], end: int) -> Iterator[Fault]:
    """Yield what is wrong with seals, of a chain that ends at `end`."""
    before: Seal | None = None
    for seal in seals:
        number = before.number + 1 if before else 1
        if seal.number != number:
            yield Fault(MISSING, f"seal {number} is gone", day=str(seal.day))
        if not keys.signed(seal.mac, lambda key, seal=seal: seal_of(key, seal)):  # type: ignore[misc]
            yield Fault(RECHAINED, "the seal was not made with the key", day=str(seal.day))
        elif seal.number == number and not _follows(seal, before):
            yield Fault(RECHAINED, "the seal does not follow the one before", day=str(seal.day))
        elif seal.last > end:
            what = f"the seal is of places until {seal.last}, the chain ends at {end}"
            yield Fault(CUT, what, end + 1, day=str(seal.day))
        elif seal.pruned and not is_pruned(seal):
            yield Fault(RECHAINED, "the mark of its age is not the portal's", day=str(seal.day))
        elif not seal.pruned and not _has_root(seal):
            yield Fault(RECHAINED, "the links are not those of the seal", day=str(seal.day))
        before = seal


def _follows(seal: Seal, before: Seal | None) -> bool:
    if before is None:
        return seal.first == 1 and not seal.previous
    return seal.first == before.last + 1 and equal(seal.previous, before.mac)


def _has_root(seal: Seal) -> bool:
    mac = Link.objects.filter(pk=seal.last).values_list("mac", flat=True).first()
    return mac is None or equal(mac, seal.root)  # None: a gap, which the chain reports


def start(seals: list[Seal]) -> Place:
    """Return the place after which links are kept: those of the first days may be pruned."""
    place = Place()
    for seal in seals:
        if not is_pruned(seal):
            break
        place = Place(seal.last, raw(seal.root))
    return place


def compare(lines: Iterable[Exported], seals: list[Seal]) -> Iterator[Fault]:
    """Yield what seals lack, or have otherwise, that were exported."""
    known = {seal.number: exported(seal) for seal in seals}
    last = max(known, default=0)
    for line in dict.fromkeys(lines):
        if line.number not in known:
            kind = CUT if line.number > last else MISSING
            yield Fault(kind, f"seal {line.number} was exported, and is gone", day=line.day)
        elif known[line.number] != line:
            what = f"seal {line.number} is not the one that was exported"
            yield Fault(CHANGED if line.mac == known[line.number].mac else RECHAINED, what,
                        day=line.day)  # fmt: skip
