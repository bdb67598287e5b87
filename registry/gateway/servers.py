"""Which of a provider's servers is asked: the least busy one that answers."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from registry.health.monitor import monitor

if TYPE_CHECKING:
    from collections.abc import Collection

    from registry.entities import Provider, Resolution

UNWELL = ("unreachable", "auth_failed")
active: Counter[str] = Counter()  # calls of this process, by the server's key


def on_server(resolution: Resolution, tried: Collection[str] = ()) -> Resolution:
    """Return the resolution with the server to ask, if its provider has several.

    Not one whose key is in `tried`, and not one that is unwell, unless all are.
    """
    servers = resolution.provider.servers
    if not servers:
        return resolution
    left = [server for server in servers if server.key not in tried] or list(servers)
    left.sort(key=_rank)
    able = (server for server in left if not monitor.is_skipped(server))
    return replace(resolution, server=next(able, left[0]))


def _rank(server: Provider) -> tuple[bool, int, float]:
    unwell = monitor.last(server).status in UNWELL
    return unwell, active[server.key], random.random()  # noqa: S311
