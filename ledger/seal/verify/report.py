"""Verifies the whole ledger."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ledger.seal import chain
from ledger.seal.head import LINKS, SEALS, Head, cuts
from ledger.seal.verify import rows, seals, texts
from ledger.seal.verify.fault import CUT, RECHAINED, Fault
from ledger.seal.verify.links import Links

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ledger.models import Seal
    from ledger.seal.export import Exported


@dataclass(slots=True)
class Report:
    """What was verified, and what is wrong. `unsealed` rows are linked, and of no seal yet."""

    days: int = 0
    rows: int = 0
    unsealed: int = 0
    erased: int = 0
    faults: list[Fault] = field(default_factory=list)


def verify(folder: Path, lines: Iterable[Exported] = ()) -> Report:
    """Verify the ledger, with the files in `folder`, and with what was exported.

    The portal may run meanwhile: what comes after the begin is left out.
    """
    heads = list(_heads(folder))  # first: the files are behind the database
    made, end = seals.read(), chain.last_link()
    links = Links(seals.start(made), end)
    sealed = made[-1].last if made else 0
    found = [
        *seals.check(made, max(end, links.at.number)), *links.faults(), *rows.unlinked(),
        *seals.compare(lines, made), *texts.check(made), *heads,
    ]  # fmt: skip
    return Report(
        len(made), links.count, max(end - sealed, 0), links.rows.erased,
        [_with_day(fault, made) for fault in found],
    )  # fmt: skip


def _with_day(fault: Fault, made: list[Seal]) -> Fault:
    """Add the day that a place is of."""
    index = bisect_left([seal.last for seal in made], fault.place)
    if fault.day or not fault.place or index == len(made):
        return fault
    return replace(fault, day=str(made[index].day))


def _heads(folder: Path) -> Iterator[Fault]:
    """Yield what the files of this machine know, and the database lacks."""
    for kind, what in ((LINKS, "place"), (SEALS, "seal")):
        place = Head(folder, kind).known
        if place and not kind.holds(place):
            cut = place.number > kind.end()
            yield Fault(CUT if cut else RECHAINED, f"{what} {place.number} is gone, or another")
    for name in cuts(folder):
        yield Fault(CUT, f"the portal noted it: {name}. Delete the file if you know why")
