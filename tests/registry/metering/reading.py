"""Reads the journals of a portal, as the ledger does."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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


def mac(secret: str, kind: str, call: bytes, text: str) -> bytes:
    """Return the mac of a text of this kind, by the form of docs/ledger.md alone."""
    key = hmac.new(secret.encode(), b"the ledger's texts", hashlib.sha256).digest()
    data = kind.encode() + b"\0" + call + text.encode()
    return hmac.new(key, data, hashlib.sha256).digest()


def as_json(**prompt: Any) -> str:
    """Return the form of a prompt of which there is a mac."""
    return json.dumps(prompt, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
