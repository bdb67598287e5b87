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
from tests.doors.pairs.conversation import Conversation, Result, Turn
from tests.doors.pairs.meaning import Answer, cut, random_answer
from tests.doors.pairs.providers import PROVIDERS
from tests.doors.pairs.requests import CALLERS as WRITERS
from tests.doors.pairs.requests import written
from tests.doors.pairs.servers import SERVERS
from tests.doors.pairs.test_answers import CASES, DOORS, STAMP, possible
from tests.doors.pairs.test_answers import expected as expected_answer
from tests.doors.pairs.test_requests import plain, random_request
from tests.registry.providers.streams import TARGET


class Pair(NamedTuple):
    """How a server of an API is asked, what it reads, and what it answers: streamed, and whole.

    `wire` names the wire format whose servers can say as much.
    """

    wire: str
    native: Native
    reads: Callable[[dict[str, Any]], Conversation]
    streams: Callable[[Answer, Random], bytes]
    answers: Callable[[Answer], Any]


PAIRS = {
    "responses": Pair("openai", Native(RESPONSES, fit_responses), server.asked, server.streamed, server.whole),
    "messages": Pair("anthropic", Native(ANTHROPIC, fit_messages), SERVERS["anthropic"], *PROVIDERS["anthropic"]),
    "ollama": Pair("ollama", OLLAMA, SERVERS["ollama"], *PROVIDERS["ollama"]),
}  # fmt: skip
MODELS = b'models: {p: {api: openai, endpoint: "http://h", registry: {m: {capabilities: [chat]}}}}'
PROVIDER = build(load_config(MODELS, {})).resolve("chat", "p:m").provider


def random_native(door: str, name: str) -> Answer:
    """Return an answer that a server of the API can give, with counts."""
    answer = random_answer(Random(name))
    answer = answer.without(refusal=False, usage=answer.usage or (1, 0, 1))
    return possible(answer, PAIRS[door].wire)


@pytest.mark.parametrize("door", PAIRS)
def test_a_request_keeps_its_meaning(door: str) -> None:
    native, reads = PAIRS[door].native, PAIRS[door].reads
    for case in range(CASES):
        meant = random_request(door, f"{door} native {case}")
        asked = DOORS[door].read(WRITERS[door](meant))
        body, dropped = native.fit(asked, PROVIDER)
        data = native.wire.write(TARGET, body).body or b""
        assert dropped == [], case
        assert reads(json.loads(data)) == _held(meant, door), case


def _held(meant: Conversation, door: str) -> Conversation:
    """Return what the API holds of a conversation: that of Messages alone marks failed tools."""
    if door == "ollama":
        meant = replace(plain(meant), choice="")
    elif door == "responses":
        meant = replace(meant, turns=tuple(map(_in_words, meant.turns)))
    return replace(meant, ids="call_")


def _in_words(turn: Turn) -> Turn:
    return replace(turn, texts=written(turn), failed=False) if isinstance(turn, Result) else turn


@pytest.mark.parametrize("door", PAIRS)
def test_a_streamed_answer_keeps_its_meaning(door: str) -> None:
    for case in range(CASES):
        random = Random(f"{door} native {case}")
        answer = random_native(door, f"{door} native {case}")
        parser = PAIRS[door].native.wire.Stream(TARGET, STAMP)
        received = cut(random, PAIRS[door].streams(answer, random))
        events = [event for data in received for event in parser.feed(data)]
        assert isinstance(events[-1], Done), events[-1]
        chunks = [event for event in events if isinstance(event, Chunk)]
        data = b"".join(chunk.data for chunk in chunks)
        expected = expected_answer(answer, PAIRS[door].wire, door)
        assert CALLERS[door][0](data) == expected, case
        assert _counted(chunks[-1].usage) == _counts(answer), case


@pytest.mark.parametrize("door", PAIRS)
def test_a_whole_answer_keeps_its_meaning(door: str) -> None:
    for case in range(CASES):
        answer = random_native(door, f"{door} native {case}")
        data = msgspec.json.encode(PAIRS[door].answers(answer))
        assert _counted(PAIRS[door].native.wire.read(data, {}).usage) == _counts(answer), case


def _counts(answer: Answer) -> tuple[int, int]:
    assert answer.usage
    return sum(answer.usage[:2]), answer.usage[2]


def _counted(usage: dict[str, Any] | None) -> tuple[int, int]:
    assert usage
    return usage["prompt_tokens"], usage["completion_tokens"]
