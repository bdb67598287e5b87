"""Two workers that lease from one Redis, and one worker alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from core.limits.source import Source
from registry.store.leases import RedisLeases
from tests.support.redis_server import RedisServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    Workers = tuple[Source, Source]


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


def worker(redis: RedisServer, name: str) -> Source:
    source = Source()
    source.use(RedisLeases(redis.url, name))
    return source


@pytest.fixture
def workers(redis: RedisServer) -> Workers:
    return worker(redis, "a"), worker(redis, "b")
