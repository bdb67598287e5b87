"""What the tables say of answers is what callers get, whole and streamed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from doors import answers, messages, pieces, responses
from doors.ollama import chat
from doors.ollama.fields import Timed
from registry.providers.events import Chunk
from registry.providers.openai.stream import ChunkStream
from registry.providers.wire import Stamp
from tests.registry.providers.streams import TARGET
from tests.support.provider_messages import DONE, event

MARK = "canary"
TABLES = {
    "messages": (messages, answers.MESSAGES),
    "responses": (responses, answers.RESPONSES),
    "ollama": (chat, answers.OLLAMA),
}
CASES = [(door, name) for door, (_, table) in TABLES.items() for name in table]
ASKED = Timed("", {"messages": [{"role": "user", "content": "Hi"}], "stop": [MARK]},
              {"include": ["reasoning.encrypted_content"]})  # fmt: skip
CALL = {"index": 0, "id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a": "canary"}'}}  # fmt: skip
NUMBER = 987654  # of tokens
LOGPROBS = {"content": [{"token": MARK, "logprob": -1.0, "bytes": None, "top_logprobs": []}]}
# What a server sends: fields of a message, of its choice, and of the answer.
SENT: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "content": ({"content": MARK}, {}, {}),
    "reasoning_content": ({"reasoning_content": MARK}, {}, {}),
    "thinking_blocks": (
        {"thinking_blocks": [{"type": "thinking", "thinking": "", "signature": MARK}]}, {}, {}),
    "refusal": ({"refusal": MARK}, {}, {}),
    "tool_calls": ({"tool_calls": [CALL]}, {}, {}),
    "finish_reason": ({}, {"finish_reason": "length"}, {}),
    "stop_reason": ({}, {"finish_reason": "stop", "stop_reason": MARK}, {}),
    "usage": ({}, {}, {"usage": {"prompt_tokens": NUMBER, "completion_tokens": 1}}),
    "reasoning_tokens": ({}, {}, {"usage": {
        "prompt_tokens": 1, "completion_tokens": 1,
        "completion_tokens_details": {"reasoning_tokens": NUMBER}}}),
    "logprobs": ({"content": "a"}, {"logprobs": LOGPROBS}, {}),
    "annotations": ({"annotations": [{"a": MARK}]}, {}, {}),
    "citations": ({"citations": [MARK]}, {}, {}),
    "audio": ({"audio": {"data": MARK}}, {}, {}),
    "images": ({"images": [{"image_url": {"url": MARK}}]}, {}, {}),
    "phase": ({"phase": MARK}, {}, {}),
    "provider_specific_fields": ({"provider_specific_fields": {"blocks": [MARK]}}, {}, {}),
}  # fmt: skip
FOUND = {"finish_reason": ("max_tokens", "max_output_tokens", "length")}


def whole(door: str, name: str) -> str:
    message, choice, more = SENT[name]
    choice = {"finish_reason": "stop", **choice, "message": {"content": None, **message}}
    piece = pieces.of_answer({"choices": [choice], **more})
    return json.dumps(TABLES[door][0].answer(piece, ASKED, "1", "m"))


def streamed(door: str, name: str) -> str:
    message, choice, more = SENT[name]
    first = {"index": 0, "delta": message, **{k: v for k, v in choice.items() if k == "logprobs"}}
    last = {"index": 0, "delta": {}, "finish_reason": "stop", **choice}
    parser = ChunkStream(TARGET, Stamp("chatcmpl-1", 1, ASKED.chat))
    events = parser.feed(event({"choices": [first]}) + event({"choices": [last], **more}) + DONE)
    writer = TABLES[door][0].Writer(ASKED, "1", "m")
    written = [writer.write(pieces.of_chunk(e)) for e in events if isinstance(e, Chunk)]
    return b"".join([*written, writer.end()]).decode()


@pytest.mark.parametrize("write", [whole, streamed])
@pytest.mark.parametrize(("door", "name"), CASES)
def test_a_field_has_its_fate(door: str, name: str, write: Any) -> None:
    written, fate = write(door, name), TABLES[door][1][name].kind
    signs = FOUND.get(name, (MARK, str(NUMBER)))
    if (door, name) == ("responses", "thinking_blocks"):
        assert "portal:" in written
        return
    assert any(sign in written for sign in signs) == (fate != "dropped"), written


def test_every_field_has_an_example() -> None:
    assert all(table.keys() == SENT.keys() for _, table in TABLES.values())
