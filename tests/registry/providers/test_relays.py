"""Rankings, transcripts and images: what is sent, and what becomes of real servers' answers."""

from __future__ import annotations

import json
from typing import Any

import pytest

from core.errors import PortalError
from registry.providers import WIRES, openai
from registry.providers.events import Chunk, Done, Event, Failure
from registry.providers.wire import Relayed, Stamp, Target, Upload
from tests.support.fake_provider import read_body
from tests.support.provider_messages import DONE, event

TARGET = Target("p", "m", "http://h/v1", {"Authorization": "Bearer k"})
QUERY: dict[str, Any] = {"query": "q", "documents": ["a", "b", "c"]}
RERANK = openai.RELAYS["rerank"]
SPEECH = openai.RELAYS["transcription"]
IMAGES = openai.RELAYS["image_generation"]


def ranked(answer: Any, **more: Any) -> dict[str, Any]:
    relayed = RERANK.read(json.dumps(answer).encode(), {**QUERY, **more})
    value: dict[str, Any] = json.loads(relayed.data)
    return value


def test_a_request_has_the_models_name_and_its_options() -> None:
    target = Target("p", "m", "http://h/v1?v=1", {}, {"truncation": True, "top_n": None})
    request = RERANK.write(target, {**QUERY, "top_n": 2})
    assert request.url == "http://h/v1/rerank?v=1"
    assert json.loads(request.body or b"") == {"truncation": True, "model": "m", **QUERY}


# name → results as a server writes them
RESULTS: dict[str, Any] = {
    "Cohere": {"id": "x", "results": [{"index": 1, "relevance_score": 0.9}, {"index": 0, "relevance_score": 0.1}], "meta": {"billed_units": {"search_units": 1}}},
    "Jina": {"model": "m", "object": "list", "usage": {"total_tokens": 5}, "results": [{"index": 1, "relevance_score": 0.9, "document": {"text": "b"}}, {"index": 0, "relevance_score": 0.1}]},
    "Voyage": {"object": "list", "data": [{"relevance_score": 0.9, "index": 1, "document": "b"}, {"relevance_score": 0.1, "index": 0}], "model": "m", "usage": {"total_tokens": 5}},
    "vLLM": {"id": "rerank-1", "model": "m", "usage": {"total_tokens": 5}, "results": [{"index": 1, "document": {"text": "b", "multi_modal": None}, "relevance_score": 0.9}, {"index": 0, "document": {"text": "a", "multi_modal": None}, "relevance_score": 0.1}]},
    "llama.cpp: not sorted": {"model": "m", "object": "list", "usage": {"prompt_tokens": 5, "total_tokens": 5}, "results": [{"index": 0, "relevance_score": 0.1}, {"index": 1, "relevance_score": 0.9}]},
    "LocalAI: more than top_n": {"results": [{"index": i, "relevance_score": score} for i, score in enumerate([0.1, 0.9, -3])]},
    "text-embeddings-inference": [{"index": 1, "score": 0.9}, {"index": 0, "score": 0.1}],
    "Infinity, embed-rerank: no document": {"object": "rerank", "results": [{"relevance_score": 0.9, "index": 1, "document": None}, {"relevance_score": 0.1, "index": 0, "document": None}]},
    "counts as text": {"results": [{"index": "1", "relevance_score": 0.9}, {"index": 0.0, "relevance_score": 0.1}]},
}  # fmt: skip


@pytest.mark.parametrize("name", RESULTS)
def test_results_of_every_server_have_one_form(name: str) -> None:
    results = ranked(RESULTS[name], top_n=2)["results"]
    assert [(row["index"], row["relevance_score"]) for row in results] == [(1, 0.9), (0, 0.1)]
    assert None not in [row.get("document", "") for row in results]


@pytest.mark.parametrize("name", RESULTS)
def test_documents_come_back_if_they_are_wanted(name: str) -> None:
    results = ranked(RESULTS[name], return_documents=True)["results"]
    assert [row["document"]["text"] for row in results][:2] == ["b", "a"]


def test_counts_are_in_openais_words() -> None:
    meta = {"meta": {"tokens": {"input_tokens": 7}}, "results": []}
    assert [
        (RERANK.read(json.dumps(answer).encode(), QUERY).usage or {}).get("prompt_tokens")
        for answer in (RESULTS["Jina"], RESULTS["llama.cpp: not sorted"], meta, RESULTS["Cohere"])
    ] == [5, 5, 7, None]


@pytest.mark.parametrize(
    "answer",
    [{}, [], {"results": None}, {"results": {}}, {"results": [1]}, {"error": {"message": "x"}},
     {"results": [{"index": 3, "relevance_score": 1}]}, {"results": [{"index": -1, "relevance_score": 1}]},
     {"results": [{"index": True, "relevance_score": 1}]}, {"results": [{"index": 0}]},
     {"results": [{"index": 0, "relevance_score": None}]}, {"results": [{"index": 0, "relevance_score": True}]},
     {"results": [{"index": 0, "relevance_score": float("nan")}]},
     {"results": [{"index": 0, "relevance_score": 1}, {"index": 0, "relevance_score": 2}]}, [1], ["index"]],
)  # fmt: skip
def test_what_is_no_ranking_is_an_error(answer: Any) -> None:
    with pytest.raises(PortalError) as caught:
        ranked(answer)
    assert caught.value.code.startswith("provider_")


def test_a_form_carries_file_and_fields() -> None:
    upload = Upload('my "clip"\u00e9.mp3', "audio/mpeg", b"ID3\r\n--x--\x00", "boundary-1")
    target = Target("p", "m", "http://h/v1", {}, {"language": "de", "temperature": 0})
    body = {"file": upload, "language": "en", "timestamp_granularities[]": ["word", "segment"],
            "stream": True}  # fmt: skip
    request = SPEECH.write(target, body)
    assert request.url == "http://h/v1/audio/transcriptions"
    assert request.media_type == "multipart/form-data; boundary=boundary-1"
    sent = read_body(request.body or b"", {"content-type": request.media_type})
    _, media_type, data = sent.pop("file")
    assert (media_type, data) == ("audio/mpeg", upload.data)
    assert sent == {"language": "en", "temperature": "0", "model": "m", "stream": "true",
                    "timestamp_granularities[]": ["word", "segment"]}  # fmt: skip
    assert openai.RELAYS["translation"].write(target, body).url.endswith("/audio/translations")


def heard(data: bytes, form: str = "json") -> Relayed:
    return SPEECH.read(data, {"response_format": form})


def test_a_transcript_is_relayed_as_it_is() -> None:
    data = b'{"text": "Hi", "segments": [], "usage": {"type": "duration", "seconds": 3}}'
    assert heard(data, "verbose_json") == Relayed(data, None)
    counted = heard(b'{"text": "", "usage": {"input_tokens": 4, "output_tokens": 1}}').usage
    assert counted == {"prompt_tokens": 4, "completion_tokens": 1, "total_tokens": 5}


@pytest.mark.parametrize(
    ("data", "form"),
    [(b"true\n", "text"), (b"123", "text"), (b"{sighs} Well.", "text"), (b"WEBVTT\n\n", "vtt"),
     (b"1\n00:00:00,000 --> 00:00:03,000\nHi\n", "srt"), (b"", "text")],
)  # fmt: skip
def test_text_is_text_even_if_it_looks_like_json(data: bytes, form: str) -> None:
    assert heard(data, form) == Relayed(data, None, "text/plain; charset=utf-8")


def test_a_server_that_answers_json_for_text_is_read() -> None:
    assert heard(b'{"text": "Hi"}', "text").data == b"Hi"


@pytest.mark.parametrize(
    ("data", "form"),
    [(b"", "json"), (b"Hi", "json"), (b"{}", "json"), (b'{"text": null}', "verbose_json"), (b"[]", "json"),
     (b'{"text": "Hi"}', "srt"), (b'{"error": {"message": "no"}}', "vtt"), (b"{}", "text"),
     (b"<!DOCTYPE html><title>Sign in</title>", "text"), (b'{"error": "no", "text": ""}', "json")],
)  # fmt: skip
def test_what_is_no_transcript_is_an_error(data: bytes, form: str) -> None:
    with pytest.raises(PortalError) as caught:
        heard(data, form)
    assert caught.value.code.startswith("provider_")


@pytest.mark.parametrize(
    "row", [{"b64_json": "aGk="}, {"url": "https://x/y.png", "b64_json": None}]
)
def test_images_are_relayed_as_they_are(row: dict[str, Any]) -> None:
    data = json.dumps({"created": 1, "data": [row], "usage": {"input_tokens": 2}}).encode()
    relayed = IMAGES.read(data, {})
    assert relayed.data is data
    assert (relayed.usage or {})["prompt_tokens"] == 2


@pytest.mark.parametrize("answer", [{}, {"data": []}, {"data": [{}]}, {"data": [{"url": None}]}, {"data": [1]},
                                    {"data": [{"b64_json": ""}]}, {"error": "x", "data": [{"url": "u"}]}])  # fmt: skip
def test_what_is_no_image_is_an_error(answer: Any) -> None:
    with pytest.raises(PortalError):
        IMAGES.read(json.dumps(answer).encode(), {})


# ── Streams ─────────────────────────────────────────────────────────────────────────────────


def run(kind: str, data: bytes, cut: int = 0, **request: Any) -> list[Event]:
    stream = openai.RELAYS[kind].Stream(TARGET, Stamp("x", 1, request))
    cut = cut or len(data) or 1
    events = [e for i in range(0, len(data), cut) for e in stream.feed(data[i : i + cut])]
    return events if stream.ended else [*events, *stream.close()]


def written(events: list[Event]) -> bytes:
    return b"".join(e.data for e in events if isinstance(e, Chunk))


DELTA = event({"type": "transcript.text.delta", "delta": "Hé\u2028"})
LAST = event({"type": "transcript.text.done", "text": "Hé", "usage": {"input_tokens": 4, "output_tokens": 1}})  # fmt: skip
OF_VLLM = event({"object": "transcription.chunk", "choices": [{"delta": {"content": "Hi"}, "finish_reason": "stop"}]})  # fmt: skip


@pytest.mark.parametrize("cut", [1, 2, 7, 40, 0])
@pytest.mark.parametrize(
    "data", [DELTA + LAST, DELTA + LAST + DONE, OF_VLLM, OF_VLLM + DONE, DELTA + DONE]
)
def test_a_transcripts_events_are_relayed(data: bytes, cut: int) -> None:
    events = run("transcription", data, cut)
    assert written(events) == data
    assert isinstance(events[-1], Done)


def test_the_last_event_has_the_counts() -> None:
    usage = [e.usage for e in run("transcription", DELTA + LAST) if isinstance(e, Chunk)][-1]
    assert usage == {"prompt_tokens": 4, "completion_tokens": 1, "total_tokens": 5}


@pytest.mark.parametrize(
    "data", [b"", DELTA, DONE, DELTA + event({"error": {"message": "x"}}), event({"type": "error"}), b"Hi",
             b'{"error": {"message": "x"}}', b"{}", event([1])],
)  # fmt: skip
def test_a_stream_that_broke_off_is_a_failure(data: bytes) -> None:
    events = run("transcription", data)
    assert isinstance(events[-1], Failure)
    assert sum(isinstance(e, Done | Failure) for e in events) == 1


def test_a_model_that_does_not_stream_answers_in_one_event() -> None:
    events = run("transcription", b'{"text": "Hi",\n "usage": null}', 5)
    assert written(events) == b'data: {"type":"transcript.text.done","text":"Hi","usage":null}\n\n'
    assert isinstance(events[-1], Done)
    images = run(
        "image_generation", b'{"created": 1, "data": [{"b64_json": "aGk="}], "size": "1x1"}'
    )
    assert written(images) == (
        b'event: image_generation.completed\ndata: {"type":"image_generation.completed",'
        b'"created_at":1,"size":"1x1","b64_json":"aGk="}\n\n'
    )


def test_a_stream_of_images_is_whole_with_as_many_as_were_asked() -> None:
    one = {"type": "image_generation.completed", "b64_json": "aGk="}
    data = b"event: image_generation.completed\n" + event(one)
    assert written(run("image_generation", data * 2, n=2)) == data * 2
    assert isinstance(run("image_generation", data, n=2)[-1], Failure)
    assert isinstance(run("image_generation", data * 2, n=2)[-1], Done)


def test_other_formats_relay_nothing() -> None:
    assert {name for name, wire in WIRES.items() if wire.RELAYS} == {"openai"}
