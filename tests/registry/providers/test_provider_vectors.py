"""Whole answers of real servers that differ from OpenAI's documents: vectors, messages, lists."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import PortalError
from registry.providers import WIRES, openai
from tests.registry.providers.streams import STAMP
from tests.registry.providers.test_provider_streams import VALUES
from tests.support.provider_messages import completion

V = [[1.0, 0.5, -0.25], [2.0, 0.5, -0.25]]
BASE64 = ["AACAPwAAAD8AAIC+", "AAAAQAAAAD8AAIC+"]


def rows(*vectors: Any, **more: Any) -> Any:
    return {"data": [{"embedding": v, "index": i} for i, v in enumerate(vectors)], **more}


VECTORS = {
    "OpenAI": rows(*V, model="m", usage={"prompt_tokens": 3, "total_tokens": 3}),
    "Voyage: base64, whatever the request says": rows(*BASE64),
    "llama.cpp with pooling: one level deeper": rows([V[0]], [V[1]]),
    "batching servers: in any order": {
        "data": [{"embedding": V[1], "index": 1}, {"embedding": V[0], "index": 0}]
    },
    "LiteLLM for some providers: the same index for each": {
        "data": [{"embedding": v, "index": 0} for v in V]
    },
    "small servers: no index": {"data": [{"embedding": v} for v in V]},
    "PHP gateways: an index as text": {
        "data": [{"embedding": v, "index": str(i)} for i, v in enumerate(V)]
    },
    "null for what is not known": rows(*V, model=None, usage=None),
    "usage of another kind": rows(*V, model=7, usage="none"),
    "gateways that encode twice": json.dumps(rows(*V)),
    "integers among the numbers": rows([1, 0.5, -0.25], [2, 0.5, -0.25]),
}
NO_VECTORS = {
    "llama.cpp's own route: a bare list": [{"index": 0, "embedding": [[1.0]]}],
    "llama.cpp: null for NaN": rows([None, 0.5]),
    "NaN in base64": rows("AADAfw=="),
    "infinity in base64": rows("AACAfw=="),
    "not base64": rows("%%%"),
    "half a number in base64": rows("AAA="),
    "Cohere's own form": {"embeddings": {"float": V}},
    "texts": rows(["a"]),
    "OpenRouter: an empty vector": rows([]),
    "an empty vector in base64": rows(""),
    "null": {"data": None},
}


@pytest.mark.parametrize("name", VECTORS)
def test_vectors_are_read_in_the_order_of_the_inputs(name: str) -> None:
    assert openai.read_embeddings(json.dumps(VECTORS[name]).encode()).vectors == V


@pytest.mark.parametrize("name", NO_VECTORS)
def test_what_is_no_vector_is_refused(name: str) -> None:
    with pytest.raises(PortalError) as caught:
        openai.read_embeddings(json.dumps(NO_VECTORS[name]).encode())
    assert caught.value.code == "provider_bad_response"


@pytest.mark.parametrize("number", ["NaN", "1e999", "-Infinity", "1" + "0" * 400])
def test_a_number_that_json_cannot_write_is_no_vector(number: str) -> None:
    with pytest.raises(PortalError):
        openai.read_embeddings(b'{"data":[{"embedding":[%s],"index":0}]}' % number.encode())


LISTS: dict[str, tuple[Any, list[str]]] = {
    "OpenAI": ({"object": "list", "data": [{"id": "m", "object": "model"}]}, ["m"]),
    "Together and GitHub Models: a bare list": ([{"id": "m"}], ["m"]),
    "LM Studio with nothing loaded": ({"object": "list", "data": []}, []),
    "Go servers: null": ({"object": "list", "data": None}, []),
    "gateways: models": ({"models": [{"id": "m"}]}, ["m"]),
    "rows of another kind": ({"data": [{"id": 7}, "m", None, {"id": "m"}]}, ["m"]),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_list_of_models_is_read(name: str) -> None:
    answer, names = LISTS[name]
    assert openai.read_models(json.dumps(answer).encode()) == names


CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": {"city": "Bonn"}}}


def whole(**message: Any) -> bytes:
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello", **message}}
    return json.dumps({**completion(), "choices": [choice]}).encode()


def test_a_byte_order_mark_and_empty_lines_before_an_answer_are_dropped() -> None:
    for before in (b"\xef\xbb\xbf", b"\n\n\n"):  # .NET; DeepSeek under load
        assert openai.read_chat(before + whole(), STAMP)["choices"][0]["message"]["content"]


def test_arguments_that_are_an_object_become_text() -> None:  # LiteLLM, llama.cpp
    (choice,) = openai.read_chat(whole(tool_calls=[CALL]), STAMP)["choices"]
    assert choice["message"]["tool_calls"][0]["function"]["arguments"] == '{"city":"Bonn"}'


def test_an_error_in_a_choice_is_an_error() -> None:  # OpenRouter
    choice = {"finish_reason": "error", "message": {"content": ""},
              "error": {"code": 502, "message": "the upstream broke"}}  # fmt: skip
    with pytest.raises(PortalError, match="the upstream broke") as caught:
        openai.read_chat(json.dumps({"choices": [choice]}).encode(), STAMP)
    assert caught.value.code == "provider_error"


@pytest.mark.parametrize("reason", ["error", "abort"])
def test_an_answer_that_its_server_aborted_is_an_error(reason: str) -> None:  # vLLM
    choice = {"finish_reason": reason, "message": {"content": "Hel"}}
    with pytest.raises(PortalError) as caught:
        openai.read_chat(json.dumps({"choices": [choice]}).encode(), STAMP)
    assert caught.value.code == "provider_error"


@settings(max_examples=300, deadline=None)
@given(value=VALUES, status=st.sampled_from([400, 403, 404, 410, 413, 429, 500, 503]))
def test_any_json_is_an_answer_or_an_error(value: Any, status: int) -> None:
    for body in (value, {"choices": [value]}, {"choices": [{"message": value}]}, {"data": [value]},
                 {"error": value}, {"message": value}, [value]):  # fmt: skip
        data = json.dumps(body).encode()
        for wire in WIRES.values():
            for read in (wire.read_embeddings, wire.read_models, wire.read_completion):
                _read(read, data)
            _read(lambda data, wire=wire: wire.read_chat(data, STAMP), data)
            error = wire.read_error(status, {"retry-after": str(value)}, data)
            json.dumps([error.message, error.provider], ensure_ascii=False).encode()


@settings(max_examples=300, deadline=None)
@given(data=st.binary(max_size=60), prefix=st.sampled_from([b"", b'{"error":"', b"<html><title>"]))
def test_any_bytes_are_an_error_with_a_message(data: bytes, prefix: bytes) -> None:
    for status in (400, 404, 429, 503):
        error = openai.read_error(status, {"retry-after": data.decode("latin-1")}, prefix + data)
        json.dumps([error.message, error.provider], ensure_ascii=False).encode()


def _read(read: Any, data: bytes) -> None:
    try:
        read(data)
    except PortalError as error:
        error.message.encode()


@pytest.mark.parametrize(
    "body",
    [b"<html>" + b"<title>" * 15_000, b"<html><title>" + b"<" * 100_000, b"model " * 16_000,
     b"retry " * 5_000 + b"1" * 70_000, b"wait " + b"1s " * 33_000, b'{"error":"' + b"\\" * 100_000,
     b"[" * 100_000, b'{"error":' * 900 + b"1" + b"}" * 900, b'"' + b"input length " * 7_000 + b'"'],
    ids=range(9),
)  # fmt: skip
def test_a_long_body_is_read_in_linear_time(body: bytes) -> None:
    started = time.process_time()
    openai.read_error(400, {}, body)
    assert time.process_time() - started < 3, "a quadratic search takes far longer"
