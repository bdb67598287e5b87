"""Raw completions over HTTP: prompts, answers, streams, and what a provider cannot do."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests

from core.errors import PortalError
from registry.providers import anthropic, ollama, openai
from registry.providers.events import Chunk, Done, Failure
from tests.registry.providers.streams import STAMP, TARGET
from tests.support.fake_provider import HANG, FakeProvider
from tests.support.portal import Portal
from tests.support.provider_messages import DONE, NDJSON_HEAD, SSE_HEAD, USAGE, event, http, line


def ask(portal: Portal, prompt: Any = "Once", **body: Any) -> requests.Response:
    return portal.post("/v1/completions", {"prompt": prompt, **body})


def text(words: str, finish: str | None = None, **more: Any) -> dict[str, Any]:
    choice = {"index": 0, "text": words, "finish_reason": finish, **more}
    return {"object": "text_completion", "choices": [choice]}


def texts_of(answer: requests.Response) -> list[Any]:
    records = [part[6:] for part in answer.text.split("\n\n") if part.startswith("data: ")]
    return [r if r == "[DONE]" else json.loads(r) for r in records]


def test_an_answer_is_the_providers_with_its_resolution(portal: Portal, fake: FakeProvider) -> None:
    logprobs = {"tokens": ["a"], "token_logprobs": [-1], "top_logprobs": [None], "text_offset": [0]}
    choices = [{"index": n, "text": "a", "logprobs": logprobs, "finish_reason": "stop"}
               for n in range(2)]  # fmt: skip
    fake.script(http(200, {"object": "text_completion", "choices": choices, "usage": USAGE}))
    answer = ask(portal, ["Once", "Twice"], echo=True, logprobs=1, max_tokens=0, best_of=2,
                 suffix=".", top_k=3, api_version=None)  # fmt: skip
    assert answer.status_code == 200, answer.text
    assert answer.json()["choices"] == choices
    assert answer.json()["resolution"]["id"] == answer.headers["X-Model"] == "fake:talker"
    assert fake.posts[-1].path == "/v1/completions"
    assert fake.posts[-1].body == {
        "prompt": ["Once", "Twice"], "echo": True, "logprobs": 1, "max_tokens": 0, "best_of": 2,
        "suffix": ".", "top_k": 3, "temperature": 0.5, "model": "talker", "stream": False,
    }  # fmt: skip


def test_ollama_continues_one_text(portal: Portal, fake: FakeProvider) -> None:
    answer = ask(portal, ["Once"], model="pond:frog", max_tokens=3, stop="x", user="u", n=1).json()
    assert answer["object"] == "text_completion"
    assert answer["choices"] == [
        {"index": 0, "text": "SELECT 1", "logprobs": None, "finish_reason": "stop"}
    ]
    assert answer["resolution"]["dropped"] == ["user"]
    body = fake.posts[-1].body
    assert (body["prompt"], body["raw"]) == ("Once", True)
    assert body["options"]["num_predict"] == 3
    ask(portal, model="pond:frog", suffix="end")
    body = fake.posts[-1].body
    assert body["suffix"] == "end"
    assert "raw" not in body, "the model's template marks what is to be filled in"


@pytest.mark.parametrize(
    ("field", "value"),
    [("n", 2), ("best_of", 2), ("echo", True), ("logprobs", 0), ("logit_bias", {"5": 1}),
     ("prompt", ["a", "b"])],
)  # fmt: skip
def test_what_ollama_cannot_do_is_refused_by_name(portal: Portal, field: str, value: Any) -> None:
    answer = ask(portal, **{"model": "pond:frog", field: value})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == field


@pytest.mark.parametrize(
    ("body", "param"),
    [({"prompt": [1, 2]}, "prompt"), ({"prompt": [[1], [2]]}, "prompt"),
     ({"prompt": ["a", 1]}, "prompt"), ({"prompt": None}, "prompt"), ({"prompt": []}, "prompt"),
     ({"n": 0}, "n"), ({"api_base": "http://x"}, "api_base"), ({"guided_foo": "x"}, "guided_foo"),
     ({"prompt_embeds": "x"}, "prompt_embeds")],
)  # fmt: skip
def test_other_requests_are_refused(portal: Portal, body: dict[str, Any], param: str) -> None:
    answer = portal.post("/v1/completions", {"prompt": "a", **body})
    assert answer.status_code == 400
    assert answer.json()["error"]["param"] == param


def test_unknown_fields_are_dropped_and_reported(portal: Portal, fake: FakeProvider) -> None:
    assert ask(portal, wholly_new=1).headers["X-Dropped"] == "wholly_new"
    assert "wholly_new" not in fake.posts[-1].body


def test_a_stream_is_relayed(portal: Portal, fake: FakeProvider) -> None:
    chunks = [text("On"), text("ce", logprobs={"tokens": ["ce"]}), text("", "length")]
    last = {"object": "text_completion", "choices": [], "usage": USAGE}
    fake.script(SSE_HEAD + b"".join(map(event, [*chunks, last])) + DONE)
    assert texts_of(ask(portal, stream=True)) == [*chunks, "[DONE]"]
    assert fake.posts[-1].body["stream_options"] == {"include_usage": True}


def test_ollamas_stream_is_openais(portal: Portal, fake: FakeProvider) -> None:
    lines = [{"response": "On", "done": False}, {"response": "ce", "done": False},
             {"response": "", "done": True, "done_reason": "length", "eval_count": 2,
              "prompt_eval_count": 1}]  # fmt: skip
    fake.script(NDJSON_HEAD + b"".join(map(line, lines)))
    answer = ask(portal, model="pond:frog", stream=True, stream_options={"include_usage": True})
    *chunks, usage, done = texts_of(answer)
    assert "".join(chunk["choices"][0]["text"] for chunk in chunks) == "Once"
    assert {chunk["object"] for chunk in chunks} == {"text_completion"}
    assert chunks[-1]["choices"][0]["finish_reason"] == "length"
    assert (usage["usage"]["total_tokens"], done) == (3, "[DONE]")


def test_a_stream_that_breaks_off_ends_with_an_error(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(text("On")))
    *_, last = texts_of(ask(portal, stream=True))
    assert last["error"]["code"] == "provider_bad_response"


def test_when_the_caller_leaves_the_provider_is_closed(portal: Portal, fake: FakeProvider) -> None:
    fake.script(SSE_HEAD + event(text("On")), HANG)
    body = {"prompt": "a", "stream": True}
    with portal.post("/v1/completions", body, stream=True) as answer:
        next(answer.iter_lines())
    assert fake.posts[-1].peer_closed.wait(1)


def test_a_provider_without_completions_says_so() -> None:
    with pytest.raises(PortalError, match="no raw completions"):
        anthropic.fit_completion({"prompt": "a"})


@pytest.mark.parametrize("cut", range(1, 40, 7))
def test_the_cut_of_the_bytes_changes_nothing(cut: int) -> None:
    openais = b"".join(map(event, [text("né"), text("b", "stop")])) + DONE
    ollamas = b"".join(map(line, [{"response": "né"}, {"response": "b", "done": True}]))
    for wire, data in ((openai, openais), (ollama, ollamas)):
        stream = wire.CompletionStream(TARGET, STAMP)
        events = [e for i in range(0, len(data), cut) for e in stream.feed(data[i : i + cut])]
        assert "".join(e.text for e in events if isinstance(e, Chunk)) == "néb"
        assert isinstance(events[-1], Done)


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (event(text("a", "stop")), Done),  # no end mark
        (event(text("a")) + DONE, Done),  # no finish reason
        (event(text("a")), Failure),
        (DONE, Failure),
        (event(text("a")) + event({"error": {"message": "x"}}), Failure),
        (event(text("a", "error")), Failure),
        (event({"choices": [1]}), Failure),
        (event(text("a", "stop")) + event(text("b", index=1)), Failure),
    ],
)
def test_a_stream_ends_once(data: bytes, end: type) -> None:
    stream = openai.CompletionStream(TARGET, STAMP)
    events = stream.feed(data)
    if not stream.ended:
        events += stream.close()
    assert isinstance(events[-1], end)
    assert sum(isinstance(event, Done | Failure) for event in events) == 1
