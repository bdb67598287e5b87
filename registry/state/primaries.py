"""The choices made at run time, as workers share them: bytes in the store, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping  # at run time: msgspec reads the types
from dataclasses import dataclass, field

import msgspec

from registry.entities import Primary


@dataclass(frozen=True, slots=True)
class Primaries:
    """Who chose which model for which capability. `version` grows with every change."""

    version: int = 0
    chosen: Mapping[str, Primary] = field(default_factory=dict)

    def having(self, capability: str, primary: Primary, now: float) -> Primaries:
        return Primaries(self._next(now), {**self.chosen, capability: primary})

    def without(self, capability: str, now: float) -> Primaries:
        left = {name: one for name, one in self.chosen.items() if name != capability}
        return Primaries(self._next(now), left)

    def _next(self, now: float) -> int:
        """Return a version that was never used, not even before the store was lost.

        Versions stand in ETags: one that came back with another meaning would keep a caller's
        old list alive.
        """
        return max(self.version + 1, int(now * 1e6))


def encode(primaries: Primaries) -> bytes:
    return msgspec.json.encode(primaries)


def decode(data: bytes) -> Primaries | None:
    """Return what `encode` made; of nothing, no choices; None for anything else."""
    try:
        return msgspec.json.decode(data, type=Primaries) if data else Primaries()
    except ValueError:
        return None
