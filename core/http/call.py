"""What a request passes on to the provider's client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Call:
    """A request's ID, which is sent to the provider, and the time that providers took.

    `waited` is in seconds: until a whole answer, or until the first bytes of a streamed one.
    """

    id: str = ""
    waited: float = 0.0
