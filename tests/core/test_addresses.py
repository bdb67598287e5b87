"""Whose address a request has, and what counts as one caller."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from core.addresses import address_in, address_of, network_of

PEER = "10.0.0.1"


def addresses(lines: list[str], peer: str = PEER) -> set[str | None]:
    """Return the address by Django's request, and by the scope of ASGI: they must be equal."""
    headers = [(b"x-forwarded-for", line.encode()) for line in lines]
    joined = {"X-Forwarded-For": ",".join(lines)} if lines else {}
    request = RequestFactory().get("/", headers=joined, REMOTE_ADDR=peer)
    return {address_of(request), address_in({"headers": headers, "client": (peer, 1)}) or None}


@pytest.mark.parametrize(
    ("lines", "address"),
    [([], PEER), ([""], PEER), (["192.0.2.1"], "192.0.2.1"), (["6.6.6.6, 192.0.2.1"], "192.0.2.1"),
     (["6.6.6.6", "192.0.2.1"], "192.0.2.1"), (["192.0.2.1:4444"], "192.0.2.1"),
     (["<script>alert(1)</script>"], PEER), (["192.0.2.1\x1b[31m"], PEER), (["1" * 100_000], PEER),
     (["[2001:db8::1]:4444"], "2001:db8::1"), (["2001:DB8:0::1"], "2001:db8::1"),
     (["::ffff:192.0.2.1"], "192.0.2.1"), (["fe80::1%eth0"], "fe80::1"), (["[::1"], "::1"),
     (["unknown"], PEER), (["010.1.1.1"], PEER), (["6.6.6.6,"], PEER)],
)  # fmt: skip
def test_an_address_is_one_that_the_proxy_saw(
    settings: Any, lines: list[str], address: str
) -> None:
    settings.TRUSTED_ADDRESS_HEADER = "X-Forwarded-For"
    assert addresses(lines) == {address}


@pytest.mark.parametrize(
    ("header", "address"),
    [("6.6.6.6, 192.0.2.1, 10.0.0.9", "192.0.2.1"), ("192.0.2.1, 10.0.0.9", "192.0.2.1"),
     ("10.0.0.9", "10.0.0.9"), ("6.6.6.6, nonsense, 10.0.0.9", PEER)],
)  # fmt: skip
def test_behind_two_proxies_it_is_the_one_that_the_outer_one_saw(
    settings: Any, header: str, address: str
) -> None:
    settings.TRUSTED_ADDRESS_HEADER, settings.TRUSTED_PROXIES = "X-Forwarded-For", 2
    assert addresses([header]) == {address}


def test_without_a_trusted_header_none_is_read() -> None:
    assert addresses(["6.6.6.6"]) == {PEER}
    assert addresses(["6.6.6.6"], peer="") == {None}, "a Unix socket has no address"


@pytest.mark.parametrize(
    ("address", "network"),
    [("192.0.2.1", "192.0.2.1"), ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
     ("2001:db8:0:1::9", "2001:db8:0:1::/64"), ("2001:db8:0:2::9", "2001:db8:0:2::/64"),
     ("", ""), (None, "")],
)  # fmt: skip
def test_the_addresses_of_one_home_are_one_caller(address: str | None, network: str) -> None:
    assert network_of(address) == network
