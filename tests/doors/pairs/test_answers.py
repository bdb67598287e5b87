"""
Random answers of every wire format through every door: what goes in is what comes out.

`make doors` tries more of them: DOORS_CASES.
"""

from __future__ import annotations

import os
from random import Random
from typing import Any

import msgspec
import pytest

from doors import messages, pieces, responses
from doors.ollama import chat as ollama
from doors.ollama.fields import Timed
from registry.providers import WIRES
from registry.providers.events import Chunk, Done
from registry.providers.wire import Stamp
from tests.doors.pairs.callers import CALLERS
from tests.doors.pairs.meaning import Answer, Call, cut, random_answer
from tests.doors.pairs.providers import PROVIDERS
from tests.registry.providers.streams import TARGET

CASES = int(os.environ.get("DOORS_CASES", "300"))
DOORS: dict[str, Any] = {"messages": messages, "responses": responses, "ollama": ollama}
PAIRS = [(wire, door) for wire in PROVIDERS for door in DOORS]
REFUSED = {"messages": "content_filter", "responses": "stop", "ollama": "refusal"}
ASKED = Timed("", {"messages": [{"role": "user", "content": "Hi"}]}, {})
STAMP = Stamp("chatcmpl-1", 1, ASKED.chat)


def expected(answer: Answer, wire: str, door: str) -> Answer:
    """Return what these APIs can say of an answer.

    Ollama's does not count cached tokens, and OpenAI's alone has a field for refusals. Arguments
    that are no object are text in OpenAI's APIs, and in the streams of the Messages API.
    """
    prompt, cached, new = answer.usage or (0, 0, 0)
    if "ollama" in (wire, door):
        prompt, cached = prompt + cached, 0
    is_counted = answer.usage or wire == "anthropic" or door == "messages"
    calls = answer.calls if wire == "openai" and door == "responses" else _whole(answer)
    refusal = answer.refusal and wire == "openai" and door == "responses"
    usage = (prompt, cached, new) if is_counted else None
    if answer.refusal and answer.finish == "stop":
        answer = answer.without(finish=REFUSED[door])
    return answer.without(usage=usage, calls=calls, refusal=refusal)


def _whole(answer: Answer) -> tuple[Call, ...]:
    return tuple(call.whole for call in answer.calls)


def possible(answer: Answer, wire: str) -> Answer:
    """Return an answer that a server of the wire format can give."""
    if wire == "openai":
        return answer
    finish = "stop" if (wire, answer.finish) == ("ollama", "content_filter") else answer.finish
    return answer.without(calls=_whole(answer), refusal=False, finish=finish)


def streamed(wire: str, door: str, received: list[bytes]) -> bytes:
    """Return the events of a door for the bytes of a provider."""
    parser = WIRES[wire].Stream(TARGET, STAMP)
    events = [event for data in received for event in parser.feed(data)]
    if not parser.ended:
        events += parser.close()
    assert isinstance(events[-1], Done), events[-1]
    writer = DOORS[door].Writer(ASKED, "1", "m")
    written = [writer.write(pieces.of_chunk(e)) for e in events if isinstance(e, Chunk)]
    return b"".join([*written, writer.end()])


def whole(wire: str, door: str, body: Any) -> Any:
    """Return the answer of a door for a provider's."""
    completion = WIRES[wire].read_chat(msgspec.json.encode(body), STAMP)
    return DOORS[door].answer(pieces.of_answer(completion), ASKED, "1", "m")


@pytest.mark.parametrize(("wire", "door"), PAIRS)
def test_a_streamed_answer_keeps_its_meaning(wire: str, door: str) -> None:
    for case in range(CASES):
        random = Random(f"{wire} {door} {case}")
        answer = possible(random_answer(random), wire)
        received = cut(random, PROVIDERS[wire][0](answer, random))
        understood = CALLERS[door][0](streamed(wire, door, received))
        understood = (
            understood.without(calls=_whole(understood)) if door == "messages" else understood
        )
        assert understood == expected(answer, wire, door), case


@pytest.mark.parametrize(("wire", "door"), PAIRS)
def test_a_whole_answer_keeps_its_meaning(wire: str, door: str) -> None:
    for case in range(CASES):
        answer = possible(random_answer(Random(f"{wire} {door} {case}")), wire)
        sent = PROVIDERS[wire][1](answer)
        assert CALLERS[door][1](whole(wire, door, sent)) == expected(answer, wire, door), case
