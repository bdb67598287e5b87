"""Two workers of one portal, each a process, that share their state in a real Redis."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event
from tests.support.servers import databases
from tests.support.servers.redis_server import RedisServer
from tests.support.socket_client import SocketClient


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
    """A portal of two workers on one port, not started."""
    server = getattr(request, "param", "uvicorn")
    portal = copy_of(portal_files, tmp_path / "pair", server, REDIS_URL=redis.url)
    portal.workers = 2
    yield portal
    if portal.process is not None:
        portal.stop()
    assert "Traceback" not in portal.log.read_text()


def until(get: Callable[[], Any], seconds: float = 2) -> Any:
    """Call `get` until it returns a true value, and return that."""
    end = time.monotonic() + seconds
    while not (value := get()):
        assert time.monotonic() < end, "the condition stays false"
        time.sleep(0.02)
    return value


def workers(portal: Portal) -> Any:
    return portal.get("/v1/ai/models/status", who="olga").json()["workers"]


def both_workers(portal: Portal) -> Any:
    """Wait until both workers serve and each lists the other; return them."""
    until(lambda: "Serving on" in portal.log.read_text(), 20)
    seen: set[str] = set()

    def get() -> Any:
        answer = portal.get("/v1/ai/models/status", who="olga")
        listed = answer.json()["workers"]
        if len(listed) == 2:
            seen.add(answer.headers["X-Worker"])
        return {worker["id"] for worker in listed} <= seen and listed

    return until(get, 10)


def ask_worker(portal: Portal, worker: str, path: str = "/v1/ai/models") -> Any:
    """Repeat a GET until this worker answers: each request opens a new connection."""
    return until(
        lambda: (a := portal.get(path, who="olga")).headers["X-Worker"] == worker and a, 10
    )


def wait_for_switch(portal: Portal) -> None:
    """Wait until both workers have seen a switch."""

    def versions() -> bool:
        numbers = {worker["version"] for worker in workers(portal)}
        return len(numbers) == 1 and not numbers.pop().endswith(".0")

    until(versions)


def until_health(
    portal: Portal, worker: str, provider: str, condition: Callable[[dict[str, Any]], bool]
) -> Any:
    """Wait until `condition` is true of a provider's health on this worker; return the health."""

    def get() -> Any:
        health = ask_worker(portal, worker, "/v1/ai/models/status").json()["health"][provider]
        return condition(health) and health

    return until(get, 5)


def set_primary(portal: Portal, model: str, **more: Any) -> requests.Response:
    body = {"capability": "chat", "model": model}
    return portal.post("/v1/ai/models/primary", body, who="olga", **more)


def rows(portal: Portal) -> list[tuple[str, ...]]:
    """Return the rows of the audit: kind, before, after, user; oldest first."""
    return databases.rows(
        portal, "SELECT kind, before, after, username FROM registry_change ORDER BY id"
    )


@pytest.fixture
def slow(pair: Portal) -> Portal:
    pair.variables |= {"IDLE_TIMEOUT": "30", "TOTAL_TIMEOUT": "30"}
    pair.start()
    both_workers(pair)
    return pair


def open_streams(portal: Portal, fake: FakeProvider, count: int) -> list[requests.Response]:
    for _ in range(count):
        fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    responses = [portal.chat(stream=True, http_stream=True) for _ in range(count)]
    assert len({answer.headers["X-Worker"] for answer in responses}) == 2
    return responses


def _ask(socket: SocketClient, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("Hel")), HANG)
    socket.begin()
    socket.until("delta")


def open_sockets(portal: Portal, fake: FakeProvider) -> list[SocketClient]:
    """Open twelve sockets, each with an answer that does not end; more until both workers have one.

    The kernel chooses the worker of a connection: once in two thousand times it is the same for all.
    """
    sockets = [SocketClient(portal) for _ in range(12)]
    for socket in sockets:
        _ask(socket, fake)
    while len(answers_by_worker(portal)) < 2:
        assert len(sockets) < 60
        sockets.append(SocketClient(portal))
        _ask(sockets[-1], fake)
    return sockets


def answers_by_worker(portal: Portal) -> dict[str, int]:
    """Return how many answers run in each worker."""
    query = (
        "SELECT worker, count(*) FROM chat_message WHERE state = 'running' GROUP BY 1 ORDER BY 1"
    )
    return dict(databases.rows(portal, query))
