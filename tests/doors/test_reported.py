"""What becomes of a field is reported by the caller's own name for it, in every API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, completion, http, openai_stream

REFUSAL = {"error": {"message": "Unknown parameter.", "param": "reasoning_effort", "code": "x"}}
HI = [{"role": "user", "content": "Hi"}]
ASKED: dict[str, tuple[dict[str, Any], str]] = {
    "/v1/messages": (
        {"max_tokens": 9, "messages": HI, "output_config": {"effort": "low"}}, "output_config.effort"
    ),
    "/v1/responses": ({"input": "Hi", "reasoning": {"effort": "low"}}, "reasoning.effort"),
    "/api/chat": ({"messages": HI, "think": "low"}, "think"),
    "/api/generate": ({"prompt": "Hi", "think": "low"}, "think"),
}  # fmt: skip


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", ASKED)
def test_a_wish_that_the_model_refuses_is_reported(
    portal: Portal, fake: FakeProvider, path: str, stream: bool
) -> None:
    answer = SSE_HEAD + openai_stream("Hello") if stream else http(200, completion("Hello"))
    fake.script(http(400, REFUSAL), KEEP)
    fake.script(answer)
    model = f"fake:plain{path}-{portal.server}-{stream}"  # what is refused is remembered by model
    asked, name = ASKED[path]
    received = portal.post(path, {**asked, "model": model, "stream": stream})
    assert received.status_code == 200
    assert "Hello" in received.text
    assert received.headers["X-Dropped"] == name
    assert "reasoning_effort" not in (fake.posts[-1].body or {})


IMAGE = {"type": "input_image", "image_url": "http://inside/"}
DROPPED: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/responses", {"input": "Hi", "model": "pond:frog", "text": {"verbosity": "low"}}, "text.verbosity"),
    ("/v1/messages", {"max_tokens": 9, "messages": HI, "model": "pond:frog", "metadata": {"user_id": "u"}},
     "metadata.user_id"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "name"), DROPPED)
def test_what_a_provider_has_no_field_for_is_reported(
    portal: Portal, path: str, body: dict[str, Any], name: str
) -> None:
    assert portal.post(path, {"stream": False, **body}).headers["X-Dropped"] == name


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("/v1/responses", {"input": [{"role": "user", "content": [IMAGE]}]}, "input", "input."),
    ("/v1/responses", {"input": "Hi", "temperature": "hot"}, "temperature", "temperature"),
    ("/api/chat", {"messages": HI, "options": {"temperature": "hot"}}, "options.temperature",
     "options.temperature"),
    ("/api/generate", {"prompt": "Hi", "options": {"num_predict": "x"}}, "options.num_predict",
     "options.num_predict"),
    ("/v1/messages", {"max_tokens": 9, "messages": HI, "stop_sequences": ["x"], "top_p": "x"}, "top_p", "top_p"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "body", "param", "words"), REFUSED)
def test_a_refusal_names_the_callers_field(
    portal: Portal, path: str, body: dict[str, Any], param: str, words: str
) -> None:
    answer = portal.post(path, body)
    error = answer.json()["error"]
    error = error if isinstance(error, dict) else {**answer.json(), "message": error}
    assert answer.status_code == 400
    assert error["param"] == param
    assert error["message"].startswith(words)


def test_a_providers_refusal_names_the_callers_field(portal: Portal, fake: FakeProvider) -> None:
    body = {"error": {"message": "max_tokens is too large.", "param": "max_tokens", "code": "x"}}
    fake.script(http(400, body), KEEP)
    error = portal.post("/v1/responses", {"input": "Hi", "max_output_tokens": 9}).json()["error"]
    assert error["param"] == "max_output_tokens"
    assert error["provider"]["param"] == "max_tokens"
    assert "max_tokens is too large" in error["message"]
