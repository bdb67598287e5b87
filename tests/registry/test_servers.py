"""A provider of two servers, as callers, operators and pages see it, on both portal servers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.registry.editing import status, wait_for
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal
from tests.support.servers import databases
from tests.support.servers.cluster import until
from tests.support.socket_client import SocketClient

POOL = """
  pool:
    api: openai
    endpoints: ["http://127.0.0.1:${{FAKE_PORT}}/v1", "http://127.0.0.1:{port}/v1"]
    registry: {{a: {{capabilities: [chat]}}}}
"""


@pytest.fixture
def other() -> Iterator[FakeProvider]:
    provider = FakeProvider()
    yield provider
    provider.close()


@pytest.fixture(params=databases.SERVERS)
def pool(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path: Any, fake: FakeProvider, other: FakeProvider
) -> Iterator[Portal]:  # fmt: skip
    portal = copy_of(portal_files, tmp_path / "pool", request.param)
    portal.models.write_text(portal.models.read_text() + POOL.format(port=other.port))
    portal.start()
    yield portal
    portal.stop()
    assert "Traceback" not in portal.log.read_text()


def health(portal: Portal) -> Any:
    return status(portal)["health"]["pool"]


def test_every_answer_names_its_server(pool: Portal, fake: FakeProvider, other: FakeProvider):
    names = {f"127.0.0.1:{server.port}" for server in (fake, other)}
    whole = pool.chat(model="pool:a")
    assert whole.json()["resolution"]["server"] in names
    assert whole.headers["X-Server"] == whole.json()["resolution"]["server"]
    assert whole.json()["resolution"]["resolved_by"] == "override"
    first = pool.chat(model="pool:a", stream=True).text.split("\n")[0]
    assert json.loads(first.removeprefix("data: "))["resolution"]["server"] in names
    message = {"model": "pool:a", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    assert pool.post("/v1/messages", message).headers["X-Server"] in names
    assert "server" not in pool.chat().json()["resolution"]


def test_a_stored_answer_and_the_page_name_the_server(pool: Portal):
    with SocketClient(pool) as socket:
        start, *_, done = socket.ask(model="pool:a")
    server = done["resolution"]["server"]
    assert server.startswith("127.0.0.1:")
    page = pool.sign_in("ann").get(f"{pool.url}/chat/{start['conversation']}", timeout=10)
    assert f"on {server}" in page.text


def test_a_server_that_dies_costs_no_answer_and_is_reported(pool: Portal, fake: FakeProvider, other: FakeProvider):  # fmt: skip
    until(lambda: health(pool)["status"] == "healthy", 10)
    dead = f"127.0.0.1:{other.port}"
    other.close()
    answers = [pool.chat(model="pool:a") for _ in range(12)]
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.headers["X-Server"] for answer in answers} == {f"127.0.0.1:{fake.port}"}
    until(lambda: health(pool)["servers"][dead]["status"] == "unreachable", 10)
    assert health(pool)["status"] == "degraded"
    assert dead in pool.get("/v1/ai/models/status", who="olga").json()["health"]["pool"]["detail"]
    metrics = pool.get("/metrics", who="olga").text
    alive = f"127.0.0.1:{fake.port}"
    assert f'portal_server_calls_total{{provider="pool",server="{alive}"}}' in metrics


def test_servers_are_added_while_the_portal_runs(pool: Portal, fake: FakeProvider, other: FakeProvider):  # fmt: skip
    text, before = pool.models.read_text(), status(pool)["revision"]
    third = FakeProvider()
    pool.models.write_text(text.replace('/v1"]', f'/v1", "http://127.0.0.1:{third.port}/v1"]'))
    wait_for(pool, lambda body: body["revision"] != before)
    until(lambda: pool.chat(model="pool:a") and third.posts, 10)
    third.close()
