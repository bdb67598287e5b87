"""Another model answers, in every API and on sockets, on both servers."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any, cast

import ollama
import openai
import pytest

from tests.conftest import copy_of
from tests.registry.editing import wait_for
from tests.support import anthropic_messages as api
from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, WORDS, http
from tests.support.socket_client import SocketClient, text_of

SECTION = """
  {name}:
    api: {api}
    endpoint: http://127.0.0.1:${{FAKE_PORT}}{path}
    registry:
      a: {{capabilities: [chat], fallback: ["{other}"]}}
"""
HEAD = """
models:
  defaults: {chat: "last:talker"}
  last:
    api: openai
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {talker: {capabilities: [chat], title: The last}}
  pool:
    api: openai
    endpoints: ["http://127.0.0.1:${FAKE_PORT}/v1"]
    registry: {a: {capabilities: [chat]}}
  stone:
    api: anthropic
    endpoint: http://127.0.0.1:${FAKE_PORT}
    registry: {slate: {capabilities: [chat]}}
"""
COUNT = 40
KINDS = {  # what the first speaks, its path, and the fallback
    "plain": ("openai", "/v1", "last:talker"),
    "rock": ("anthropic", "", "last:talker"),
    "sand": ("openai", "/v1", "stone:slate"),
}
numbers = itertools.count()
BROKEN = http(500, {"error": {"message": "Oh."}})
HI = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def _twice(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    folder = tmp_path_factory.mktemp("twice") / "portal"
    portal = copy_of(portal_files, folder, request.param, PROBE_SECONDS="60")  # of 123 providers
    sections = [
        SECTION.format(name=f"{kind}{number}", api=spoken, path=path, other=other)
        for kind, (spoken, path, other) in KINDS.items()
        for number in range(COUNT)
    ]
    portal.models.write_text(HEAD + "".join(sections))
    portal.start()
    yield portal
    portal.stop()


@pytest.fixture
def portal(_twice: Portal, fake: FakeProvider) -> Portal:
    return _twice


def new(kind: str = "plain") -> str:
    """Return a model whose provider has not failed yet: what fails often is skipped."""
    return f"{kind}{next(numbers) % COUNT}:a"


DOORS: dict[str, dict[str, Any]] = {
    "/v1/ai/chat/completion": {"messages": HI},
    "/v1/chat/completions": {"messages": HI},
    "/v1/completions": {"prompt": "Hi"},
    "/v1/responses": {"input": "Hi"},
    "/v1/messages": {"messages": HI, "max_tokens": 9},
    "/api/chat": {"messages": HI},
    "/api/generate": {"prompt": "Hi"},
}


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", DOORS)
def test_every_api_falls_back(
    portal: Portal, fake: FakeProvider, path: str, *, stream: bool
) -> None:
    model = new()
    fake.script(BROKEN, KEEP)
    body = {**DOORS[path], "model": model, "stream": stream, "fallback": True}
    answer = portal.post(path, body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Model"] == "last:talker"
    assert answer.headers["X-Resolved-By"] == "fallback"
    assert answer.headers["X-Attempts"] == "2"
    assert "X-Dropped" not in answer.headers
    assert [post.body["model"] for post in fake.posts] == ["a", "talker"]
    assert not [post for post in fake.posts if "fallback" in post.body]
    resolution = first_object(answer.text)["resolution"]
    assert (resolution["asked"], resolution["because"]) == (model, "provider_error")
    assert [attempt["id"] for attempt in resolution["tried"]] == [model]
    assert answer.text.count('"resolution"') == 1


def first_object(text: str) -> dict[str, Any]:
    """Return the first event of a stream, or the whole answer."""
    line = next(line for line in text.splitlines() if line.removeprefix("data: ").startswith("{"))
    found: dict[str, Any] = json.loads(line.removeprefix("data: "))
    return found


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("path", [path for path in DOORS if not path.startswith("/v1/ai")])
def test_an_answer_of_the_model_that_was_asked_has_nothing_of_it_in_other_apis(
    portal: Portal, path: str, *, stream: bool
) -> None:
    answer = portal.post(path, {**DOORS[path], "stream": stream})
    assert answer.status_code == 200, answer.text
    has_it = "resolution" in first_object(answer.text)
    assert has_it == (not stream and path in ("/v1/chat/completions", "/v1/completions"))


@pytest.mark.parametrize("stream", [False, True])
def test_openais_client_reads_an_answer_with_a_resolution(
    portal: Portal, fake: FakeProvider, *, stream: bool
) -> None:
    token, messages = portal.tokens["ann"], cast("Any", HI)
    more: Any = {"extra_body": {"fallback": True}, "stream": stream}
    with openai.OpenAI(base_url=f"{portal.url}/v1", api_key=token, max_retries=0) as client:
        asks: list[Callable[[], Any]] = [
            lambda: client.chat.completions.create(model=new(), messages=messages, **more),
            lambda: client.completions.create(model=new(), prompt="Hi", **more),
            lambda: client.responses.create(model=new(), input="Hi", **more),
        ]
        for ask in asks:
            fake.script(BROKEN, KEEP)
            answer = list(ask()) if stream else [ask()]
            assert answer[0].to_dict()["resolution"]["resolved_by"] == "fallback"
            assert len(answer) > stream


def test_ollamas_client_reads_an_answer_with_a_resolution(portal: Portal):
    headers = {"Authorization": f"Bearer {portal.tokens['ann']}"}
    with ollama.Client(portal.url, headers=headers) as client:
        whole = client.chat("pool:a", HI)
        parts = list(client.chat("pool:a", HI, stream=True))
    assert whole.message.content
    assert "".join(part.message.content or "" for part in parts)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(("kind", "paths"), [
    ("rock", ["/v1/messages", "/v1/chat/completions"]),
    ("sand", ["/v1/chat/completions", "/v1/messages"]),
])  # fmt: skip
def test_a_relayed_answer_becomes_a_translated_one_and_the_other_way_round(
    portal: Portal, fake: FakeProvider, kind: str, paths: list[str], *, stream: bool
) -> None:
    fake.script(BROKEN, KEEP)
    if kind == "sand" and stream:
        fake.script(SSE_HEAD + api.stream("One ", "two."))
    body = {**DOORS["/v1/messages"], "model": new(kind), "stream": stream, "fallback": True}
    answer = portal.post("/v1/messages", body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Attempts"] == "2"
    assert [post.path for post in fake.posts] == paths
    assert first_object(answer.text)["resolution"]["asked"] == body["model"]
    if stream:
        assert answer.text.count("event: message_start") == 1
        assert answer.text.count("event: message_stop") == 1
    else:
        assert answer.json()["content"][0]["type"] == "text"


def test_the_first_chunk_says_what_was_tried(portal: Portal, fake: FakeProvider) -> None:
    for path in ("/v1/ai/chat/completion", "/v1/chat/completions"):
        model = new()
        fake.script(BROKEN, KEEP)
        answer = portal.chat(path=path, model=model, stream=True, fallback=True)
        first = json.loads(answer.text.split("\n", 1)[0].removeprefix("data: "))
        (tried,) = first["resolution"].pop("tried")
        assert (tried["id"], tried["code"]) == (model, "provider_error")
        assert first["resolution"]["asked"] == model


def test_a_socket_says_that_another_model_answers_and_stores_it(
    portal: Portal, fake: FakeProvider
) -> None:
    model = new()
    fake.script(BROKEN, KEEP)
    with SocketClient(portal) as client:
        frames = client.ask(model=model, fallback=True)
    start, waiting, status = frames[:3]
    assert (start["resolution"]["id"], waiting["state"]) == (model, "waiting")
    assert (status["state"], status["resolution"]["id"]) == ("fallback", "last:talker")
    assert text_of(frames) == "".join(WORDS)
    assert frames[-1]["resolution"]["asked"] == model
    page = portal.sign_in("ann").get(portal.url + f"/chat/messages/{start['message']}")
    assert "last:talker" in page.text


def test_a_raw_socket_falls_back(portal: Portal, fake: FakeProvider) -> None:
    fake.script(BROKEN, KEEP)
    with SocketClient(portal, "/ws/raw/") as client:
        frames = client.ask(model=new(), fallback=True)
    assert frames[-1]["type"] == "done"
    assert frames[-1]["resolution"]["id"] == "last:talker"


def test_metrics_count_from_and_to(portal: Portal, fake: FakeProvider) -> None:
    model = new()
    fake.script(BROKEN, KEEP)
    portal.chat(model=model, fallback=True)
    metrics = portal.get("/metrics", who="olga").text
    lines = [line for line in metrics.splitlines() if f'from="{model}"' in line]
    assert any('to="last:talker"' in line and 'code="provider_error"' in line for line in lines)


def test_the_status_shows_until_when_a_provider_is_skipped(
    portal: Portal, fake: FakeProvider
) -> None:
    model = new()
    for _ in range(5):
        fake.script(BROKEN, KEEP)
        portal.chat(model=model, fallback=True)

    def skipped(body: Any) -> bool:
        return bool(body["health"][model.split(":")[0]]["skipped_until"])

    wait_for(portal, skipped)
    assert "skipped for" in portal.sign_in("ann").get(portal.url + "/models").text
    answer = portal.chat(model=model, fallback=True).json()
    assert answer["resolution"]["because"] == "skipped"


def test_an_answer_that_no_model_gave_is_stored_with_all_attempts(
    portal: Portal, fake: FakeProvider
) -> None:
    model = new()
    fake.script(BROKEN, KEEP)
    fake.script(http(401, {}), KEEP)
    with SocketClient(portal) as client:
        frames = client.ask(model=model, fallback=True)
    error = frames[-1]["error"]
    assert (error["code"], error["resolution"]["id"]) == ("provider_error", model)
    tried = [attempt["id"] for attempt in error["resolution"]["tried"]]
    assert tried == [model, "last:talker"]
    conversation = frames[0]["conversation"]
    exported = portal.sign_in("ann").get(f"{portal.url}/chat/{conversation}")
    assert model in exported.text
