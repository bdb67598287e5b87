"""A worker's heartbeat, as it is in the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import msgspec

from registry.health.traffic import Seconds, Traffic

# Values in the store may come from another version, or be wrong: limit them.
Word = Annotated[str, msgspec.Meta(max_length=200)]


@dataclass(frozen=True, slots=True)
class Beat:
    """A worker's heartbeat: its state. Times are Unix seconds of the store's clock.

    `version` identifies registry and primaries; it is equal on workers that agree.
    """

    id: Word
    host: Word
    pid: Annotated[int, msgspec.Meta(ge=0, le=2**31)]
    started: Seconds
    seen: Seconds
    revision: Word
    version: Word
    loaded: Seconds
    rejected: Word | None = None  # when the last edit of the file was rejected
    traffic: dict[str, Traffic] = field(default_factory=dict)
