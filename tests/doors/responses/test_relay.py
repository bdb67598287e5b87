"""The Responses door in front of a server that speaks the API itself, over HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.conftest import copy_of
from tests.doors.pairs.callers import records
from tests.support import responses_messages as api
from tests.support.fake_provider import HANG, KEEP, FakeProvider
from tests.support.portal import FAKE_KEY, Portal
from tests.support.provider_messages import SSE_HEAD, http

MODELS = """
models:
  defaults: {chat: "open:slate"}
  open:
    api: openai
    apis: [responses]
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    api_key: ${FAKE_KEY}
    tools: [web_search]
    registry: {slate: {capabilities: [chat], options: {max_tokens: 30}}}
  fetching:
    api: openai
    apis: [responses]
    fetches: true
    endpoint: http://127.0.0.1:${FAKE_PORT}/v1
    registry: {slate: {capabilities: [chat]}}
"""
HI = [{"role": "user", "content": "Hi"}]


@pytest.fixture(scope="module", params=["daphne", "uvicorn"])
def open_(
    request: pytest.FixtureRequest, portal_files: Portal, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Portal]:
    """A portal whose default speaks the Responses API itself."""
    folder = tmp_path_factory.mktemp("open") / "portal"
    portal = copy_of(portal_files, folder, request.param)
    portal.models.write_text(MODELS)
    portal.start()
    yield portal
    portal.stop()
    log = portal.log.read_text()
    assert "Traceback" not in log
    assert FAKE_KEY not in log


def ask(portal: Portal, **body: Any) -> requests.Response:
    return portal.post("/v1/responses", {"input": "Hi", **body})


def test_a_server_of_the_api_gets_the_request_as_it_is(open_: Portal, fake: FakeProvider) -> None:
    answer = {**api.whole(api.message("Hé")), "new_field": {"a": [1.0]}}
    fake.script(http(200, answer), KEEP)
    asked: dict[str, Any] = {
        "input": HI, "reasoning": {"effort": "low"}, "tools": [{"type": "web_search"}],
        "tool_choice": {"type": "web_search"},
    }  # fmt: skip
    received = ask(open_, **asked, model="open:slate")
    assert received.json() == answer
    assert received.headers["X-Model"] == "open:slate"
    assert "X-Dropped" not in received.headers
    assert "Server-Timing" in received.headers
    sent = fake.posts[-1]
    assert sent.path == "/v1/responses"
    assert sent.headers["authorization"] == f"Bearer {FAKE_KEY}"
    assert sent.body == {**asked, "model": "slate", "max_output_tokens": 30, "store": False}


def test_a_stream_is_relayed_byte_for_byte(open_: Portal, fake: FakeProvider) -> None:
    before = _tokens(open_)
    data = api.stream("a", "é")
    fake.script(SSE_HEAD + data[:400], 0.1, data[400:])
    received = ask(open_, stream=True, store=True, wholly_new=1)
    assert received.content == data
    assert received.headers["X-Dropped"] == "store, wholly_new"
    assert _tokens(open_) == before + 5


def _tokens(portal: Portal) -> float:
    """Return how many tokens were counted in answers."""
    mark = 'portal_tokens_total{kind="completion",provider="open"} '
    lines = portal.get("/metrics", who="olga").text.splitlines()
    return next((float(x.removeprefix(mark)) for x in lines if x.startswith(mark)), 0)


def test_heartbeats_come_between_its_events(open_: Portal, fake: FakeProvider) -> None:
    data = api.stream("a")
    fake.script(0.6, SSE_HEAD + data[:500], 0.6, data[500:])
    received = ask(open_, stream=True).content
    assert received.startswith(b": waiting\n")
    assert received.replace(b": waiting\n", b"") == data


def test_its_refusals_are_ours(open_: Portal, fake: FakeProvider) -> None:
    error = {"message": "Unsupported value.", "param": "input[0]", "code": "unsupported_value"}
    fake.script(http(400, {"error": error}), KEEP)
    refused = ask(open_)
    assert refused.status_code == 400
    body = refused.json()["error"]
    assert body["provider"]["code"] == "unsupported_value"
    assert body["resolution"]["id"] == "open:slate"
    fake.script(http(200, api.whole(status="failed", error={"code": "server_error", "message": "x"})), KEEP)  # fmt: skip
    assert ask(open_).status_code == 502
    fake.script(SSE_HEAD + api.Stream().event("error", code="rate_limit_exceeded", message="Slow"))
    assert ask(open_, stream=True).status_code == 429


def test_a_stream_that_breaks_off_ends_as_what_it_is(open_: Portal, fake: FakeProvider) -> None:
    events = api.Stream()
    fake.script(SSE_HEAD + events.begin() + events.words("a"))
    rows = records(ask(open_, stream=True).content)
    assert [row["type"] for row in rows[-2:]] == ["error", "response.failed"]
    assert [row["sequence_number"] for row in rows] == list(range(len(rows)))
    assert rows[-1]["response"]["id"] == "resp_up"


@pytest.mark.parametrize("begun", [True, False])
def test_leaving_closes_the_provider(open_: Portal, fake: FakeProvider, begun: bool) -> None:
    fake.script(*([SSE_HEAD + api.Stream().begin()] if begun else []), HANG)
    with (
        contextlib.suppress(requests.RequestException),
        open_.post(
            "/v1/responses", {"input": "Hi", "stream": True}, stream=True, timeout=0.3
        ) as received,
    ):
        next(received.iter_content(1))
    assert fake.wait_for_post().peer_closed.wait(1)


def test_an_images_address_needs_a_line_in_the_file(open_: Portal, fake: FakeProvider) -> None:
    def look(model: str, url: str) -> requests.Response:
        part = {"type": "input_image", "image_url": url}
        return ask(open_, model=model, input=[{"role": "user", "content": [part]}])

    for model, url in (
        ("open:slate", "https://x/a.png"),
        ("fetching:slate", "http://inside/a.png"),
    ):
        assert look(model, url).status_code == 400
    assert not fake.posts
    fake.script(http(200, api.whole()), KEEP)
    assert look("fetching:slate", "https://x/a.png").status_code == 200
    assert fake.posts[-1].body["input"][0]["content"][0]["image_url"] == "https://x/a.png"


def test_only_callers_of_the_api_are_relayed(open_: Portal, fake: FakeProvider) -> None:
    assert open_.chat().json()["choices"][0]["message"]["content"] == "Hello from the fake."
    assert fake.posts[-1].path == "/v1/chat/completions"
