"""Which of a provider's servers is asked: the least busy one that answers."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

from registry.health.monitor import monitor
from registry.metering.metered import Metered

if TYPE_CHECKING:
    from collections.abc import Collection

    from core.http.call import Call
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


class OnServer(Metered):
    """A call to one of several servers, which is busy from its choice on, also as it waits."""

    __slots__ = ("_key",)

    def __init__(self, at: Resolution, call: Call, limit: int | None, **more: Any) -> None:
        super().__init__(at.chosen, call, limit, **more)
        self._key = at.at.key

    def __enter__(self) -> Self:
        active[self._key] += 1
        return super().__enter__()

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        active[self._key] -= 1
        super().__exit__(kind, error, trace)
