"""The Responses door over HTTP: headers, errors, breaks, and callers who leave."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import requests

from tests.doors.pairs.callers import records
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, chunk, event, http, openai_stream

PATH = "/v1/responses"


def ask(portal: Portal, **fields: Any) -> requests.Response:
    return portal.post(PATH, {"input": "Hi", **fields})


def test_an_answer_and_what_was_dropped(portal: Portal) -> None:
    response = ask(portal, store=True, tools=[{"type": "web_search"}])
    body = response.json()
    assert body["output"][0]["content"][0]["text"] == "Hello from the fake."
    assert body["store"] is False
    assert response.headers["X-Model"] == "fake:talker"
    assert response.headers["X-Dropped"] == "store, tools.web_search"


def test_a_stream_ends_with_the_whole_response(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + openai_stream("a", "b"))
    rows = records(ask(portal, stream=True).content)
    assert rows[-1]["type"] == "response.completed"
    assert rows[-1]["response"]["output"][0]["content"][0]["text"] == "ab"
    assert rows[0]["response"]["id"] == rows[-1]["response"]["id"]


def test_probabilities_are_asked_for_and_returned(portal: Portal, fake: FakeProvider) -> None:
    score = {"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}
    choice = {**chunk("a")["choices"][0], "logprobs": {"content": [score]}}
    fake.script(SSE_HEAD + event({**chunk(), "choices": [choice]}) + openai_stream())
    rows = records(ask(portal, stream=True, top_logprobs=2).content)
    assert [row["logprobs"] for row in rows if "delta" in row] == [[score]]
    assert rows[-1]["response"]["output"][0]["content"][0]["logprobs"] == [score]
    sent = fake.posts[-1].body
    assert (sent["logprobs"], sent["top_logprobs"]) == (True, 2)


def test_a_stream_that_breaks_off_fails_in_the_words_of_the_api(
    portal: Portal, fake: FakeProvider
) -> None:
    fake.script(SSE_HEAD + event(chunk("a")))
    rows = records(ask(portal, stream=True).content)
    assert [row["type"] for row in rows[-2:]] == ["error", "response.failed"]
    assert rows[-1]["response"]["error"]["code"] == rows[-2]["code"]
    assert rows[-2]["code"].startswith("provider_")
    assert [row["sequence_number"] for row in rows] == list(range(len(rows)))
    assert rows[-1]["response"]["id"] == rows[0]["response"]["id"]


@pytest.mark.parametrize("stream", [False, True])
def test_an_error_before_the_answer_is_a_status(
    portal: Portal, fake: FakeProvider, stream: bool
) -> None:
    fake.script(http(429, {"error": {"message": "Slow down."}}))
    response = ask(portal, stream=stream)
    assert response.status_code == 429
    assert "Slow down" in json.dumps(response.json())


@pytest.mark.parametrize("field", ["previous_response_id", "conversation"])
def test_state_is_refused_by_name(portal: Portal, field: str) -> None:
    response = ask(portal, **{field: "x_1"})
    assert (response.status_code, response.json()["error"]["param"]) == (400, field)


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_no_response_is_kept(portal: Portal, method: str) -> None:
    address = f"{portal.url}{PATH}/resp_1"
    response = httpx.request(method, address, headers=headers(portal))
    assert response.status_code == 404
    assert "keeps no responses" in response.json()["error"]["message"]


def test_the_callers_leaving_closes_the_provider(portal: Portal, fake: FakeProvider) -> None:
    fake.script(HANG)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(portal.url + PATH, json={"input": "Hi"}, headers=headers(portal), timeout=0.5)
    assert fake.posts[-1].peer_closed.wait(1)


def test_leaving_a_stream_closes_the_provider(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(chunk("a")), HANG)
    body = {"input": "Hi", "stream": True}
    with httpx.stream("POST", portal.url + PATH, json=body, headers=headers(portal)) as response:
        assert next(response.iter_lines()) == "event: response.created"
    assert fake.posts[-1].peer_closed.wait(1)


def headers(portal: Portal) -> dict[str, str]:
    return {"Authorization": f"Bearer {portal.tokens['ann']}"}
