"""Several servers of one model, over real HTTP: which is asked, and what follows where it fails."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from core.access import Access
from core.errors import PortalError
from core.http.call import Call
from registry import snapshot
from registry.gateway import calls
from registry.gateway.attempts import Fitted
from registry.gateway.servers import active
from registry.health.health import Health
from registry.health.monitor import monitor
from registry.health.traffic import traffic_log
from registry.providers.events import Chunk
from registry.providers.http.connections import close
from registry.snapshot import Registry
from tests.registry.config.loading import load
from tests.support.fake_provider import KEEP, RESET, FakeProvider
from tests.support.ports import free_port
from tests.support.provider_messages import completion, http

FILE = """
models:
  defaults: {{chat: "pool:a", embeddings: "pool:vectors"}}
  fallbacks: {{chat: ["spare:a"]}}
  pool:
    api: openai
    endpoints: [{servers}]
    api_key: sk-1234567890
    registry:
      a: {{capabilities: [chat]}}
      vectors: {{capabilities: [embeddings]}}
  spare:
    api: openai
    endpoint: http://127.0.0.1:{spare}/v1
    registry: {{a: {{capabilities: [chat]}}}}
"""
BUSY = http(503, {"error": {"message": "Busy."}})
BODY: dict[str, Any] = {"messages": [{"role": "user", "content": "Hi"}]}


@pytest.fixture
def other() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    yield provider
    provider.close()


@pytest.fixture(autouse=True)
async def _fresh() -> AsyncIterator[None]:
    traffic_log.forget()
    monitor.results.clear()
    active.clear()
    yield
    traffic_log.forget()
    monitor.results.clear()
    await close()


def pool(*ports: int, spare: int = 1) -> Registry:
    servers = ", ".join(f"http://127.0.0.1:{port}/v1" for port in ports)
    return snapshot.build(load(FILE.format(servers=servers, spare=spare)))


async def ask(models: Registry, *, stream: bool = False) -> dict[str, Any]:
    """Return the resolution of an answer."""
    chosen = calls.choose(models, "chat", "", Access())
    call = Call("request", refit=lambda other: Fitted(other, BODY))
    if stream:
        batches = calls.stream(chosen, BODY, call)
        assert [e async for events in batches for e in events if isinstance(e, Chunk)]
    else:
        assert await calls.chat(chosen, BODY, call)
    resolution: dict[str, Any] = (call.resolution or chosen).as_dict()
    return resolution


async def test_the_least_busy_server_is_asked(fake: FakeProvider, other: FakeProvider) -> None:
    models, release = pool(fake.port, other.port), threading.Event()
    for server in (fake, other):
        for _ in range(10):
            server.script(release, http(200, completion()), KEEP)
    asking = []
    for _ in range(10):
        asking.append(asyncio.create_task(ask(models)))
        await asyncio.sleep(0.01)
    release.set()
    told = await asyncio.gather(*asking)
    assert Counter(resolution["server"] for resolution in told) == {
        f"127.0.0.1:{fake.port}": 5,
        f"127.0.0.1:{other.port}": 5,
    }
    assert {resolution["resolved_by"] for resolution in told} == {"default"}
    assert not active.total()


async def test_calls_that_wait_for_a_place_are_spread_too(
    fake: FakeProvider, other: FakeProvider, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.PROVIDER_CONCURRENCY = 1
    monkeypatch.setattr("registry.gateway.turns._turns", {})
    models = pool(fake.port, other.port)
    for server in (fake, other):
        for _ in range(10):
            server.script(http(200, completion()), KEEP)
    answers = await asyncio.gather(*(ask(models) for _ in range(10)))
    assert set(Counter(resolution["server"] for resolution in answers).values()) == {5}
    assert not active.total()


async def test_each_server_gets_the_key_of_the_provider(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = pool(fake.port, other.port)
    while not (fake.posts and other.posts):
        await ask(models)
    keys = {post.headers["authorization"] for post in (*fake.posts, *other.posts)}
    assert keys == {"Bearer sk-1234567890"}


@pytest.mark.parametrize("stream", [False, True])
async def test_a_refused_connection_goes_to_the_other_server_at_once(
    fake: FakeProvider, other: FakeProvider, *, stream: bool
) -> None:
    models, closed = pool(free_port(), fake.port, spare=other.port), 0
    began = time.monotonic()
    for _ in range(10):
        told = await ask(models, stream=stream)
        assert told["server"] == f"127.0.0.1:{fake.port}"
        closed += len(told.get("tried", ()))
    assert time.monotonic() - began < 3, "no pause"
    assert 0 < closed < 10, "it is skipped once it has failed often"
    assert not other.posts, "no other model was needed"


async def test_an_attempt_names_its_server(fake: FakeProvider) -> None:
    closed = free_port()
    models = pool(closed, fake.port)
    while "tried" not in (told := await ask(models)):
        pass
    assert told["tried"][0]["server"] == f"127.0.0.1:{closed}"
    assert told["tried"][0]["code"] == "provider_unreachable"
    assert told["id"] == "pool:a"
    assert "because" not in told


async def test_a_server_that_says_it_is_busy_is_replaced_at_once(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = pool(fake.port, other.port)
    active[models.providers["pool"].servers[1].key] = 1
    fake.script(BUSY, KEEP)
    told = await ask(models)
    assert told["server"] == f"127.0.0.1:{other.port}"
    assert [attempt["code"] for attempt in told["tried"]] == ["overloaded"]
    active.clear()


async def test_what_a_server_may_have_read_is_sent_to_no_other(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = pool(fake.port, other.port, spare=free_port())
    for server in (fake, other):
        server.script(RESET)
    with pytest.raises(PortalError) as caught:
        await ask(models)
    assert len(fake.posts) + len(other.posts) == 1
    told = caught.value.resolution
    assert told is not None
    assert [attempt["id"] for attempt in told["tried"]][:2] == ["pool:a", "spare:a"]


async def test_if_no_server_answers_another_model_does(fake: FakeProvider) -> None:
    models = pool(free_port(), free_port(), spare=fake.port)
    told = await ask(models)
    assert told["id"] == "spare:a"
    assert told["because"] == "provider_unreachable"
    assert {attempt["server"] for attempt in told["tried"]} == {
        server.server for server in models.providers["pool"].servers
    }
    assert "server" not in told


async def test_an_unhealthy_server_is_not_asked_while_another_is_well(
    fake: FakeProvider, other: FakeProvider
) -> None:
    models = pool(fake.port, other.port)
    first, second = models.providers["pool"].servers
    monitor.results[first.key] = Health("unreachable", "No answer.", time.time())
    monitor.results[second.key] = Health("healthy", "", time.time())
    for _ in range(10):
        assert (await ask(models))["server"] == second.server
    health = monitor.of(models)["pool"]
    assert health.status == "degraded"
    assert health.detail == f"1 of 2 servers are healthy. {first.server}: No answer."
    assert not fake.posts


async def test_a_provider_is_skipped_when_all_its_servers_are(fake: FakeProvider) -> None:
    models = pool(free_port(), free_port(), spare=fake.port)
    provider = models.providers["pool"]
    for _ in range(10):
        await ask(models)
    assert monitor.is_skipped(provider)
    assert (await ask(models))["because"] == "skipped"
    traffic_log.succeeded(provider.servers[0].key)
    assert not monitor.is_skipped(provider)


async def test_embeddings_go_to_another_server_of_their_model(fake: FakeProvider) -> None:
    models = pool(free_port(), fake.port)
    for _ in range(4):
        chosen, call = calls.choose(models, "embeddings", "", Access()), Call("request")
        assert (await calls.embed(chosen, {"input": "a"}, call)).vectors
        assert call.resolution.server.server == f"127.0.0.1:{fake.port}"


def test_servers_at_one_host_are_told_apart_and_show_no_path() -> None:
    text = FILE.replace("127.0.0.1:{spare}", "x").format(
        servers='"http://x/secret-1/v1", "http://x/secret-2/v1", "http://y/v1"'
    )
    servers = snapshot.build(load(text)).providers["pool"].servers
    assert [server.server for server in servers] == ["x#1", "x#2", "y"]
    assert [server.endpoint.base_url[-11:-3] for server in servers[:2]] == ["secret-1", "secret-2"]
