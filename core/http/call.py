"""What a request passes on to the provider's client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping


MAX_TRACE = 128  # bytes; today's version has 55


@dataclass(slots=True)
class Call:
    """A request's ID, which is sent to the provider, and the time that providers took.

    `waited` is in seconds: until a whole answer, or until the first bytes of a streamed one. `hops`
    is how many portals the request passed before this one. `dropped` names fields of the caller's
    that the model turned out to refuse: known with the answer's first event. `headers` are
    sent to the provider besides the file's own. `names` are the caller's for fields of the
    conversation, where they differ.

    `refit` returns the request as another model gets it, if one may answer; `report` shows the
    caller what is waited for. `resolution` is set if another model answers than the one that was
    chosen, or one of several servers. `door` is the route or the socket that the request came by.
    `why` says what ended the call early, if it was not the caller's leaving. `metered` is the
    attempt under way (`registry.metering`), `receipt` the key of the last one that was sent.
    `lines` are headers of the response. `trace` is the caller's `traceparent`, as it came.
    """

    id: str = ""
    hops: int = 0
    waited: float = 0.0
    dropped: tuple[str, ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    refit: Callable[[Any], Any] | None = None
    report: Callable[[str], Awaitable[None]] | None = None
    resolution: Any = None
    door: str = ""
    why: str = ""
    metered: Any = None
    receipt: bytes = b""
    lines: tuple[tuple[bytes, bytes], ...] = ()
    trace: str = ""


def trace(header: bytes | None) -> str:
    """Return a `traceparent`, empty if there is none, or it is too long to be one."""
    return header.decode("latin-1") if header and len(header) <= MAX_TRACE else ""


def hops(header: bytes | None) -> int:
    """Return the number in `X-Portal-Hops`, 0 if there is none."""
    return int(header) if header and header.isdigit() and len(header) < 4 else 0
