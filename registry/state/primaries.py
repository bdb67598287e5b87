"""The primaries of all workers, and how the store keeps them as bytes."""

from __future__ import annotations

from collections.abc import Mapping  # at run time: msgspec reads the types
from dataclasses import dataclass, field

import msgspec

from registry.entities import Primary


@dataclass(frozen=True, slots=True)
class Primaries:
    """The primary of each capability. `version` grows with every change."""

    version: int = 0
    chosen: Mapping[str, Primary] = field(default_factory=dict)

    def having(self, capability: str, primary: Primary, now: float) -> Primaries:
        return Primaries(self._next(now), {**self.chosen, capability: primary})

    def without(self, capability: str, now: float) -> Primaries:
        rest = {name: primary for name, primary in self.chosen.items() if name != capability}
        return Primaries(self._next(now), rest)

    def _next(self, now: float) -> int:
        """Return a version that was never used, not even before the store lost its data.

        Versions are part of ETags: a reused one would make callers keep an old list.
        """
        return max(self.version + 1, int(now * 1e6))


def encode(primaries: Primaries) -> bytes:
    return msgspec.json.encode(primaries)


def decode(data: bytes) -> Primaries | None:
    """Return the primaries in `data`, which may be empty; None if it is invalid."""
    try:
        return msgspec.json.decode(data, type=Primaries) if data else Primaries()
    except ValueError:
        return None
