"""
For whom the running task works: the key by which queues are fair, and what this person may see.

Context variables, which tasks and threads that a request starts inherit. So what waits for its
turn, deep in the workflow or in a provider's client, needs no argument for it.
"""

from __future__ import annotations

from collections.abc import Hashable
from contextvars import ContextVar
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from core.access import Groups


class Standing(NamedTuple):
    """Is this person an operator, and of which groups? None is everything, as in `Access`."""

    operator: bool = False
    groups: Groups | None = frozenset()


person: ContextVar[Hashable] = ContextVar("person", default="")
standing: ContextVar[Standing] = ContextVar("standing", default=Standing())  # noqa: B039 — frozen
