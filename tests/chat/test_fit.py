"""Which fields of a request pass to a provider, which are dropped, and which are refused."""

from __future__ import annotations

from typing import Any

import pytest

from chat.requests import fit, fit_embeddings, read_chat
from chat.requests.fields import DANGEROUS
from core.errors import PortalError
from registry.config.load import load_config
from registry.entities import Resolution
from registry.snapshot import build

MODELS = b"""
models:
  plain: {api: openai, endpoint: "http://h/v1", registry: {m: {capabilities: [chat]}, v: {capabilities: [embeddings]}}}
  open: {api: openai, endpoint: "http://h/v1", pass: all, fetches: true, tools: [web_search]}
  some:
    api: openai
    endpoint: http://h/v1
    pass: [style, my_schema]
    registry: {e: {capabilities: [embeddings], tokenizer: cl100k}}
"""
REGISTRY = build(load_config(MODELS, {}))
USER = {"role": "user", "content": "Weather?"}
CALL = {"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}
PIXEL = "data:image/png;base64,AAAA"


def resolution(provider: str = "plain", capability: str = "chat", name: str = "m") -> Resolution:
    return REGISTRY.resolve(capability, f"{provider}:{name}", None)


def fitted(body: dict[str, Any], provider: str = "plain") -> tuple[dict[str, Any], tuple[str, ...]]:
    body = {"messages": [USER], **body}
    sent, reported = fit(read_chat(body), resolution(provider))
    return sent, reported.dropped


def refusal(body: dict[str, Any], provider: str = "plain") -> PortalError:
    with pytest.raises(PortalError) as caught:
        fitted(body, provider)
    assert caught.value.code == "invalid_request"
    return caught.value


def part(value: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": [value]}]}


PASSING: list[dict[str, Any]] = [
    {"top_k": 3, "min_p": 0.1, "repetition_penalty": 1.1, "dry_multiplier": 0.8},
    {"chat_template_kwargs": {"enable_thinking": False}, "thinking": {"type": "disabled"}},
    {"reasoning": {"effort": "low", "exclude": True}, "usage": {"include": True}},
    {"guided_json": {"type": "object", "properties": {"url": {"type": "string"}}}},
    {"stop": None, "tools": None, "response_format": None, "stream_options": None, "n": None},
    {"max_tokens": -1},
    {"metadata": {"run": 1, "url": "http://x", "api_base": "y"}},
    {"verbosity": "low", "prediction": {"type": "content", "content": "url: http://x"}},
    {"response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {
        "properties": {"host": {"type": "string"}, "headers": {"type": "object"}}}}}},
    {"tools": [{"type": "function", "function": {"name": "get", "parameters": {
        "properties": {"url": {"type": "string", "default": "http://x"}, "priority": {}}}}}]},
    {"tools": [{"type": "custom", "custom": {"name": "sh", "format": {"type": "text"}}}]},
    {"tools": [{"function": {"name": "f"}, "cache_control": {"type": "ephemeral"}}]},
    part({"type": "text", "text": "see http://x", "cache_control": {"type": "ephemeral"}}),
    part({"type": "image_url", "image_url": {"url": PIXEL, "detail": "low"}}),
    part({"type": "input_audio", "input_audio": {"data": "AAAA", "format": "wav"}}),
    part({"type": "file", "file": {"file_data": "data:application/pdf;base64,AA", "filename": "a"}}),
]  # fmt: skip


@pytest.mark.parametrize("body", PASSING, ids=range(len(PASSING)))
def test_known_fields_pass_as_they_are(body: dict[str, Any]) -> None:
    assert fitted(body) == ({"messages": [USER], **body}, ())


HISTORY: list[dict[str, Any]] = [
    {"content": None, "tool_calls": [CALL], "reasoning_details": [{"type": "encrypted", "data": "x"}]},
    {"content": "x", "thinking_blocks": [{"type": "thinking", "thinking": "x", "signature": "y"}]},
    {"content": None, "tool_calls": [{**CALL, "extra_content": {"vendor": {"signature": "s"}}}]},
    {"content": "It is", "prefix": True},
    {"content": [{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "Hi"}]},
    {"content": "x", "provider_specific_fields": {"a": 1}, "audio": None, "function_call": None},
    {"content": "x", "executed_tools": [{"index": 0, "output": "http://x"}], "reasoning": "hm"},
    {"content": "x", "annotations": [{"type": "url_citation", "url_citation": {"url": "http://x"}}]},
    {"content": "", "images": [{"type": "image_url", "image_url": {"url": PIXEL}}]},
    {"content": "x", "refusal": None, "parsed": {"a": 1}, "id": "msg_1"},
    {"tool_calls": [CALL]},
]  # fmt: skip


@pytest.mark.parametrize("answer", HISTORY, ids=range(len(HISTORY)))
def test_an_answer_is_taken_back_as_history(answer: dict[str, Any]) -> None:
    messages = [USER, {"role": "assistant", **answer}, USER]
    assert fitted({"messages": messages}) == ({"messages": messages}, ())


REFUSED: list[tuple[dict[str, Any], str]] = [
    *(({name: "x"}, name) for names in DANGEROUS.values() for name in sorted(names)),
    ({"extra_headers": {"a": "b"}}, "extra_headers"),
    ({"apiBase": "x"}, "apiBase"),
    ({"extra_body": {"deep": [{"api-key": "x"}]}}, "extra_body.deep.api-key"),
    ({"reasoning": {"base_url": "x"}}, "reasoning.base_url"),
    ({"options": {"num_gpu": 99}}, "options.num_gpu"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    ({"tools": [{"type": "mcp", "server_url": "http://x"}]}, "tools[0].type"),
    ({"tools": [{"type": "function", "function": {}, "server_url": "x"}]}, "tools[0].server_url"),
    ({"tools": [{"type": ["function"]}]}, "tools[0].type"),
    ({"web_search_options": {}}, "web_search_options"),
    ({"my_schema": {}}, "my_schema"),
    ({"output_grammar": "x"}, "output_grammar"),
    (part({"type": "image_url", "image_url": {"url": "https://x/a.png"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": "http://169.254.169.254/"}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}), "image_url.url"),
    (part({"type": "image_url", "image_url": {"url": PIXEL, "x": {"url": "http://x"}}}), "image_url.x"),
    (part({"type": "video_url", "video_url": {"url": "https://x"}}), "video_url.url"),
    (part({"type": "file", "file": {"file_id": "file-1"}}), "file.file_id"),
    (part({"type": "input_image", "image_url": "http://x"}), "image_url"),
    (part({"type": "text", "text": "x", "image_url": "http://x"}), "content[0].image_url"),
    (part({"type": "text", "txt": "x"}), "content[0].text"),
    (part({"type": "sound"}), "content[0].type"),
    ({"messages": [{**USER, "images": ["http://x"]}]}, "images[0]"),
    ({"messages": [{**USER, "api_base": "http://x"}]}, "messages[0].api_base"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused_is_named_with_its_path(body: dict[str, Any], path: str) -> None:
    assert path in refusal(body).message


def test_other_fields_are_dropped_and_reported() -> None:
    body = {"style": "kind", "colour": 1, "messages": [{**USER, "mood": "x"}], "empty": None}
    sent, dropped = fitted(body)
    assert sent == {"messages": [USER], "empty": None}
    assert dropped == ("style", "colour", "messages.mood")
    _, reported = fit(read_chat({"messages": [USER], **body}), resolution())
    assert dict(reported.header_lines)[b"x-dropped"] == b"style, colour, messages.mood"
    assert reported.as_dict()["dropped"] == ["style", "colour", "messages.mood"]


def test_a_header_has_ten_names_at_most_and_only_ascii() -> None:
    _, reported = fit({"messages": [USER], **{f"é{i}": 1 for i in range(12)}}, resolution())
    names = dict(reported.header_lines)[b"x-dropped"].decode().split(", ")
    assert names[0] == "%C3%A90"
    assert len(names) == 10
    assert len(reported.dropped) == 12


def test_operators_let_fields_through() -> None:
    assert fitted({"style": "kind", "my_schema": {}}, "some")[0]["my_schema"] == {}
    assert fitted({"anything": 1, "messages": [{**USER, "mood": "x"}]}, "open")[1] == ()
    assert "api_base" in refusal({"api_base": "x"}, "open").message
    assert "api_base" in refusal({"messages": [{**USER, "api_base": "x"}]}, "open").message


def test_operators_let_providers_fetch_images_and_run_tools() -> None:
    image = part({"type": "image_url", "image_url": {"url": "https://x/a.png"}})
    assert fitted(image, "open") == (image, ())
    assert (
        "fetch"
        in refusal(
            part({"type": "image_url", "image_url": {"url": "http://x/a.png"}}), "open"
        ).message
    )
    assert (
        "fetch"
        in refusal(part({"type": "video_url", "video_url": {"url": "https://x/a"}}), "open").message
    )
    tools = {"tools": [{"type": "web_search", "filters": {}}], "web_search_options": {}}
    assert fitted(tools, "open") == ({"messages": [USER], **tools}, ())


def test_an_image_written_as_text_is_read() -> None:
    sent, _ = fitted(part({"type": "image_url", "image_url": PIXEL}))
    assert sent["messages"][0]["content"] == [{"type": "image_url", "image_url": {"url": PIXEL}}]
    sent, _ = fitted({"messages": [{"role": "user", "content": ["a", "b"]}]})
    assert sent["messages"][0]["content"][1] == {"type": "text", "text": "b"}


def test_embeddings_take_their_own_fields_only() -> None:
    body = {"input": "x", "input_type": "query", "messages": [{"content": "http://x"}]}
    sent, reported = fit_embeddings(body, resolution("plain", "embeddings", "v"))
    assert sent == {"input": "x", "input_type": "query"}
    assert reported.dropped == ("messages",)
    with pytest.raises(PortalError, match="callers do not choose the address"):
        fit_embeddings({"input": "x", "api_base": "y"}, resolution("plain", "embeddings", "v"))


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_need_a_model_whose_tokenizer_is_known(tokens: Any) -> None:
    chosen = resolution("some", "embeddings", "e")
    assert fit_embeddings({"input": tokens}, chosen) == ({"input": tokens}, chosen)
    with pytest.raises(PortalError, match="check_embedding_ctx_length=False"):
        fit_embeddings({"input": tokens}, resolution("plain", "embeddings", "v"))
