"""
The records of the journal: a call that begins, and its end. Both are MessagePack arrays.

A record of another version of the portal may have more fields, at its end: they are ignored; those
that it lacks have their default. No field changes its place or its meaning.
"""

from __future__ import annotations

from collections.abc import Mapping  # at run time: a field's type

import msgspec

from registry.metering.price import Price
from registry.metering.tokens import Tokens


class Chosen(msgspec.Struct, array_like=True, frozen=True):
    """The model, and why: what is the same for many calls."""

    capability: str
    provider: str
    server: str
    model: str  # its ID
    asked: str  # the ID of the one that was meant, if another answers
    resolved_by: str
    because: str  # the code of the error for which another answers
    revision: str
    prices: tuple[Price, ...] = ()  # with the days they begin on


class Begun(msgspec.Struct, array_like=True, frozen=True, tag=0):
    """A request went to a provider, at `at`, in microseconds since 1970. `key` names the call."""

    key: bytes
    at: int
    request: str  # the caller's ID
    person: str
    token: str
    groups: tuple[str, ...] | None  # None: of those who may use everything
    door: str  # the route or the socket
    sent: int  # bytes
    expected: Tokens  # an estimate
    chosen: Chosen
    parameters: Mapping[str, int | float | bool] = {}  # of the caller's request
    trace: str = ""  # the caller's `traceparent`
    images: int = 0  # that are asked for


class Ended(msgspec.Struct, array_like=True, frozen=True, tag=1):
    """A call ended. Times are in microseconds after it began; `first` is that of the first byte."""

    key: bytes
    outcome: str  # ok, failed, stopped, left, …
    code: str  # of the error
    took: int
    first: int
    tokens: Tokens
    estimated: str = ""  # why they are not the provider's; empty: they are
    images: int = 0
    received: int = 0  # bytes
    fingerprint: str = ""  # the provider's
    prompt: bytes = b""  # its mac, as the next: registry.metering.macs
    answer: bytes = b""
    reported: str = ""  # the model's name in the provider's answer


decoder = msgspec.msgpack.Decoder(Begun | Ended)
encoder = msgspec.msgpack.Encoder()
