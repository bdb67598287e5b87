"""Checks the texts of models.yaml that were stored, which receipts show."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from ledger.seal.verify.fault import CHANGED, CUT, MISSING, UNREADABLE, Fault
from registry.models import Revision
from registry.workers.revision_mac import is_genuine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ledger.models import Seal


def check(seals: list[Seal]) -> Iterator[Fault]:
    """Yield what is wrong with the revisions: `seals` say how many there were."""
    before = 0
    for number in Revision.objects.order_by("number").values_list("number", flat=True):
        if number != before + 1:
            yield Fault(MISSING, f"revisions {before + 1} to {number - 1} are gone")
        if not _is_genuine(number):
            yield Fault(CHANGED, f"revision {number} is not as the portal stored it")
        before = number
    counted = max((seal.revisions for seal in seals), default=0)
    if counted > before:
        yield Fault(CUT, f"there were {counted} revisions, the last one is {before}")


def _is_genuine(number: int) -> bool:
    with suppress(*UNREADABLE):
        return is_genuine(Revision.objects.get(number=number))
    return False
