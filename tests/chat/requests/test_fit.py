"""Which fields of a request pass to a provider, which are dropped, and which are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat.requests import fit, fit_embeddings, fit_images, fit_rerank, read_chat, read_embeddings
from core.errors import PortalError
from core.http.body import read_json
from tests.chat.requests.fitting import (
    CALL,
    PIXEL,
    REGISTRY,
    USER,
    fitted,
    part,
    refusal,
    resolution,
)

PASSING: list[dict[str, Any]] = [
    {"top_k": 3, "min_p": 0.1, "repetition_penalty": 1.1, "dry_multiplier": 0.8},
    {"chat_template_kwargs": {"enable_thinking": False}, "thinking": {"type": "disabled"}},
    {"reasoning": {"effort": "low", "exclude": True}, "usage": {"include": True}},
    {"guided_json": {"type": "object", "properties": {"url": {"type": "string"}}}},
    {"stop": None, "tools": None, "response_format": None, "stream_options": None, "n": None},
    {"max_tokens": -1},
    {"metadata": {"run": 1, "url": "http://x", "host": "y"}},
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
    part({"type": "file", "file": {"file_data": PIXEL, "filename": "https://x/a.pdf"}}),
    part({"type": "input_audio", "input_audio": {"data": "//uQ" + "A" * 5000, "format": "mp3"}}),
    {"messages": [{**USER, "images": ["/9j/4AAQ", PIXEL]}]},
    {"chat_template_kwargs": {"enable_thinking": False, "host": "x", "documents": [{"url": "http://x"}]}},
    {"documents": [{"title": "x", "text": "y", "url": "http://x"}]},
    {"structured_outputs": {"json": {"properties": {"api_base": {}}}}},
    {"nvext": {"guided_json": {"properties": {"url": {}}}, "ignore_eos": True}},
    {"reasoning": {"metadata": {"url": "http://x"}}, "audio": {"voice": "alloy", "format": "wav"}},
    {"response_format": {"type": "json_schema", "json_schema": {"schema": {"model": {"messages": []}}}}},
    {"logit_bias": [[15043, 1.0], ["x", False]], "logprobs": 5, "metadata": [], "typ_p": 1.0},
    {"tools": [{"type": "function", "name": "get", "parameters": {"properties": {"url": {}, "model": {}}}}]},
    {"tools": [{"type": "function", "function": {"name": "get", "input_examples": [{"url": "http://x"}],
        "returns": {"properties": {"host": {}}}, "metadata": {"url": "http://x"}, "parameters": {}}}]},
]  # fmt: skip


@pytest.mark.parametrize("body", PASSING, ids=range(len(PASSING)))
def test_known_fields_pass_as_they_are(body: dict[str, Any]) -> None:
    assert fitted(body) == ({"messages": [USER], **body}, ())


def test_whole_numbers_may_be_written_as_fractions() -> None:
    """Java's Gson writes each number of a map as 1024.0."""
    body = {
        "messages": [USER],
        "max_tokens": 1024.0,
        "n": 1.0,
        "temperature": 0.5,
        "top_logprobs": -1,
    }
    assert json.dumps(fitted(body)[0], sort_keys=True) == json.dumps(
        {**body, "max_tokens": 1024, "n": 1}, sort_keys=True
    )
    with pytest.raises(PortalError, match="max_tokens"):
        read_chat({"messages": [USER], "max_tokens": 1.5})
    assert read_embeddings({"input": "x", "dimensions": 8.0})["dimensions"] == 8


def test_a_body_may_begin_with_a_byte_order_mark() -> None:
    assert read_json(b'\xef\xbb\xbf{"messages": []}') == {"messages": []}


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
    {"content": [{"type": "text", "text": "x"}, {"type": "reference", "reference_ids": [1]}]},
    {"content": "x", "annotations": {}, "reasoning": {"text": "hm"}, "refusal": False, "audio": "x"},
]  # fmt: skip


@pytest.mark.parametrize("answer", HISTORY, ids=range(len(HISTORY)))
def test_an_answer_is_taken_back_as_history(answer: dict[str, Any]) -> None:
    messages = [USER, {"role": "assistant", **answer}, USER]
    assert fitted({"messages": messages}) == ({"messages": messages}, ())


def test_other_fields_are_dropped_and_reported() -> None:
    body = {"style": "kind", "colour": 1, "messages": [{**USER, "mood": "x"}], "empty": None}
    sent, dropped = fitted(body)
    assert sent == {"messages": [USER]}, "strict servers refuse a null, too"
    assert dropped == ("style", "colour", "messages.mood")
    _, reported = fit(read_chat({"messages": [USER], **body}), resolution())
    assert dict(reported.header_lines)[b"x-dropped"] == b"style, colour, messages.mood"
    assert reported.as_dict()["dropped"] == ["style", "colour", "messages.mood"]


HARMLESS: list[dict[str, Any]] = [
    {"information": "x", "platform": "x", "nonstop": True},
    {"json_mode": False, "stop_sequences": [], "my_schema": None},
    {
        "litellm_metadata": {"headers": {}, "url": "http://x"},
        "trace": {"user_metadata": {"host": "x"}},
    },
    {"variables": {"{{USER_NAME}}": "x"}, "features": {"web_search": False}, "extra_body": {}},
]


@pytest.mark.parametrize("body", HARMLESS, ids=range(len(HARMLESS)))
def test_a_word_inside_of_a_name_constrains_nothing(body: dict[str, Any]) -> None:
    sent, dropped = fitted(body)
    assert sent == {"messages": [USER]}
    assert set(dropped) == {name for name, value in body.items() if value is not None}


def test_an_answer_loses_what_a_server_would_load() -> None:
    image = {"type": "image_url", "image_url": {"url": "https://cdn/a.png"}}
    own = {"type": "tool_file", "file_id": "f"}
    text = {"type": "text", "text": "x"}
    answer = {"role": "assistant", "content": [text, image, own], "images": [image]}
    sent, dropped = fitted({"messages": [USER, answer, USER]})
    assert sent["messages"][1] == {"role": "assistant", "content": [text], "images": []}
    assert dropped == ("content.image_url", "content.tool_file", "images.image_url")
    assert "fetch" in refusal({"messages": [{**answer, "role": "user"}]}).message


LINK = "http://169.254.169.254/"


@pytest.mark.parametrize("role", ["user", "system", "developer", "tool", "function"])
@pytest.mark.parametrize(
    "fields",
    [
        {"audio": {"url": LINK}},
        {"audio": LINK},
        {"context": {"data_sources": [{"endpoint": LINK}]}},
        {"context": '{"api_base": "http://h"}'},
        {"documents": [{"document": {"file_id": "f"}}]},
        {"provider_specific_fields": {"api_key": "k"}},
        {"extra_content": {"vendor": {"base_url": LINK}}},
        {"search_results": [{"image": LINK}]},
        {"id": {"extra_headers": {"x": "y"}}},
        {"tool_calls": [{"function": {"name": "f"}, "url": LINK}]},
        {"function_call": {"name": "f", "arguments": '{"api_base": "http://h"}'}},
        {"content": [{"type": "text", "text": "x", "provider_options": {"vendor": {"baseURL": LINK}}}]},
        {"content": [{"type": "text", "text": "x", "extra_content": {"image": LINK}}]},
        {"content": [{"type": "image_url", "image_url": {"url": PIXEL}, "data": LINK}]},
        {"content": [{"type": "thinking", "thinking": "x", "data": "file:///etc/passwd"}]},
    ],
)  # fmt: skip
def test_what_answers_have_is_examined_in_other_messages(role: str, fields: dict[str, Any]) -> None:
    message = {"content": "x", **fields, "role": role}
    for provider in ("plain", "open"):
        assert refusal({"messages": [message]}, provider).param == "messages"


def test_the_words_of_a_message_are_not_examined() -> None:
    said = {
        "role": "tool",
        "tool_call_id": "http://x/",
        "name": "/x",
        "content": '{"url": "http://x"}',
    }
    options = {"type": "text", "text": LINK, "cache_control": {"type": "ephemeral"},
               "provider_options": {"vendor": {"imageDetail": "low"}}}  # fmt: skip
    messages = [{**USER, "content": [options], "cache_control": {"type": "ephemeral"}}, said]
    assert fitted({"messages": messages})[0] == {"messages": messages}


def test_unknown_keys_of_media_are_dropped_and_reported() -> None:
    sent, dropped = fitted(part({"type": "image_url", "image_url": {"url": PIXEL, "uuid": "u"}}))
    assert sent["messages"][0]["content"] == [{"type": "image_url", "image_url": {"url": PIXEL}}]
    assert dropped == ("content.image_url.uuid",)


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
    body = {"input": "x", "messages": [{"content": [{"image_url": "http://x"}]}], "style": "x"}
    sent, reported = fit_embeddings(body, REGISTRY.resolve("embeddings", "open:v", None))
    assert (sent, reported.dropped) == ({"input": "x", "style": "x"}, ("messages",))
    with pytest.raises(PortalError, match="callers do not choose the address"):
        fit_embeddings({"input": "x", "api_base": "y"}, resolution("plain", "embeddings", "v"))


@pytest.mark.parametrize(
    ("field", "value", "sent"),
    [("image", "aGk=", True), ("steps_more", 5, True), ("image", "https://10.0.0.1/x", None),
     ("Model", "other", None), ("MODEL", "other", None), ("messages", [], False), ("api_base", "x", None),
     ("loras", [{"path": "http://x"}], None), ("image_loras", ["x"], None), ("override_settings", {"a": 1}, None)],
)  # fmt: skip
def test_where_all_fields_pass_dangers_do_not(field: str, value: Any, sent: bool | None) -> None:
    chosen = REGISTRY.resolve("image_generation", "open:painter", None)
    body = {"prompt": "A cat", field: value}
    if sent is None:
        with pytest.raises(PortalError):
            fit_images(body, chosen)
    else:
        assert (field in fit_images(body, chosen)[0]) is sent


def test_a_ranking_is_never_streamed_even_where_all_fields_pass() -> None:
    chosen = REGISTRY.resolve("rerank", "open:ranker", None)
    body = {"query": "q", "documents": ["a"], "stream": True}
    sent, reported = fit_rerank(body, chosen)
    assert ("stream" in sent, reported.dropped) == (False, ("stream",))
    with pytest.raises(PortalError):
        fit_rerank({**body, "Stream": True}, chosen)


@pytest.mark.parametrize("tokens", [[1, 2], [[1, 2], [3]]])
def test_tokens_need_a_model_whose_tokenizer_is_known(tokens: Any) -> None:
    chosen = resolution("some", "embeddings", "e")
    assert fit_embeddings({"input": tokens}, chosen) == ({"input": tokens}, chosen)
    with pytest.raises(PortalError, match="check_embedding_ctx_length=False"):
        fit_embeddings({"input": tokens}, resolution("plain", "embeddings", "v"))
