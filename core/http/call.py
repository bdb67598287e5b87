"""What a request carries down to the provider's client."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Call:
    """Who asks: a request's ID, which the provider is told.

    `waited` grows by the seconds that providers make us wait: for a whole answer, or for the first
    bytes of a streamed one.
    """

    id: str = ""
    waited: float = 0.0
