"""Rankings, transcripts and images that no caller could parse, or that are no JSON at all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import openai
from registry.providers.events import Chunk, Done
from registry.providers.openai.relays.events import EventStream
from registry.providers.wire import Stamp, Target
from tests.support.provider_messages import event

QUERY: dict[str, Any] = {"query": "q", "documents": ["a", "b"]}
IMAGE = b'{"created":1,"data":[{"b64_json":"aGk=","x":%s}]}'


def read(kind: str, data: bytes, **body: Any) -> bytes:
    return openai.RELAYS[kind].read(data, {**QUERY, **body}).data


def run(kind: str, data: bytes, **request: Any) -> list[Any]:
    stream = openai.RELAYS[kind].Stream(Target("p", "m", "http://h", {}), Stamp("x", 1, request))
    assert isinstance(stream, EventStream)
    return [*stream.feed(data), *stream.close()]


@pytest.mark.parametrize(
    "value", [b"NaN", b"-Infinity", rb'"\ud83d"', '"ü"'.encode("latin-1"), b'{"a": NaN}']
)
def test_an_answer_that_is_not_strict_json_becomes_it(value: bytes) -> None:
    assert json.loads(IMAGE % b"1")["data"] == [{"b64_json": "aGk=", "x": 1}]
    for kind, data in (
        ("image_generation", IMAGE % value),
        ("transcription", b'{"text":"Hi","x":%s}' % value),
    ):
        relayed = read(kind, data).decode()
        json.loads(relayed, parse_constant=pytest.fail)
        relayed.encode()
        assert "\\ud83d" not in relayed


def test_a_byte_order_mark_is_not_relayed() -> None:
    assert read("image_generation", b"\xef\xbb\xbf" + IMAGE % b"1") == IMAGE % b"1"


def test_an_event_that_is_not_strict_json_becomes_it() -> None:
    data = b'data: {"type":"transcript.text.done","text":"NaN \\ud83d","avg":NaN}\n\n'
    chunk, _ = run("transcription", data)
    text = chunk.data.decode().removeprefix("data: ")
    assert json.loads(text, parse_constant=pytest.fail)["avg"] is None
    assert "\\ud83d" in text  # the next event may hold the other half
    plain = event({"type": "transcript.text.done", "text": "NaN"})
    assert run("transcription", plain)[0].data == plain


def test_a_whole_answer_is_complete_with_any_number_of_images() -> None:
    events = run("image_generation", IMAGE % b"1", n=2)
    assert [type(each) for each in events] == [Chunk, Done]
    assert type(run("image_generation", IMAGE % b"1", n="2")[-1]) is Done


@pytest.mark.parametrize("score", [10**400, -(2**63), float("inf")])
def test_a_score_that_is_no_number_to_callers_is_an_error(score: float) -> None:
    with pytest.raises(PortalError):
        read("rerank", json.dumps({"results": [{"index": 0, "relevance_score": score}]}).encode())


def test_a_score_may_have_the_other_name() -> None:
    row = {"index": 0, "relevance_score": None, "score": 0.5}
    answer = json.loads(read("rerank", json.dumps({"results": [row]}).encode()))
    assert answer["results"] == [{"index": 0, "relevance_score": 0.5}]


def test_a_count_that_is_no_count_is_not_counted() -> None:
    data = json.dumps({"results": [], "usage": {"total_tokens": 10**400}}).encode()
    assert openai.RELAYS["rerank"].read(data, QUERY).usage is None


@pytest.mark.parametrize(
    "data", [b'data: {"text": "Hi"}\n\n', b'\nevent: x\r\ndata:{"text": "Hi"}\r\n\r\n']
)
def test_a_stream_is_no_text(data: bytes) -> None:
    with pytest.raises(PortalError):
        read("transcription", data, response_format="text")
    words = b'data: "Hi"'
    assert read("transcription", words, response_format="vtt") == words


def test_text_in_another_encoding_is_still_text() -> None:
    data = "Grüße".encode("latin-1")
    assert read("transcription", data, response_format="text").decode() == "Gr\ufffd\ufffde"
