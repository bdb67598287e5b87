"""Connections to Redis for what a request waits for."""

from __future__ import annotations

from typing import Any

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT = 0.25  # seconds: a request waits for it


def connected(url: str) -> Any:
    """Return a client of the Redis at `url`, which fails soon. Does not connect yet."""
    return redis.Redis.from_url(
        url,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        retry=Retry(NoBackoff(), 1),  # replaces a connection that broke while idle
    )
