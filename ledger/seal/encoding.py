"""
What the chain is made of. Pure.

    who   HMAC, by the salt of the person, of the row's ID, person, token, groups and request, and
          of the macs of its texts, if it has any
    leaf  HMAC of the row's ID, `who` and all other columns
    mac   HMAC of the place, the mac of the link before, the row's ID and time, and the leaf

All but `who` are by the key of the ledger. As `who` has the row's ID in it, no two are equal: once
the salt is deleted, nothing shows which rows were of one person.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import uuid

    from ledger.models import Call, Seal

PERSONAL = ("person", "token", "groups", "request")
MACS = ("prompt_mac", "answer_mac")
# Columns of a leaf. A new column makes a new version, at the front: old leaves stay valid, of rows
# in which the new column is empty.
_FIRST = (
    "at", "door", "capability", "provider", "server", "model", "asked", "resolved_by", "because",
    "revision", "worker", "outcome", "code", "first", "took", "sent", "input", "cached", "written",
    "output", "reasoning", "images", "estimated", "cost", "currency", "price_since", "parameters",
    "fingerprint",
)  # fmt: skip
VERSIONS = {2: (*_FIRST, "reported"), 1: _FIRST}
NEWEST = next(iter(VERSIONS))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encoder = msgspec.msgpack.Encoder()


def _code(key: bytes, kind: str, *values: Any) -> bytes:
    """Return the HMAC of values, which begin with the kind of what it is."""
    plain = [_plain(value) for value in values]
    return hmac.digest(key, _encoder.encode([kind, *plain]), "sha256")


def _plain(value: Any) -> Any:
    """Return a value as every database returns it."""
    if isinstance(value, datetime):
        return (value - _EPOCH) // _MICROSECOND
    return raw(value) if isinstance(value, memoryview) else value


def raw(value: object) -> bytes:
    """Return the bytes in a column. What else someone wrote there is none."""
    return bytes(value) if isinstance(value, bytes | memoryview) else b""


def who_of(salt: bytes, row: Call) -> bytes:
    """Return the commitment to whose call it was."""
    personal = [getattr(row, name) for name in PERSONAL]
    macs = [_plain(getattr(row, name, b"")) for name in MACS]  # migrations know rows without
    return _code(salt, "who", row.pk.bytes, *personal, *(macs if any(macs) else ()))


def leaf_of(key: bytes, row: Call, who: bytes, version: int = NEWEST) -> bytes:
    """Return the leaf of a row. Columns that a version lacks are in it unless they are empty."""
    columns = (getattr(row, name) for name in VERSIONS[version])
    others = (getattr(row, name, "") for name in VERSIONS[NEWEST][len(VERSIONS[version]) :])
    return _code(key, "leaf", version, row.pk.bytes, who, *columns, *filter(None, others))


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the chain, and the mac that is there."""

    number: int = 0
    mac: bytes = b""


def mac_of(key: bytes, before: Place, call: uuid.UUID, at: datetime, leaf: bytes) -> bytes:
    """Return the mac of the link after `before`."""
    return _code(key, "link", before.number + 1, before.mac, call.bytes, at, leaf)


def erased_of(key: bytes, row: Call, who: bytes) -> bytes:
    """Return the mark of a row whose person was erased. Its groups stay as they were."""
    return _code(key, "erased", row.pk.bytes, who, row.groups)


def seal_of(key: bytes, seal: Seal) -> bytes:
    """Return the mac of a day's seal. Seals of previous versions count no revisions."""
    return _code(
        key, "seal", seal.number, str(seal.day), seal.first, seal.last, seal.count,
        seal.root, seal.previous, seal.key, *filter(None, [seal.revisions]),
    )  # fmt: skip


def pruned_of(key: bytes, seal: Seal) -> bytes:
    """Return the mark of a seal whose links were deleted for their age."""
    return _code(key, "pruned", seal.number, seal.mac)


def equal(one: object, other: object) -> bool:
    return hmac.compare_digest(raw(one), raw(other))
