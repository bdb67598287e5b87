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
from tests.doors.pairs.meaning import Answer, cut, random_answer
from tests.doors.pairs.providers import PROVIDERS
from tests.registry.providers.streams import TARGET

CASES = int(os.environ.get("DOORS_CASES", "300"))
DOORS: dict[str, Any] = {"messages": messages, "responses": responses, "ollama": ollama}
PAIRS = [(wire, door) for wire in PROVIDERS for door in DOORS]
ASKED = Timed("", {"messages": [{"role": "user", "content": "Hi"}]}, {})
STAMP = Stamp("chatcmpl-1", 1, ASKED.chat)


def expected(answer: Answer, *apis: str) -> Answer:
    """Return what these APIs can say of an answer: Ollama's does not count cached tokens."""
    prompt, cached, new = answer.usage
    return answer.without(usage=(prompt + cached, 0, new)) if "ollama" in apis else answer


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
        answer = random_answer(random)
        received = cut(random, PROVIDERS[wire][0](answer, random))
        assert CALLERS[door][0](streamed(wire, door, received)) == expected(answer, wire, door), (
            case
        )


@pytest.mark.parametrize(("wire", "door"), PAIRS)
def test_a_whole_answer_keeps_its_meaning(wire: str, door: str) -> None:
    for case in range(CASES):
        answer = random_answer(Random(f"{wire} {door} {case}"))
        sent = PROVIDERS[wire][1](answer)
        assert CALLERS[door][1](whole(wire, door, sent)) == expected(answer, wire, door), case
