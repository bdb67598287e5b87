"""Two workers that lease from one Redis, and one worker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.limits.source import Source
from registry.store.leases import RedisLeases
from tests.support.servers.cluster import redis

if TYPE_CHECKING:
    from tests.support.servers.redis_server import RedisServer

    Workers = tuple[Source, Source]

__all__ = ["redis"]


def worker(redis: RedisServer, name: str) -> Source:
    source = Source()
    source.use(RedisLeases(redis.url, name))
    return source


@pytest.fixture
def workers(redis: RedisServer) -> Workers:
    return worker(redis, "a"), worker(redis, "b")
