"""The keys of the chain: LEDGER_SEAL_KEY, else SECRET_KEY, and former ones."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings

from ledger.seal.encoding import equal

if TYPE_CHECKING:
    from collections.abc import Callable


def current() -> bytes:
    """Return the key of new links and seals."""
    return all_keys()[0]


def all_keys() -> tuple[bytes, ...]:
    """Return the key, and the former ones, which still verify."""
    first = settings.LEDGER_SEAL_KEY or settings.SECRET_KEY
    return tuple(_derived(text) for text in (first, *settings.LEDGER_SEAL_KEY_FALLBACKS))


@lru_cache(maxsize=16)
def _derived(text: str) -> bytes:
    """Return a key that is of use for nothing else."""
    return hmac.digest(text.encode(), b"the ledger's seal", "sha256")


def key_id(key: bytes) -> str:
    """Return what names a key, and says nothing else of it."""
    return hashlib.sha256(b"the key's ID" + key).hexdigest()[:16]


def signed(code: object, make: Callable[[bytes], bytes]) -> bool:
    """Is `code` what `make` returns of one of the keys?"""
    return any(equal(code, make(key)) for key in all_keys())
