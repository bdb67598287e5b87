"""Pieces of OpenAI's chunks and answers."""

from __future__ import annotations

import json
from typing import Any

from doors.pieces import Piece, of_answer, of_chunk
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
