"""The keys of the chain: `registry.metering.keys`."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from ledger.seal.encoding import equal
from registry.metering import keys

if TYPE_CHECKING:
    from collections.abc import Callable

USE = b"the ledger's seal"


def current() -> bytes:
    """Return the key of new links and seals."""
    return all_keys()[0]


def all_keys() -> tuple[bytes, ...]:
    """Return the key, and the former ones, which still verify."""
    return keys.all_keys(USE)


def key_id(key: bytes) -> str:
    """Return what names a key, and says nothing else of it."""
    return hashlib.sha256(b"the key's ID" + key).hexdigest()[:16]


def signed(code: object, make: Callable[[bytes], bytes]) -> bool:
    """Is `code` what `make` returns of one of the keys?"""
    return any(equal(code, make(key)) for key in all_keys())
