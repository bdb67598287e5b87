"""Reads the journals of a portal, as the ledger does."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.journal.reader import Reader
from registry.metering.records import Begun, Ended, decoder

if TYPE_CHECKING:
    from collections.abc import Collection

    from tests.support.portal import Portal


@dataclass
class Metered:
    """A call as its two records say. `end` is None if it has not ended."""

    begun: Begun
    end: Ended | None = None

    @property
    def done(self) -> Ended:
        assert self.end is not None, "it has not ended"
        return self.end


def calls_of(portal: Portal) -> list[Metered]:
    """Return all calls of a portal, in their order."""
    found: dict[bytes, Metered] = {}
    for segment in Reader(portal.folder / "ledger").read():
        for record in map(decoder.decode, segment.news):
            if isinstance(record, Begun):
                found[record.key] = Metered(record)
            else:
                found[record.key].end = record
    return list(found.values())


def new_call(portal: Portal, before: Collection[bytes] = ()) -> Metered:
    """Wait until the only call besides those `before` has ended, and return it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        match [call for call in calls_of(portal) if call.begun.key not in before]:
            case [Metered(end=Ended()) as call]:
                return call
        time.sleep(0.05)
    raise AssertionError(f"{calls_of(portal)} have not ended")
