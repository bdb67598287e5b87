"""Several workers, each a process, that share their state in a real Redis."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis

from tests import databases
from tests.conftest import copy_of
from tests.editing import load_on, two_hundred_edits, wait_for
from tests.fake_provider import HANG, SSE_HEAD, FakeProvider, chunk, event
from tests.portal import Portal
from tests.redis_server import RedisServer, needs_redis
from tests.socket_client import SocketClient

pytestmark = needs_redis


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.kill()


on_both_servers = pytest.mark.parametrize("pair", databases.SERVERS, indirect=True)


@pytest.fixture
def pair(
    request: pytest.FixtureRequest,
    portal_files: Portal,
    tmp_path: Path,
    redis: RedisServer,
    fake: FakeProvider,
) -> Iterator[Portal]:
    """Two workers that serve on one port; they do not run yet."""
    server = getattr(request, "param", "uvicorn")
    portal = copy_of(portal_files, tmp_path / "pair", server, REDIS_URL=redis.url)
    portal.workers = 2
    yield portal
    if portal.process is not None:
        portal.stop()
    assert "Traceback" not in portal.log.read_text()


def until(look: Callable[[], Any], seconds: float = 2) -> Any:
    """Return what `look` finds, once it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.02)
    return found


def workers(portal: Portal) -> Any:
    return portal.get("/v1/ai/models/status", who="olga").json()["workers"]


def both(portal: Portal) -> Any:
    """Return the two workers, once both serve and agree."""
    until(lambda: "Serving on" in portal.log.read_text(), 20)
    return until(lambda: len(found := workers(portal)) == 2 and found, 5)


def on(portal: Portal, worker: str, path: str = "/v1/ai/models") -> Any:
    """Ask until this very worker answers: each request has a connection of its own."""
    return until(
        lambda: (a := portal.get(path, who="olga")).headers["X-Worker"] == worker and a, 10
    )


def agree(portal: Portal) -> None:
    """Wait until both workers have seen a switch."""

    def versions() -> bool:
        found = {worker["version"] for worker in workers(portal)}
        return len(found) == 1 and not found.pop().endswith(".0")

    until(versions)


def until_health(
    portal: Portal, worker: str, provider: str, wanted: Callable[[dict[str, Any]], bool]
) -> Any:
    """Return what this very worker tells of a provider, once it is what is `wanted`."""

    def look() -> Any:
        found = on(portal, worker, "/v1/ai/models/status").json()["health"][provider]
        return wanted(found) and found

    return until(look, 5)


def set_primary(portal: Portal, model: str, **more: Any) -> requests.Response:
    body = {"capability": "chat", "model": model}
    return portal.post("/v1/ai/models/primary", body, who="olga", **more)


def rows(portal: Portal) -> list[tuple[str, ...]]:
    """Return the audit: kind, before, after, by whom; the oldest first."""
    return databases.rows(
        portal, "SELECT kind, before, after, username FROM registry_change ORDER BY id"
    )


@on_both_servers
def test_a_switch_on_one_worker_is_answered_by_the_other(pair: Portal) -> None:
    pair.start()
    names = {worker["id"] for worker in both(pair)}
    answer = set_primary(pair, "fake:other/name:v2")
    (other,) = names - {answer.headers["X-Worker"]}
    until(lambda: on(pair, other).json()["defaults"]["chat"] == "fake:other/name:v2")
    agree(pair)
    assert pair.chat().json()["resolution"]["resolved_by"] == "primary"


def test_a_switch_survives_a_worker_that_is_killed(pair: Portal) -> None:
    pair.start()
    first = both(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    for worker in first:
        os.kill(worker["pid"], signal.SIGKILL)
    pair.wait(30)
    until(lambda: {w["id"] for w in both(pair)}.isdisjoint(w["id"] for w in first), 30)
    found = pair.get("/v1/ai/models").json()
    assert found["primaries"]["chat"]["model"] == "fake:other/name:v2"
    assert found["primaries"]["chat"]["by"] == "olga"


def test_of_those_who_decided_on_the_same_list_one_wins(pair: Portal) -> None:
    pair.start()
    both(pair)
    tag = {"If-Match": pair.get("/v1/ai/models", who="olga").headers["ETag"]}
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: set_primary(
            pair, ("fake:talker", "fake:other/name:v2")[n % 2], headers=tag), range(20)))  # fmt: skip
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 19
    assert len({answer.headers["X-Worker"] for answer in answers}) == 2
    assert len(rows(pair)) == 1


def test_fifty_switches_at_once_have_one_order(pair: Portal) -> None:
    pair.start()
    both(pair)
    models = ("fake:talker", "fake:other/name:v2", "pond:frog")
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda n: set_primary(pair, models[n % 3]), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    found = rows(pair)
    assert len(found) == 50
    assert all(one[2] == next_[1] for one, next_ in pairwise(found))
    until(lambda: pair.get("/v1/ai/models").json()["defaults"]["chat"] == found[-1][2])


@on_both_servers
def test_two_hundred_edits_under_load_fail_nothing(pair: Portal) -> None:
    """Every third edit is broken; both workers end on the last good revision."""
    pair.start()
    both(pair)
    with load_on(pair) as failures:
        revision = two_hundred_edits(pair)
        until(lambda: {worker["revision"] for worker in workers(pair)} == {revision})
    assert failures == []
    assert "edited" in {row[0] for row in rows(pair)}


def test_a_primary_whose_model_leaves_is_dropped_once_for_all(pair: Portal) -> None:
    pair.start()
    both(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    lines = [line for line in pair.models.read_text().splitlines() if "other/name" not in line]
    pair.models.write_text("\n".join(lines))
    until(lambda: {w["revision"] for w in workers(pair)} == {pair.revision})
    agree(pair)
    assert pair.get("/v1/ai/models").json()["primaries"] == {}
    dropped = [row for row in rows(pair) if row[0] == "dropped"]
    assert dropped == [("dropped", "fake:other/name:v2", "fake:talker", "models.yaml")]


@on_both_servers
def test_killing_redis_fails_nothing(pair: Portal, redis: RedisServer) -> None:
    pair.start()
    both(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    agree(pair)
    with load_on(pair) as failures, SocketClient(pair) as socket:
        redis.kill()
        wait_for(pair, lambda found: not found["store"]["available"], 5)
        assert socket.ask("Hi", id="1")[-1]["type"] == "done"
        refused = set_primary(pair, "fake:talker")
        assert (refused.status_code, refused.json()["error"]["code"]) == (503, "store_unavailable")
        chosen = pair.get("/v1/ai/models").json()["defaults"]["chat"]
        assert chosen == "fake:other/name:v2", "the last view stays"
        redis.start()
        both(pair)
        until(lambda: pair.get("/v1/ai/models").json()["primaries"] == {})
        until(lambda: set_primary(pair, "fake:other/name:v2").status_code == 200)
    assert failures == []
    log = pair.log.read_text()
    assert 1 <= log.count("The store (REDIS_URL) does not answer") <= 2, "once for each worker"
    assert "The store has lost the primaries" in log
    assert len(rows(pair)) == 2, "the refused switch left no row"


def test_without_redis_at_the_start_everything_but_switching_works(
    pair: Portal, redis: RedisServer
) -> None:
    redis.kill()
    pair.start()
    assert pair.chat().status_code == 200
    with SocketClient(pair) as socket:
        assert socket.ask("Hi", id="1")[-1]["type"] == "done"
    assert set_primary(pair, "fake:talker").status_code == 503
    wait_for(pair, lambda found: found["health"]["fake"]["status"] == "healthy", 5)
    redis.start()
    both(pair)
    until(lambda: set_primary(pair, "fake:other/name:v2").status_code == 200)


def test_one_worker_asks_the_providers_for_all(pair: Portal, fake: FakeProvider) -> None:
    text = pair.models.read_text()
    pair.models.write_text(text.replace("api: ollama", "api: ollama\n    headers: {X-Of: pair}"))
    pair.start()
    for worker in both(pair):
        until_health(pair, worker["id"], "pond", lambda found: found["status"] == "healthy")
    fake.requests.clear()
    time.sleep(2)
    asked = [r for r in fake.requests if r.path == "/api/version" and r.headers.get("x-of")]
    assert 2 <= len(asked) <= 5, "every half second, not twice"


def test_what_one_worker_sees_of_a_provider_the_other_tells(
    pair: Portal, fake: FakeProvider
) -> None:
    pair.variables["PROBE_SECONDS"] = "60"
    pair.start()
    names = [worker["id"] for worker in both(pair)]
    wait_for(pair, lambda found: found["health"]["closed"]["status"] == "unreachable", 5)
    for _ in range(3):
        pair.chat(model="closed:gone")
    for name in names:
        found = until_health(pair, name, "closed", lambda one: one["traffic"]["failures"] == 3)
        (*_, last) = found["traffic"]["last_errors"]
        assert "connection refused" in last["message"]


def test_metrics_are_those_of_all_workers(pair: Portal) -> None:
    pair.start()
    both(pair)
    answered = {pair.chat().headers["X-Worker"] for _ in range(30)}
    assert len(answered) == 2
    wanted = 'portal_requests_total{route="/v1/ai/chat/completion",status="200"} 30.0'
    assert wanted in pair.get("/metrics", who="olga").text


def test_an_outage_of_redis_interrupts_no_answer(
    slow: Portal, redis: RedisServer, fake: FakeProvider
) -> None:
    sockets = talk(slow, fake)
    before = answers_by_worker(slow)
    redis.kill()
    time.sleep(3)
    redis.start()
    wait_for(slow, lambda found: found["store"]["available"], 5)
    time.sleep(5)
    assert answers_by_worker(slow) == before
    for socket in sockets:
        socket.close()


def test_a_worker_that_hangs_for_a_while_is_not_given_up(slow: Portal, fake: FakeProvider) -> None:
    sockets = talk(slow, fake)
    before = answers_by_worker(slow)
    victim = workers(slow)[1]["pid"]
    os.kill(victim, signal.SIGSTOP)
    time.sleep(13)
    os.kill(victim, signal.SIGCONT)
    time.sleep(3)
    assert answers_by_worker(slow) == before
    for socket in sockets:
        socket.close()


def talk(portal: Portal, fake: FakeProvider) -> list[SocketClient]:
    """Open sockets on both workers, each with an answer that does not end."""
    sockets = [SocketClient(portal) for _ in range(12)]
    for socket in sockets:
        fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
        socket.begin()
        socket.until("delta")
    assert len(answers_by_worker(portal)) == 2
    return sockets


ODD = {
    "health": {"pond": '{"status": "sleepy"}', "fake": '{"status": "healthy", "checked": 1e300}'},
    "workers": {"a": "{}", "b": '{"id": "b", "host": "h", "pid": 1e300}', "c": "no JSON"},
}


def test_what_makes_no_sense_in_redis_breaks_nothing(pair: Portal, redis: RedisServer) -> None:
    with Redis.from_url(redis.url) as store:
        for name, values in ODD.items():
            store.hset(f"aimodels:{name}", mapping=values)
        store.set("aimodels:primaries", "[]")
        pair.start()
        both(pair)
        olga = pair.sign_in("olga")
        for path in ("/", "/models", "/admin/registry/workers/", "/admin/registry/providers/"):
            assert olga.get(pair.url + path, timeout=5).status_code == 200, path
        assert set_primary(pair, "fake:other/name:v2").status_code == 200
        for name in ("health", "workers", "primaries"):
            store.delete(f"aimodels:{name}")
            store.set(f"aimodels:{name}", "of the wrong type" if name != "primaries" else "")
        assert pair.chat().status_code == 200
        wait_for(pair, lambda found: not found["store"]["available"], 5)
        store.flushall()
        wait_for(pair, lambda found: found["store"]["available"], 5)


def test_a_primary_whose_model_left_while_nobody_served_is_dropped(pair: Portal) -> None:
    pair.start()
    both(pair)
    assert set_primary(pair, "fake:other/name:v2").status_code == 200
    pair.stop()
    lines = [line for line in pair.models.read_text().splitlines() if "other/name" not in line]
    pair.models.write_text("\n".join(lines))
    pair.start()
    both(pair)
    until(lambda: [row for row in rows(pair) if row[0] == "dropped"], 20)
    assert rows(pair)[-1][1:] == ("fake:other/name:v2", "fake:talker", "models.yaml")


# ── Stopping ────────────────────────────────────────────────────────────────────────────────


def open_streams(portal: Portal, fake: FakeProvider, count: int) -> list[requests.Response]:
    for _ in range(count):
        fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    found = [portal.chat(stream=True, http_stream=True) for _ in range(count)]
    assert len({answer.headers["X-Worker"] for answer in found}) == 2
    return found


@pytest.fixture
def slow(pair: Portal) -> Portal:
    pair.variables |= {"IDLE_TIMEOUT": "30", "TOTAL_TIMEOUT": "30"}
    pair.start()
    both(pair)
    return pair


@on_both_servers
def test_twenty_open_streams_are_told_of_a_stop(slow: Portal, fake: FakeProvider) -> None:
    answers = open_streams(slow, fake, 20)
    assert slow.stop() == 0
    for answer in answers:
        assert "server_restarting" in answer.text
        assert "[DONE]" not in answer.text
    assert all(request.peer_closed.wait(2) for request in fake.posts)


@on_both_servers
def test_sockets_are_told_of_a_stop_and_their_answers_are_marked(
    slow: Portal, fake: FakeProvider
) -> None:
    sockets = talk(slow, fake)
    assert slow.stop() == 0
    for socket in sockets:
        assert socket.until("error")[-1]["error"]["code"] == "server_restarting"
        socket.close()
    found = databases.rows(slow, "SELECT DISTINCT state FROM chat_message WHERE role = 'assistant'")
    assert found == [("interrupted",)]


@on_both_servers
def test_what_a_killed_worker_left_is_marked_and_others_go_on(
    slow: Portal, fake: FakeProvider
) -> None:
    sockets = talk(slow, fake)
    by_worker = answers_by_worker(slow)
    victim, other = by_worker
    (pid,) = [w["pid"] for w in workers(slow) if w["id"] == victim]
    os.kill(pid, signal.SIGKILL)
    until(lambda: set(answers_by_worker(slow)) == {other}, 20)
    assert answers_by_worker(slow)[other] == by_worker[other]
    for socket in sockets:
        socket.close()


def answers_by_worker(portal: Portal) -> dict[str, int]:
    """Return how many answers run in each worker."""
    query = (
        "SELECT worker, count(*) FROM chat_message WHERE state = 'running' GROUP BY 1 ORDER BY 1"
    )
    return dict(databases.rows(portal, query))


@on_both_servers
def test_one_worker_that_is_stopped_leaves_new_callers_to_the_other(
    slow: Portal, fake: FakeProvider
) -> None:
    open_streams(slow, fake, 12)
    victim = workers(slow)[1]
    os.kill(victim["pid"], signal.SIGTERM)
    time.sleep(0.3)
    answers = [slow.get("/v1/ai/models") for _ in range(20)]
    assert {answer.status_code for answer in answers} == {200}
    assert victim["id"] not in {answer.headers["X-Worker"] for answer in answers}
    until(lambda: victim["id"] not in {w["id"] for w in both(slow)}, 20)


@on_both_servers
def test_a_signal_to_all_processes_lets_answers_be_told(slow: Portal, fake: FakeProvider) -> None:
    answers = open_streams(slow, fake, 12)
    pids = [worker["pid"] for worker in workers(slow)]
    assert slow.process is not None
    for pid in (*pids, slow.process.pid, *pids):
        os.kill(pid, signal.SIGTERM)
    assert slow.process.wait(15) == 0
    for answer in answers:
        assert "server_restarting" in answer.text


def test_a_worker_is_replaced_while_the_file_has_a_mistake(slow: Portal) -> None:
    text = slow.models.read_text()
    time.sleep(1.5)  # the supervisor looks every second
    slow.models.write_text(text.replace("[chat]", "[chta]", 1))
    until(lambda: all(worker["rejected_at"] for worker in workers(slow)), 5)
    first = workers(slow)
    for worker in first:
        os.kill(worker["pid"], signal.SIGKILL)
    slow.wait(30)
    until(lambda: {w["id"] for w in both(slow)}.isdisjoint(w["id"] for w in first), 30)
    assert slow.chat().status_code == 200
    until(lambda: all(worker["rejected_at"] for worker in workers(slow)), 5)


def test_workers_end_with_their_supervisor(slow: Portal) -> None:
    pids = [worker["pid"] for worker in workers(slow)]
    assert slow.process is not None
    slow.process.kill()
    slow.process.wait()
    until(lambda: not any(alive(pid) for pid in pids), 10)


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False


# ── Without Redis ───────────────────────────────────────────────────────────────────────────


def test_several_workers_need_redis(own_portal: Portal) -> None:
    done = own_portal.manage("serve", "--workers", "2", check=False)
    assert done.returncode == 1
    assert done.stderr.strip() == (
        "CommandError: 2 workers have to share their state. Set REDIS_URL, such as "
        "redis://localhost:6379/0, or start one worker."
    )


def test_a_second_portal_on_the_same_folder_needs_redis(own_portal: Portal) -> None:
    own_portal.start()
    done = own_portal.manage("serve", "--port", "0", check=False)
    assert done.returncode == 1
    assert "Another portal works on" in done.stderr
    assert "set REDIS_URL for both" in done.stderr


def test_a_bad_address_of_redis_is_one_sentence(own_portal: Portal) -> None:
    own_portal.variables["REDIS_URL"] = "localhost:6379"
    done = own_portal.manage("serve", check=False)
    assert done.returncode == 1
    assert "REDIS_URL cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
