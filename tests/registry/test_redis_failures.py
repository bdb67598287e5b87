"""Failures of Redis: it stops, restarts, is absent, or holds invalid values."""

from __future__ import annotations

import time

import pytest
from redis import Redis

from tests.registry.editing import load_on, wait_for
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers.cluster import (
    answers_by_worker,
    both_workers,
    on_both_servers,
    open_sockets,
    pair,
    redis,
    rows,
    set_primary,
    slow,
    until,
    wait_for_switch,
)
from tests.support.servers.redis_server import RedisServer, needs_redis
from tests.support.socket_client import SocketClient

__all__ = ["pair", "redis", "slow"]  # fixtures
pytestmark = [needs_redis, pytest.mark.long]


INVALID = {
    "health": {"pond": '{"status": "sleepy"}', "fake": '{"status": "healthy", "checked": 1e300}'},
    "workers": {"a": "{}", "b": '{"id": "b", "host": "h", "pid": 1e300}', "c": "no JSON"},
}


@on_both_servers
def test_killing_redis_fails_no_request(pair: Portal, redis: RedisServer) -> None:
    pair.start()
    both_workers(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    wait_for_switch(pair)
    with load_on(pair) as failures, SocketClient(pair) as socket:
        redis.kill()
        wait_for(pair, lambda body: not body["store"]["available"], 5)
        assert socket.ask("Hi", id="1")[-1]["type"] == "done"
        error = set_primary(pair, "fake:talker")
        assert (error.status_code, error.json()["error"]["code"]) == (503, "store_unavailable")
        default = pair.get("/v1/ai/models").json()["defaults"]["chat"]
        assert default == "fake:other/name:v2", "the last state stays in use"
        redis.start()
        both_workers(pair)
        until(lambda: pair.get("/v1/ai/models").json()["primaries"] == {})
        until(lambda: set_primary(pair, "fake:other/name:v2").status_code == 200)
    assert failures == []
    log = pair.log.read_text()
    assert 1 <= log.count("The store (REDIS_URL) does not respond") <= 2, "once for each worker"
    assert "The store has lost the primaries" in log
    expected_kinds = ["lost", "set", "set"]  # and no record of the refused switch
    until(lambda: sorted(row[0] for row in rows(pair)) == expected_kinds, 5)
    (lost,) = [row for row in rows(pair) if row[0] == "lost"]
    assert lost == ("lost", "fake:other/name:v2", "fake:talker", "Redis")


def test_without_redis_at_the_start_everything_but_switching_works(
    pair: Portal, redis: RedisServer
) -> None:
    redis.kill()
    pair.start()
    assert pair.chat().status_code == 200
    with SocketClient(pair) as socket:
        assert socket.ask("Hi", id="1")[-1]["type"] == "done"
    assert set_primary(pair, "fake:talker").status_code == 503
    wait_for(pair, lambda body: body["health"]["fake"]["status"] == "healthy", 5)
    redis.start()
    both_workers(pair)
    until(lambda: set_primary(pair, "fake:other/name:v2").status_code == 200)


def test_an_outage_of_redis_interrupts_no_answer(
    slow: Portal, redis: RedisServer, fake: FakeProvider
) -> None:
    sockets = open_sockets(slow, fake)
    before = answers_by_worker(slow)
    redis.kill()
    time.sleep(3)
    redis.start()
    wait_for(slow, lambda body: body["store"]["available"], 5)
    time.sleep(5)
    assert answers_by_worker(slow) == before
    for socket in sockets:
        socket.close()


def test_invalid_values_in_redis_break_nothing(pair: Portal, redis: RedisServer) -> None:
    with Redis.from_url(redis.url) as store:
        for name, values in INVALID.items():
            store.hset(f"aimodels:{name}", mapping=values)
        store.set("aimodels:primaries", "[]")
        pair.start()
        both_workers(pair)
        olga = pair.sign_in("olga")
        for path in ("/", "/models", "/admin/registry/workers/", "/admin/registry/providers/"):
            assert olga.get(pair.url + path, timeout=5).status_code == 200, path
        assert set_primary(pair, "fake:other/name:v2").status_code == 200
        for name in ("health", "workers", "primaries"):
            store.delete(f"aimodels:{name}")
            store.set(f"aimodels:{name}", "of the wrong type" if name != "primaries" else "")
        assert pair.chat().status_code == 200
        wait_for(pair, lambda body: not body["store"]["available"], 5)
        store.flushall()
        wait_for(pair, lambda body: body["store"]["available"], 5)
