"""The keys of the ledger: of LEDGER_SEAL_KEY, else of SECRET_KEY, and former ones."""

from __future__ import annotations

import hmac
from functools import lru_cache

from django.conf import settings


def current(use: bytes) -> bytes:
    """Return the key for one use, which is of no use for anything else."""
    return _derived(settings.LEDGER_SEAL_KEY or settings.SECRET_KEY, use)


def all_keys(use: bytes) -> tuple[bytes, ...]:
    """Return the key, and the former ones, which still verify."""
    former = settings.LEDGER_SEAL_KEY_FALLBACKS
    return (current(use), *(_derived(text, use) for text in former))


def begun(use: bytes) -> hmac.HMAC:
    """Return an HMAC by the key, of nothing yet: a copy of it is cheaper than a new one."""
    return _begun(settings.LEDGER_SEAL_KEY or settings.SECRET_KEY, use)


@lru_cache(maxsize=32)
def _begun(text: str, use: bytes) -> hmac.HMAC:
    return hmac.new(_derived(text, use), digestmod="sha256")


@lru_cache(maxsize=32)
def _derived(text: str, use: bytes) -> bytes:
    return hmac.digest(text.encode(), use, "sha256")
