"""The rule of `local_only`: its kinds of identifiers are known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.text import did_you_mean, quote
from registry.identifiers import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from core.yaml.errors import Finding
    from registry.config.beside import LocalOnlyConfig


def unknown_kinds(local_only: LocalOnlyConfig) -> Iterator[Finding]:
    """Yield the kinds that are not known, with their paths in the file."""
    for number, name in enumerate(local_only.identifiers):
        if name not in KINDS:
            message = f"{quote(name)} is not a kind of identifier.{did_you_mean(name, KINDS)}"
            yield ("local_only", "identifiers", number), f"{message} Known: {', '.join(KINDS)}."
