"""Whose address a request has, and what counts as one caller."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from core.addresses import address_in, address_of, is_within, network_of, read_networks

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


@pytest.mark.parametrize(
    ("networks", "inside", "outside"),
    [(["10.0.0.0/8"], "10.255.0.1", "11.0.0.1"), (["10.0.0.7"], "10.0.0.7", "10.0.0.8"),
     (["2001:db8::/32"], "2001:db8::1", "2001:db9::1"),
     (["::1", "10.0.0.0/24"], "::1", "10.0.1.1"), (["::ffff:10.0.0.0/104"], "10.1.1.1", "11.0.0.1"),
     (["0.0.0.0/0"], "1.2.3.4", "::1"), (["::/0"], "::1", "1.2.3.4")],
)  # fmt: skip
def test_networks_hold_their_addresses(networks: list[str], inside: str, outside: str) -> None:
    read = read_networks(networks)
    assert is_within(inside, read)
    assert not is_within(outside, read)
    assert not is_within("", read), "a caller without an address is in no network"


@pytest.mark.parametrize("text", ["", "10.0.0.0/33", "10.0.0", "example.org", "10.0.0.0/8/8"])
def test_what_is_no_network_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_networks([text])
