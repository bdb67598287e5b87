"""How much one person may use."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one person, over all tokens and browsers; 0 is no limit."""

    requests_per_minute: int
    tokens_per_minute: int
    pages_per_minute: int
    answers: int  # under way at once; for each token too
    sockets: int  # open at once
    provider_places: int  # of one provider, held at once
