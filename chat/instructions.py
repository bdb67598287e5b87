"""
What a model reads before a conversation of the page: in this order, what models.yaml has for it
(`system`), what the user wrote for all conversations, and what belongs to this one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chat.models import Instructions

if TYPE_CHECKING:
    from registry.entities import Resolution


@dataclass(frozen=True, slots=True)
class Before:
    """`text` is the user's; `with_models`: what models.yaml has for a model comes before it."""

    text: str = ""
    with_models: bool = False

    def of(self, resolution: Resolution) -> str:
        """Return what the model of `resolution` reads first, or an empty text."""
        model = resolution.model
        system = (model.ref.system or "") if model and self.with_models else ""
        return join(system, self.text)


def own_instructions(user: Any) -> str:
    """Return what a user lets every model read first, or an empty text."""
    return Instructions.objects.filter(user=user).values_list("text", flat=True).first() or ""


def join(*texts: str) -> str:
    """Return those texts that are not empty, a blank line between two."""
    return "\n\n".join(text for text in map(str.strip, texts) if text)
