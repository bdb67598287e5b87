"""What people may choose of an answer on the chat page: what models.yaml lists as `adjustable`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.errors import PortalError

if TYPE_CHECKING:
    from chat.frames import Ask
    from registry.entities import Resolution

ADJUSTABLE = ("temperature", "max_tokens")


def adjusted(ask: Ask, resolution: Resolution) -> dict[str, Any]:
    """Return the fields of a request that were chosen, and may be for this model."""
    allowed = resolution.model.ref.adjustable if resolution.model else ()
    chosen = {name: getattr(ask, name) for name in ADJUSTABLE if name in allowed}
    return {name: value for name, value in chosen.items() if value is not None}


def check_adjusted(ask: Ask, resolution: Resolution) -> None:
    """Raise PortalError `invalid_request` if something was chosen that may not be."""
    for name in ADJUSTABLE:
        if getattr(ask, name) is not None and name not in adjusted(ask, resolution):
            message = f"{name}: models.yaml lets no one choose it for {resolution.id}."
            raise PortalError("invalid_request", message, param=name)
