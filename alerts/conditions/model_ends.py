"""Models whose `ends` is near, or over."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.utils.timezone import localdate

from alerts.found import Found

if TYPE_CHECKING:
    from collections.abc import Iterator

    from registry.entities import Model
    from registry.snapshot import Registry

KIND = "model_ends"


def find(registry: Registry) -> Iterator[Found]:
    today = localdate()
    for model in registry.models.values():
        if model.ref.ends:
            days = (date.fromisoformat(model.ref.ends) - today).days
            if days <= registry.alerts.before:
                details = {"model": model.id, "ends": model.ref.ends, "days": days}
                text = _text(model, registry, days)
                yield Found(KIND, model.id, model.ref.ends, text, details)


def _text(model: Model, registry: Registry, days: int) -> str:
    word = "day" if days == 1 else "days"
    when = "today" if days == 0 else f"in {days} {word}"
    text = f"{model.id} ends {when}" if days >= 0 else f"{model.id} has ended"
    uses = [capability for capability, used in registry.defaults.items() if used == model.id]
    default = f" It is the default for {', '.join(uses)}." if uses else ""
    other = f" Its replacement is {model.ref.replacement}." if model.ref.replacement else ""
    return f"{text}: its last day is {model.ref.ends}.{default}{other}"
