"""What one request may ask for: counts are limited, wherever and however they are written."""

from __future__ import annotations

from typing import Any

import pytest

from chat.requests import fit_completion, fit_embeddings, read_completion, read_embeddings
from core.errors import PortalError
from tests.chat.requests.fitting import fitted, refusal, resolution
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

TOO_MANY: list[dict[str, Any]] = [
    {"n": 1_000_000},
    {"best_of": 17},
    {"max_tokens": 2**31 - 1},
    {"max_completion_tokens": 1_000_001},
    {"n_predict": 10**9},
    {"min_tokens": 10**9},
    {"n_probs": 100_000},
    {"n": 17.0},
    {"options": {"num_predict": 10**9}},
    {"options": {"num_predict": "1e9"}},
]


@pytest.mark.parametrize("provider", ["plain", "open"])
@pytest.mark.parametrize("body", TOO_MANY)
def test_a_count_above_its_limit_is_refused(body: dict[str, Any], provider: str) -> None:
    assert "Operators set MAX_" in refusal(body, provider).message


@pytest.mark.parametrize(
    "body", [{"n": 16}, {"max_tokens": 1_000_000}, {"max_tokens": -1}, {"logprobs": True}]
)
def test_a_usual_count_passes(body: dict[str, Any]) -> None:
    assert body.items() <= fitted(body)[0].items()


def test_a_raw_completion_has_the_same_limits() -> None:
    body = read_completion({"prompt": "x", "best_of": 1_000_000})
    with pytest.raises(PortalError, match="best_of: at most 16"):
        fit_completion(body, resolution())


@pytest.mark.parametrize(
    "name", ["langfuse_host", "aws_sts_endpoint", "deployment_url", "s3_endpoint_url"]
)
def test_the_server_of_a_service_is_refused_where_all_passes(name: str) -> None:
    assert "the address of a server" in refusal({name: "x"}, "open").message
    assert "the address of a server" in refusal({"my_metadata": {name: "x"}}, "open").message


@pytest.mark.parametrize("name", ["messages", "tools", "prompt", "stream"])
def test_embeddings_have_no_conversation(name: str) -> None:
    plain = resolution("plain", "embeddings", "v")
    sent, reported = fit_embeddings(read_embeddings({"input": "x", name: "y"}), plain)
    assert (sent, reported.dropped) == ({"input": "x"}, (name,))
    content = [{"type": "image_url", "image_url": {"url": "http://169.254.169.254/"}}]
    body = {"input": "x", name: [{"role": "user", "content": content}]}
    with pytest.raises(PortalError, match="callers do not choose the address"):
        fit_embeddings(read_embeddings(body), plain)


@pytest.mark.parametrize(
    ("path", "body"),
    [("/v1/chat/completions", {"max_tokens": 10**9}), ("/v1/messages", {"max_tokens": 10**9}),
     ("/v1/responses", {"input": "x", "max_output_tokens": 10**9}),
     ("/api/chat", {"options": {"num_predict": 10**9}})],
)  # fmt: skip
def test_every_door_has_the_limits_and_names_its_own_field(
    portal: Portal, fake: FakeProvider, path: str, body: dict[str, Any]
) -> None:
    chat = {} if "input" in body else {"messages": [{"role": "user", "content": "x"}]}
    answer = portal.post(path, {"model": "fake:talker", **chat, **body})
    assert answer.status_code == 400, answer.text
    assert "at most 1000000 here" in answer.text
    assert fake.posts == []
