"""Pieces of OpenAI's chunks and answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from doors.messages.answer import usage as of_messages
from doors.pieces import Piece, of_answer, of_chunk
from doors.responses.answer import usage as of_responses
from registry.providers.events import Chunk, server_sent


def test_the_text_that_ended_an_answer_is_read() -> None:
    data = b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}'
    assert of_chunk(Chunk(server_sent(data), finish_reason="stop")).stop == "END"
    number = data.replace(b'"END"', b"128001")
    assert of_chunk(Chunk(server_sent(number), finish_reason="stop")).stop == "", "a token's"
    choice = {"message": {"content": "a"}, "finish_reason": "stop", "stop_reason": "END"}
    assert of_answer({"choices": [choice]}).stop == "END"


def thinking(text: str, signature: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "thinking", "thinking": text, "signature": signature, **more}


def of_blocks(*blocks: dict[str, Any], reasoning: str = "") -> Piece:
    delta = {"thinking_blocks": blocks, "reasoning_content": reasoning}
    data = json.dumps({"choices": [{"index": 0, "delta": delta}]}).encode()
    return of_chunk(Chunk(server_sent(data), reasoning=reasoning))


def test_a_gateway_streams_a_thought_in_parts_and_its_signature_last() -> None:
    """As LiteLLM does: https://docs.litellm.ai/docs/reasoning_content."""
    part = of_blocks(thinking("Hm"), reasoning="Hm")
    assert (part.reasoning, part.thoughts) == ("Hm", [])
    assert of_blocks(thinking("Hm")) == Piece(), "its text was streamed before"
    assert of_blocks(thinking("", "s", index=0)).thoughts == [thinking("", "s")]


def test_thoughts_without_a_signature_are_text_alone() -> None:
    message = {"reasoning_content": "Hm", "thinking_blocks": [thinking("Hm")]}
    answer = of_answer({"choices": [{"message": message}]})
    assert (answer.reasoning, answer.thoughts) == ("Hm", [])


def test_a_model_that_refuses_ends_for_this_reason() -> None:
    """As in streams: the Messages API has a reason of its own for it."""
    refused = {"message": {"content": None, "refusal": "No."}, "finish_reason": "stop"}
    assert of_answer({"choices": [refused]}).finish_reason == "refusal"
    assert (
        of_answer({"choices": [{**refused, "finish_reason": "length"}]}).finish_reason == "length"
    )


@pytest.mark.parametrize(
    "blocks", [["x", None], "x", {}, [{"signature": 5, "thinking": None}], [5]]
)
def test_thoughts_of_another_form_are_left_out(blocks: Any) -> None:
    data = json.dumps({"choices": [{"index": 0, "delta": {"thinking_blocks": blocks}}]}).encode()
    assert of_chunk(Chunk(server_sent(data), "Hi")) == Piece("Hi")


def test_a_chunk_of_another_form_is_the_providers_error() -> None:
    data = b'{"choices":[{"index":0,"delta":{"tool_calls":{"index":0}}}]}'
    with pytest.raises(PortalError) as caught:
        of_chunk(Chunk(server_sent(data)))
    assert caught.value.code == "provider_bad_response"


@pytest.mark.parametrize("odd", ["x", [], [1], -1, None, 10**400, {"cached_tokens": "x"}])
@pytest.mark.parametrize("write", [of_messages, of_responses])
def test_counts_of_another_form_are_none(write: Any, odd: Any) -> None:
    counted = {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": odd,
               "completion_tokens_details": odd, "total_tokens": odd}  # fmt: skip
    usage = write(counted)
    assert (usage["input_tokens"], usage["output_tokens"]) == (5, 2)
    assert write({**counted, "prompt_tokens": odd})["input_tokens"] == 0
