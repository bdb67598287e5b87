"""Validation of requests, field by field."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.core.test_rules import CHAT, check_error
from tests.support.fake_provider import FakeProvider
from tests.support.portal import Portal

WRONG_FIELDS: list[tuple[str, dict[str, Any], str]] = [
    ("/v1/ai/chat/completion", {}, "messages"),
    ("/v1/ai/chat/completion", {"messages": []}, "messages"),
    ("/v1/ai/chat/completion", {"messages": "hi"}, "messages"),
    (
        "/v1/ai/chat/completion",
        {"messages": [{"role": "king", "content": "x"}]},
        "messages[0].role",
    ),
    (
        "/v1/ai/chat/completion",
        {"messages": [{"role": "user", "content": 5}]},
        "messages[0].content",
    ),
    ("/v1/ai/chat/completion", {**CHAT, "model": 5}, "model"),
    ("/v1/ai/chat/completion", {**CHAT, "model": ["a"]}, "model"),
    ("/v1/ai/chat/completion", {**CHAT, "stream": "yes"}, "stream"),
    ("/v1/ai/chat/completion", {**CHAT, "n": True}, "n"),
    ("/v1/ai/chat/completion", {**CHAT, "max_tokens": 0}, "max_tokens"),
    ("/v1/ai/chat/completion", {**CHAT, "max_tokens": "12"}, "max_tokens"),
    ("/v1/ai/chat/completion", {**CHAT, "temperature": "hot"}, "temperature"),
    (
        "/v1/ai/chat/completion",
        {**CHAT, "stream_options": {"include_usage": 1}},
        "stream_options.include_usage",
    ),
    ("/v1/embeddings", {}, "input"),
    ("/v1/embeddings", {"input": []}, "input"),
    ("/v1/embeddings", {"input": ""}, "input"),
    ("/v1/embeddings", {"input": ["a", 5]}, "input"),
    ("/v1/embeddings", {"input": "a", "encoding_format": "hex"}, "encoding_format"),
    ("/v1/ai/models/primary", {"model": "fake:talker"}, "capability"),
    ("/v1/ai/models/primary", {"capability": "chat", "model": 5}, "model"),
    (
        "/v1/ai/models/primary",
        {"capability": "chat", "model": "fake:talker", "modle": "x"},
        "modle",
    ),
    ("/v1/ai/models/primary", {"capability": "chta", "model": "fake:talker"}, "capability"),
]


@pytest.mark.parametrize(("path", "body", "param"), WRONG_FIELDS)
def test_a_wrong_field_is_named(
    portal: Portal, path: str, body: dict[str, Any], param: str
) -> None:
    error = check_error(portal.post(path, body, who="olga"), 400, "invalid_request")
    assert error["param"] == param


@pytest.mark.parametrize(
    "part",
    [{"type": "input_image", "image_url": "http://x"}, {"type": "text", "text": "x", "image_url": "http://x"},
     {"type": "video", "video": ["http://x"]}, {"type": "x", "x": {"a": {"url": "http://x"}}}, {"type": "text"},
     {"type": "image_url", "image_url": {}}, {"type": "file", "file": {"a": {"url": "http://x"}}}, {},
     {"type": "file", "file": {"file_id": "http://x"}}, {"type": "file", "file": {"file_url": "http://x"}},
     {"type": "input_audio", "input_audio": {"data": "http://x", "format": "wav"}},
     {"type": "image_url", "image_url": {"url": "data:x", "uri": "http://x"}}, {"type": ["text"]}],
)  # fmt: skip
@pytest.mark.parametrize("model", ["fake:talker", "pond:frog"])
def test_an_unknown_part_is_refused(
    portal: Portal, fake: FakeProvider, part: Any, model: str
) -> None:
    check_error(
        portal.chat(model=model, messages=[{"role": "user", "content": [part]}]),
        400,
        "invalid_request",
    )
    assert fake.posts == []


@pytest.mark.parametrize("field", ["base_url", "api_base", "api_key", "url"])
def test_a_caller_cannot_choose_the_server(portal: Portal, fake: FakeProvider, field: str) -> None:
    assert (
        check_error(
            portal.post("/v1/chat/completions", {**CHAT, field: "http://x"}), 400, "invalid_request"
        )["param"]
        == field
    )
    assert (
        portal.chat(messages=[{"role": "user", "content": "x", "images": ["http://x"]}]).status_code
        == 400
    )
    assert fake.posts == []


def test_a_long_word_blocks_no_other_request(portal: Portal) -> None:
    started = time.monotonic()
    check_error(portal.chat(model="a" * 300), 404, "model_not_found")
    check_error(portal.chat(model="a" * 500_000), 400, "invalid_request")
    check_error(portal.get("/v1/models/" + "a" * 7000), 404, "model_not_found")
    check_error(portal.get("/v1/ai/models?capability=" + "a" * 7000), 400, "invalid_request")
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "url", ["http://169.254.169.254/x", "file:///etc/passwd", "https://a/b.png", 5]
)
def test_only_data_urls_are_allowed(portal: Portal, fake: FakeProvider, url: Any) -> None:
    content = [{"type": "image_url", "image_url": {"url": url}}]
    answer = portal.chat(messages=[{"role": "user", "content": content}])
    check_error(answer, 400, "invalid_request")
    assert fake.posts == []
