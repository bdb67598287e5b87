"""A field that the caller wrote and the model refuses is left out, and reported in every API."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.fake_provider import KEEP, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import SSE_HEAD, completion, http, openai_stream

REFUSAL = {"error": {"message": "Unknown parameter.", "param": "reasoning_effort", "code": "x"}}
HI = [{"role": "user", "content": "Hi"}]
ASKED: dict[str, dict[str, Any]] = {
    "/v1/messages": {"max_tokens": 9, "messages": HI, "output_config": {"effort": "low"}},
    "/v1/responses": {"input": "Hi", "reasoning": {"effort": "low"}},
    "/api/chat": {"messages": HI, "think": "low"},
}


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@pytest.mark.parametrize("path", ASKED)
def test_a_wish_that_the_model_refuses_is_reported(
    portal: Portal, fake: FakeProvider, path: str, stream: bool
) -> None:
    answer = SSE_HEAD + openai_stream("Hello") if stream else http(200, completion("Hello"))
    fake.script(http(400, REFUSAL), KEEP)
    fake.script(answer)
    model = f"fake:plain{path}-{portal.server}-{stream}"  # what is refused is remembered by model
    received = portal.post(path, {**ASKED[path], "model": model, "stream": stream})
    assert received.status_code == 200
    assert "Hello" in received.text
    assert received.headers["X-Dropped"] == "reasoning_effort"
    assert "reasoning_effort" not in (fake.posts[-1].body or {})
