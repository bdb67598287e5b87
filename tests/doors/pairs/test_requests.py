"""
Random conversations of every door to every wire format: what is asked is what a server reads.
"""

from __future__ import annotations

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from chat.requests import read_chat
from registry.providers import WIRES
from tests.doors.pairs.conversation import (
    Assistant,
    Conversation,
    Result,
    System,
    Turn,
    User,
    random_conversation,
)
from tests.doors.pairs.requests import CALLERS, written
from tests.doors.pairs.servers import SERVERS
from tests.doors.pairs.test_answers import CASES, DOORS
from tests.registry.providers.streams import TARGET

PAIRS = [(door, wire) for door in CALLERS for wire in SERVERS]


def random_request(door: str, name: str) -> Conversation:
    """Return a conversation. Responses has no `stop`; calls' arguments are objects elsewhere."""
    asked = random_conversation(Random(name))
    return replace(asked, stop=()) if door == "responses" else with_objects(asked)


def expected(asked: Conversation, door: str, wire: str) -> Conversation:
    """Return what both can say: Ollama has no tool choice, but offers only those tools.

    Anthropic's system prompt is one, before the turns. IDs tie results to their calls.
    """
    asked = asked if door == "responses" and wire == "openai" else with_objects(asked)
    turns = _turns(asked.turns)
    asked = replace(asked, ids="call_", choice="" if door == "ollama" else asked.choice)
    if wire == "anthropic":
        later = [turn.text for turn in turns if isinstance(turn, System)]
        turns = [turn for turn in turns if not isinstance(turn, System)]
        system = "\n".join([asked.system, *later] if asked.system else later)
        return replace(asked, turns=tuple(turns), system=system)
    asked = replace(asked, turns=tuple(turns))
    if wire != "ollama":
        return asked
    if asked.choice == "none":
        return replace(asked, choice="", tools=())
    named = tuple(tool for tool in asked.tools if tool[0] == asked.choice)
    return replace(asked, choice="", tools=named or asked.tools)


def with_objects(asked: Conversation) -> Conversation:
    """Return the conversation with objects for the arguments of calls."""
    turns = [
        replace(turn, calls=tuple(call.whole for call in turn.calls))
        if isinstance(turn, Assistant)
        else turn
        for turn in asked.turns
    ]
    return replace(asked, turns=tuple(turns))


def _turns(turns: tuple[Turn, ...]) -> list[Turn]:
    """Return the turns with results of one text, whose images follow in a user's turn."""
    rows: list[Turn] = []
    images: tuple[str, ...] = ()
    for number, turn in enumerate(turns):
        if isinstance(turn, Result):
            text = "\n".join(written(turn))
            images += turn.images
            rows.append(Result(turn.name, (text,) if text else ()))
            is_last = number + 1 == len(turns) or not isinstance(turns[number + 1], Result)
            if images and is_last:
                rows.append(User((), images))
                images = ()
        else:
            rows.append(turn)
    return rows


def sent(door: str, wire: str, request: dict[str, Any]) -> Any:
    """Return what a provider of the wire format gets for a request of the door."""
    asked = DOORS[door].read(request)
    body = read_chat(asked.chat)
    assert asked.dropped == ()
    assert not WIRES[wire].fit(body)
    data = WIRES[wire].chat(TARGET, body).body
    assert data is not None
    return json.loads(data)


@pytest.mark.parametrize(("door", "wire"), PAIRS)
def test_a_request_keeps_its_meaning(door: str, wire: str) -> None:
    for case in range(CASES):
        asked = random_request(door, f"{door} {wire} {case}")
        body = sent(door, wire, CALLERS[door](asked))
        understood = SERVERS[wire](body)
        if "ollama" in (door, wire):
            asked = plain(asked)
        assert understood == expected(asked, door, wire), case


def plain(asked: Conversation) -> Conversation:
    """Return a conversation as Ollama's API holds it: a user's turn, and a result, have one text."""
    turns = []
    for turn in asked.turns:
        if isinstance(turn, Result):
            text = "\n".join(written(turn))
            turn = replace(turn, texts=(text,) if text else (), failed=False)
        elif isinstance(turn, User):
            turn = replace(turn, texts=("\n".join(turn.texts),) if turn.texts else ())
        turns.append(turn)
    return replace(asked, turns=tuple(turns))
