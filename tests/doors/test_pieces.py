"""Pieces of OpenAI's chunks and answers."""

from __future__ import annotations

from doors.pieces import of_answer, of_chunk
from registry.providers.events import Chunk, server_sent


def test_the_text_that_ended_an_answer_is_read() -> None:
    data = b'{"choices":[{"index":0,"delta":{},"finish_reason":"stop","stop_reason":"END"}]}'
    assert of_chunk(Chunk(server_sent(data), finish_reason="stop")).stop == "END"
    number = data.replace(b'"END"', b"128001")
    assert of_chunk(Chunk(server_sent(number), finish_reason="stop")).stop == "", "a token's"
    choice = {"message": {"content": "a"}, "finish_reason": "stop", "stop_reason": "END"}
    assert of_answer({"choices": [choice]}).stop == "END"
