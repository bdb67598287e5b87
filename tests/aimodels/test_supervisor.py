"""Starting several workers, stopping them, and what becomes of those that die."""

from __future__ import annotations

import os
import signal
import time

import psutil
import pytest

from aimodels.serve.heartbeat import Silence
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import (
    answers_by_worker,
    both_workers,
    on_both_servers,
    open_sockets,
    open_streams,
    pair,
    redis,
    slow,
    until,
    workers,
)
from tests.support.servers.redis_server import RedisServer, needs_redis

__all__ = ["pair", "redis", "slow"]  # fixtures
pytestmark = [needs_redis, pytest.mark.long]


# ── Stopping ────────────────────────────────────────────────────────────────────────────────


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
    sockets = open_sockets(slow, fake)
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
    sockets = open_sockets(slow, fake)
    by_worker = answers_by_worker(slow)
    victim, other = by_worker
    (pid,) = [w["pid"] for w in workers(slow) if w["id"] == victim]
    os.kill(pid, signal.SIGKILL)
    until(lambda: set(answers_by_worker(slow)) == {other}, 20)
    assert answers_by_worker(slow)[other] == by_worker[other]
    for socket in sockets:
        socket.close()


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
    until(lambda: victim["id"] not in {w["id"] for w in both_workers(slow)}, 20)


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
    until(lambda: {w["id"] for w in both_workers(slow)}.isdisjoint(w["id"] for w in first), 30)
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
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


# ── Without Redis ───────────────────────────────────────────────────────────────────────────


def test_several_workers_need_redis(own_portal: Portal) -> None:
    done = own_portal.manage("serve", "--workers", "2", check=False)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1] == (
        "CommandError: 2 workers have to share their state. Set REDIS_URL, such as "
        "redis://localhost:6379/0, or start one worker."
    )


def test_a_second_portal_on_the_same_folder_needs_redis(own_portal: Portal) -> None:
    own_portal.start()
    done = own_portal.manage("serve", "--port", "0", check=False)
    assert done.returncode == 1
    assert "Another portal runs on" in done.stderr
    assert "set the same REDIS_URL for both" in done.stderr


def test_one_with_redis_and_one_without_do_not_share_a_folder(
    own_portal: Portal, redis: RedisServer
) -> None:
    own_portal.variables["REDIS_URL"] = redis.url
    own_portal.start()
    own_portal.variables["REDIS_URL"] = ""
    done = own_portal.manage("serve", "--port", "0", check=False)
    assert done.returncode == 1
    assert "Another portal runs on" in done.stderr
    own_portal.variables["REDIS_URL"] = redis.url
    own_portal.stop()


def test_a_bad_address_of_redis_is_one_sentence(own_portal: Portal) -> None:
    own_portal.variables["REDIS_URL"] = "localhost:6379"
    done = own_portal.manage("serve", check=False)
    assert done.returncode == 1
    assert "REDIS_URL is not valid" in done.stderr
    assert "Traceback" not in done.stderr


# ── Hanging ─────────────────────────────────────────────────────────────────────────────────


@on_both_servers
def test_a_worker_that_hangs_is_replaced(pair: Portal, fake: FakeProvider) -> None:
    pair.variables["HUNG_SECONDS"] = "4"
    pair.start()
    victim, other = both_workers(pair)
    os.kill(victim["pid"], signal.SIGSTOP)
    until(lambda: "has hung for 4 s" in pair.log.read_text(), 30)
    until(lambda: not psutil.pid_exists(victim["pid"]), 5)
    until(lambda: pair.log.read_text().count("has ended") == 1, 5)
    assert psutil.pid_exists(other["pid"])
    found = both_workers(pair)
    assert {worker["id"] for worker in found} - {victim["id"], other["id"]}


def test_a_silent_second_is_no_hang_and_a_beat_ends_it() -> None:
    silence = Silence()
    assert [round(silence.look(beats, 0.5), 1) for beats in (1, 1, 1, 2, 2)] == [0, 0.5, 1, 0, 0.5]


def test_a_machine_that_slept_has_no_silent_worker() -> None:
    silence = Silence()
    silence.look(1, 0.1)
    assert silence.look(1, 3600) == 1
