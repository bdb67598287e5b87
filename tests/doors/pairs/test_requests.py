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
from tests.doors.pairs.conversation import Conversation, random_conversation
from tests.doors.pairs.requests import CALLERS
from tests.doors.pairs.servers import SERVERS
from tests.doors.pairs.test_answers import CASES, DOORS
from tests.registry.providers.streams import TARGET

PAIRS = [(door, wire) for door in CALLERS for wire in SERVERS]


def expected(asked: Conversation, door: str, wire: str) -> Conversation:
    """Return what both can say: Ollama has no tool choice, but offers only those tools."""
    if door == "ollama":
        asked = replace(asked, choice="")
    if wire != "ollama":
        return asked
    if asked.choice == "none":
        return replace(asked, choice="", tools=())
    named = tuple(tool for tool in asked.tools if tool[0] == asked.choice)
    return replace(asked, choice="", tools=named or asked.tools)


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
        asked = random_conversation(Random(f"{door} {wire} {case}"))
        if door == "responses":  # it has no such field
            asked = replace(asked, stop=())
        body = sent(door, wire, CALLERS[door](asked))
        assert SERVERS[wire](body) == expected(asked, door, wire), case
