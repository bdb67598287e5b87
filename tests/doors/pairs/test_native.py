"""
Random conversations and answers between callers and servers of one API: they stay what they are.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest

from doors.door import Native
from doors.messages.native import fit as fit_messages
from doors.ollama.native import CHAT as OLLAMA
from doors.responses.native import fit as fit_responses
from registry.config.load import load_config
from registry.providers.anthropic.native import CHAT as ANTHROPIC
from registry.providers.events import Chunk, Done
from registry.providers.openai.responses import CHAT as RESPONSES
from registry.snapshot import build
from tests.doors.pairs import responses_server as server
from tests.doors.pairs.callers import CALLERS
from tests.doors.pairs.conversation import Conversation, random_conversation
from tests.doors.pairs.meaning import Answer, cut, random_answer
from tests.doors.pairs.providers import PROVIDERS
from tests.doors.pairs.requests import CALLERS as WRITERS
from tests.doors.pairs.servers import SERVERS
from tests.doors.pairs.test_answers import CASES, DOORS, STAMP
from tests.doors.pairs.test_answers import expected as expected_answer
from tests.registry.providers.streams import TARGET


class Pair(NamedTuple):
    """How a server of an API is asked, what it reads, and what it answers: streamed, and whole."""

    native: Native
    reads: Callable[[dict[str, Any]], Conversation]
    streams: Callable[[Answer, Random], bytes]
    answers: Callable[[Answer], Any]


PAIRS = {
    "responses": Pair(Native(RESPONSES, fit_responses), server.asked, server.streamed, server.whole),
    "messages": Pair(Native(ANTHROPIC, fit_messages), SERVERS["anthropic"], *PROVIDERS["anthropic"]),
    "ollama": Pair(OLLAMA, SERVERS["ollama"], *PROVIDERS["ollama"]),
}  # fmt: skip
MODELS = b'models: {p: {api: openai, endpoint: "http://h", registry: {m: {capabilities: [chat]}}}}'
PROVIDER = build(load_config(MODELS, {})).resolve("chat", "p:m").provider


@pytest.mark.parametrize("door", PAIRS)
def test_a_request_keeps_its_meaning(door: str) -> None:
    native, reads = PAIRS[door].native, PAIRS[door].reads
    for case in range(CASES):
        meant = random_conversation(Random(f"{door} native {case}"))
        meant = replace(meant, stop=()) if door == "responses" else meant
        meant = replace(meant, choice="") if door == "ollama" else meant
        body, dropped = native.fit(DOORS[door].read(WRITERS[door](meant)), PROVIDER)
        data = native.wire.write(TARGET, body).body or b""
        assert (reads(json.loads(data)), dropped) == (meant, []), case


@pytest.mark.parametrize("door", PAIRS)
def test_a_streamed_answer_keeps_its_meaning(door: str) -> None:
    for case in range(CASES):
        random = Random(f"{door} native {case}")
        answer = random_answer(random)
        parser = PAIRS[door].native.wire.Stream(TARGET, STAMP)
        received = cut(random, PAIRS[door].streams(answer, random))
        events = [event for data in received for event in parser.feed(data)]
        assert isinstance(events[-1], Done), events[-1]
        chunks = [event for event in events if isinstance(event, Chunk)]
        data = b"".join(chunk.data for chunk in chunks)
        assert CALLERS[door][0](data) == expected_answer(answer, door), case
        assert _counted(chunks[-1].usage) == (sum(answer.usage[:2]), answer.usage[2]), case


@pytest.mark.parametrize("door", PAIRS)
def test_a_whole_answer_keeps_its_meaning(door: str) -> None:
    for case in range(CASES):
        answer = random_answer(Random(f"{door} native {case}"))
        data = msgspec.json.encode(PAIRS[door].answers(answer))
        usage = PAIRS[door].native.wire.read(data)
        assert _counted(usage) == (sum(answer.usage[:2]), answer.usage[2]), case


def _counted(usage: dict[str, Any] | None) -> tuple[int, int]:
    assert usage
    return usage["prompt_tokens"], usage["completion_tokens"]
