"""The addresses of callers, also behind a proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """Return the caller's address: the last in TRUSTED_ADDRESS_HEADER, if a proxy sets that."""
    header = request.headers.get(settings.TRUSTED_ADDRESS_HEADER or "", "")
    return _last(header) or request.META.get("REMOTE_ADDR") or None


def address_in(scope: Mapping[str, Any]) -> str:
    """Return the caller's address of a request of ASGI, as `address_of` does."""
    name = settings.TRUSTED_ADDRESS_HEADER.lower().encode()
    lines = [value for key, value in scope["headers"] if key == name] if name else []
    address = _last(lines[-1].decode("latin-1")) if lines else ""
    return address or str((scope.get("client") or ("",))[0])


def _last(addresses: str) -> str:
    """Return what the proxy appended: the address that it saw. The caller sent the rest."""
    return addresses.rpartition(",")[2].strip()
