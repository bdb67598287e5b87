"""What conditions return."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping  # at run time: the field's type
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True)
class Found:
    """Something that needs attention now. Another `key` is another alert of the same subject."""

    kind: str
    subject: str
    key: str
    text: str
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def what(self) -> tuple[str, str]:
        return self.kind, self.subject


@dataclass(frozen=True, slots=True)
class Unknown:
    """It is not known whether something needs attention: an alert that is open stays so."""

    kind: str
    subject: str

    @property
    def what(self) -> tuple[str, str]:
        return self.kind, self.subject


def digest(parts: Iterable[str]) -> str:
    """Return a short key of texts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
