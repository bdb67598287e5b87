"""Recorded answers of the real Ollama are parsed: the fake provider must not be the only proof."""

from __future__ import annotations

import pytest

from core.errors import PortalError
from registry.providers import ollama
from registry.providers.events import Chunk, Done
from registry.providers.wire import Stamp, Target
from tests.support.paths import DATA

FOLDER = DATA / "transcripts" / "ollama"
STAMP = Stamp("chatcmpl-1", 1)


def transcript(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_a_chat_is_parsed() -> None:
    answer = ollama.read_chat(transcript("chat.json"), STAMP)
    assert answer["choices"][0]["message"] == {
        "role": "assistant",
        "content": "Hello! How are you today?",
    }
    assert answer["choices"][0]["finish_reason"] == "stop"
    assert answer["usage"] == {"prompt_tokens": 26, "completion_tokens": 298, "total_tokens": 324}
    assert answer["model"] == "llama3.2"


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_a_streamed_chat_is_parsed(size: int) -> None:
    parser = ollama.Stream(Target("ollama", "x", "http://h", {}), STAMP)
    data = transcript("chat_stream.ndjson")
    events = [e for at in range(0, len(data), size) for e in parser.feed(data[at : at + size])]
    events += parser.close()
    assert isinstance(events[-1], Done)
    assert "".join(e.text for e in events if isinstance(e, Chunk)) == "The"


def test_a_tool_call_is_parsed() -> None:
    choice = ollama.read_chat(transcript("tools.json"), STAMP)["choices"][0]
    function = choice["message"]["tool_calls"][0]["function"]
    assert function == {"name": "get_current_weather",
                        "arguments": '{"format":"celsius","location":"Paris, FR"}'}  # fmt: skip
    assert choice["finish_reason"] == "tool_calls"


def test_a_structured_answer_is_parsed() -> None:
    answer = ollama.read_chat(transcript("structured.json"), STAMP)
    assert answer["choices"][0]["message"]["content"] == '{"age": 22, "available": false}'


def test_a_loading_reply_is_not_an_answer() -> None:
    with pytest.raises(PortalError, match="not an answer"):
        ollama.read_chat(transcript("load.json"), STAMP)


def test_a_raw_completion_is_parsed() -> None:
    completion = ollama.read_completion(transcript("generate.json"))
    assert completion.text.startswith(" The sky appears blue")
    assert completion.usage == {"prompt_tokens": 14, "completion_tokens": 110, "total_tokens": 124}


def test_embeddings_are_parsed() -> None:
    embeddings = ollama.read_embeddings(transcript("embed.json"))
    assert [len(vector) for vector in embeddings.vectors] == [3, 3]
    assert embeddings.usage == {"prompt_tokens": 8, "total_tokens": 8}
