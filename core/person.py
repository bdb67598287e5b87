"""
For whom the running task works: the key by which queues are fair.

A context variable, which tasks and threads that a request starts inherit. So what waits for its
turn, deep in the workflow or in a provider's client, needs no argument for it.
"""

from __future__ import annotations

from collections.abc import Hashable
from contextvars import ContextVar

person: ContextVar[Hashable] = ContextVar("person", default="")
