"""The addresses of callers, also behind proxies."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Any

from django.conf import settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.http import HttpRequest

Network = IPv4Network | IPv6Network

HOME_BITS = 64  # of an IPv6 address: a home or a server has all addresses that begin so
MAPPED_BITS = 96  # how an IPv4 address in an IPv6 address begins


def address_of(request: HttpRequest) -> str | None:
    """Return the caller's address, if there is one.

    Where TRUSTED_ADDRESS_HEADER is set, it is the one that the outermost of TRUSTED_PROXIES saw.
    What is not an address there is not used: then the address of the connection is returned.
    """
    header = request.headers.get(settings.TRUSTED_ADDRESS_HEADER or "", "")
    return _reported(header) or read_address(request.META.get("REMOTE_ADDR") or "") or None


def address_in(scope: Mapping[str, Any]) -> str:
    """Return the caller's address of a request of ASGI, as `address_of` does, or an empty text."""
    name = settings.TRUSTED_ADDRESS_HEADER.lower().encode()
    lines = [value for key, value in scope["headers"] if key == name] if name else []
    return _reported(b",".join(lines).decode("latin-1")) or read_address(
        (scope.get("client") or ("",))[0]
    )


def network_of(address: str | None) -> str:
    """Return what one caller is taken for: an IPv4 address, or the /64 of an IPv6 address."""
    if not address or ":" not in address:
        return address or ""
    return str(IPv6Network((address, HOME_BITS), strict=False))


def network_in(scope: Mapping[str, Any]) -> str:
    """Return the caller's network of a request of ASGI."""
    return network_of(address_in(scope))


def read_networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Return the networks that `texts` name; an address alone is one. Raises ValueError."""
    return tuple(_read_network(text) for text in texts)


def _read_network(text: str) -> Network:
    network = ip_network(text, strict=False)
    if "/" in text and ip_address(text.partition("/")[0]) != network.network_address:
        raise ValueError(
            f"'{text}' is neither an address nor a network. Write {network} for all of it"
        )
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    if mapped is None or network.prefixlen < MAPPED_BITS:
        return network
    return IPv4Network((mapped, network.prefixlen - MAPPED_BITS))


def is_within(address: str, networks: Iterable[Network]) -> bool:
    """Is the caller's address in one of `networks`? Without an address it is in none."""
    return bool(address) and any(ip_address(address) in network for network in networks)


def _reported(header: str) -> str:
    """Return what the proxies report: each has appended the address that it saw.

    The caller may have sent the rest.
    """
    parts = header.split(",")[-max(settings.TRUSTED_PROXIES, 1) :]
    return read_address(parts[0].strip())


def read_address(text: str) -> str:
    """Return the address in `text` in its usual form, without a port; else an empty text."""
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
