"""
The HMAC of a stored revision, by a key that is not in the database.

So someone who can write the database can change no text unseen, and put none between two others.
"""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import msgspec

from registry.metering import keys

if TYPE_CHECKING:
    from registry.models import Revision

USE = b"the texts of models.yaml"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def new_mac(row: Revision) -> bytes:
    """Return the HMAC of a revision that is stored now."""
    return _mac(keys.current(USE), row)


def is_genuine(row: Revision) -> bool:
    """Did the portal store the revision as it is, and with this number?"""
    mac: object = row.mac  # whatever someone wrote there
    mac = bytes(mac) if isinstance(mac, bytes | memoryview) else b""
    return any(hmac.compare_digest(mac, _mac(key, row)) for key in keys.all_keys(USE))


def _mac(key: bytes, row: Revision) -> bytes:
    at = (row.at - _EPOCH) // timedelta(microseconds=1)
    content = msgspec.msgpack.encode([row.number, at, row.revision, row.text])
    return hmac.digest(key, content, "sha256")
