"""
What needs attention: a module for each kind, whose `find` yields what is so now.

To add a kind, copy a sibling, and add it here, to `registry.config.alerts` and to `Alert.Kind`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from alerts.conditions import budget, drift, file_rejected, model_ends, provider_down

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from alerts.found import Found, Unknown
    from registry.snapshot import Registry

FIND: dict[str, Callable[[Registry], Iterator[Found | Unknown]]] = {
    "budget": budget.find,
    "provider_down": provider_down.find,
    "file_rejected": file_rejected.find,
    "drift": drift.find,
    "model_ends": model_ends.find,
}
EVERY = {"budget": 60.0, "model_ends": 60.0}  # seconds; the others are cheap
LASTING = ("provider_down", "drift")  # what passes at once is no alert, and no end of one
WITH_END = ("provider_down", "file_rejected", "drift")  # of whose end targets get a message
