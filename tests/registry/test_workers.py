"""Several workers share their state in a real Redis."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from tests.registry.editing import load_on, two_hundred_edits, wait_for
from tests.support.fake_provider import FakeProvider
from tests.support.portal import LONG_TIMEOUTS, Portal
from tests.support.servers.cluster import (
    answers_by_worker,
    ask_worker,
    both_workers,
    on_both_servers,
    open_sockets,
    pair,
    redis,
    rows,
    set_primary,
    slow,
    until,
    until_health,
    wait_for_switch,
    workers,
)
from tests.support.servers.redis_server import needs_redis

__all__ = ["pair", "redis", "slow"]  # fixtures
pytestmark = [needs_redis, pytest.mark.long]


@on_both_servers
def test_a_switch_on_one_worker_applies_to_the_other(pair: Portal) -> None:
    pair.start()
    names = {worker["id"] for worker in both_workers(pair)}
    answer = set_primary(pair, "fake:other/name:v2")
    (other,) = names - {answer.headers["X-Worker"]}
    until(lambda: ask_worker(pair, other).json()["defaults"]["chat"] == "fake:other/name:v2")
    wait_for_switch(pair)
    assert pair.chat().json()["resolution"]["resolved_by"] == "primary"


def test_a_switch_survives_a_worker_that_is_killed(pair: Portal) -> None:
    pair.start()
    killed = both_workers(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    for worker in killed:
        os.kill(worker["pid"], signal.SIGKILL)
    pair.wait(30)
    until(lambda: {w["id"] for w in both_workers(pair)}.isdisjoint(w["id"] for w in killed), 30)
    body = pair.get("/v1/ai/models").json()
    assert body["primaries"]["chat"]["model"] == "fake:other/name:v2"
    assert body["primaries"]["chat"]["by"] == "olga"


def test_one_of_two_switches_with_the_same_etag_wins(pair: Portal) -> None:
    pair.start()
    both_workers(pair)
    tag = {"If-Match": pair.get("/v1/ai/models", who="olga").headers["ETag"]}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: set_primary(
            pair, ("fake:talker", "fake:other/name:v2")[n % 2], headers=tag), range(20)))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    assert len({answer.headers["X-Worker"] for answer in answers}) == 2
    assert len(rows(pair)) == 1


def test_fifty_concurrent_switches_are_recorded_in_one_order(pair: Portal) -> None:
    pair.start()
    both_workers(pair)
    models = ("fake:talker", "fake:other/name:v2", "pond:frog")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: set_primary(pair, models[n % 3]), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    changes = rows(pair)
    assert len(changes) == 50
    assert all(earlier[2] == later[1] for earlier, later in pairwise(changes))
    until(lambda: pair.get("/v1/ai/models").json()["defaults"]["chat"] == changes[-1][2])


@on_both_servers
def test_two_hundred_edits_under_load_fail_no_request(pair: Portal) -> None:
    """Every third edit is invalid; both workers end on the last valid revision."""
    pair.variables |= LONG_TIMEOUTS  # the load is the machine's, too
    pair.start()
    both_workers(pair)
    with load_on(pair) as failures:
        revision = two_hundred_edits(pair)
        until(lambda: {worker["revision"] for worker in workers(pair)} == {revision})
    assert failures == []
    assert "edited" in {row[0] for row in rows(pair)}


def test_a_primary_whose_model_is_removed_is_dropped_once_for_all_workers(pair: Portal) -> None:
    pair.start()
    both_workers(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    lines = [line for line in pair.models.read_text().splitlines() if "other/name" not in line]
    pair.models.write_text("\n".join(lines))
    until(lambda: {w["revision"] for w in workers(pair)} == {pair.revision})
    wait_for_switch(pair)
    assert pair.get("/v1/ai/models").json()["primaries"] == {}
    dropped = [row for row in rows(pair) if row[0] == "dropped"]
    assert dropped == [("dropped", "fake:other/name:v2", "fake:talker", "models.yaml")]


def test_one_worker_probes_for_all(pair: Portal, fake: FakeProvider) -> None:
    text = pair.models.read_text()
    pair.models.write_text(text.replace("api: ollama", "api: ollama\n    headers: {X-Of: pair}"))
    pair.start()
    for worker in both_workers(pair):
        until_health(pair, worker["id"], "pond", lambda health: health["status"] == "healthy")
    fake.requests.clear()
    time.sleep(2)
    probes = [r for r in fake.requests if r.path == "/api/version" and r.headers.get("x-of")]
    assert 2 <= len(probes) <= 5, "every half second, not twice"


def test_workers_share_the_health_of_real_calls(pair: Portal, fake: FakeProvider) -> None:
    pair.variables["PROBE_SECONDS"] = "60"
    pair.start()
    names = [worker["id"] for worker in both_workers(pair)]
    wait_for(pair, lambda body: body["health"]["closed"]["status"] == "unreachable", 5)
    for _ in range(3):
        pair.chat(model="closed:gone")
    for name in names:  # a refused connection is tried once more
        health = until_health(pair, name, "closed", lambda state: state["traffic"]["failures"] == 6)
        (*_, last) = health["traffic"]["last_errors"]
        assert "connection refused" in last["message"]


def test_metrics_add_up_all_workers(pair: Portal) -> None:
    pair.start()
    both_workers(pair)
    answering = {pair.chat().headers["X-Worker"] for _ in range(30)}
    assert len(answering) == 2
    expected = 'portal_requests_total{route="/v1/ai/chat/completion",status="200"} 30.0'
    assert expected in pair.get("/metrics", who="olga").text


def test_a_hanging_worker_is_not_treated_as_dead(slow: Portal, fake: FakeProvider) -> None:
    sockets = open_sockets(slow, fake)
    before = answers_by_worker(slow)
    victim = workers(slow)[1]["pid"]
    os.kill(victim, signal.SIGSTOP)
    time.sleep(13)
    os.kill(victim, signal.SIGCONT)
    time.sleep(3)
    assert answers_by_worker(slow) == before
    for socket in sockets:
        socket.close()


def test_a_primary_whose_model_was_removed_while_stopped_is_dropped(pair: Portal) -> None:
    pair.start()
    both_workers(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    pair.stop()
    lines = [line for line in pair.models.read_text().splitlines() if "other/name" not in line]
    pair.models.write_text("\n".join(lines))
    pair.start()
    both_workers(pair)
    until(lambda: [row for row in rows(pair) if row[0] == "dropped"], 20)
    assert rows(pair)[-1][1:] == ("fake:other/name:v2", "fake:talker", "models.yaml")
