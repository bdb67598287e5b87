"""For whom the portal works."""

from __future__ import annotations

from contextvars import ContextVar
from typing import NamedTuple

from core.access import Groups
from core.limits.limits import Limits


class Payer(NamedTuple):
    """Whose limits count: a person's, and those of the token that was sent, if any."""

    person: str
    token: str
    limits: Limits
    groups: Groups | None = frozenset()


# For whom the running task works, so that what an answer used can be charged where it is counted.
payer: ContextVar[Payer | None] = ContextVar("payer", default=None)
