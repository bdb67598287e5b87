"""Random conversations, by what they mean: turns, tools, and how the answer is to be."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.doors.pairs.meaning import Call, random_answer, random_text

CHOICES = ("", "auto", "none", "tool_0")  # of a tool; the last names it


@dataclass(frozen=True)
class User:
    """A user's turn: text, and images in base64."""

    text: str
    images: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assistant:
    """A model's turn."""

    text: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Result:
    """What a tool returned for a call of the turn before, by the name of the tool."""

    name: str
    text: str


@dataclass(frozen=True)
class Conversation:
    """A request. `choice` is nothing, auto, none, or the name of the tool to call."""

    turns: tuple[User | Assistant | Result, ...]
    system: str = ""
    tools: tuple[tuple[str, str], ...] = ()  # name, description
    choice: str = ""
    limit: int = 100
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    schema: bool = False


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"a0": {"type": "string"}}}


def random_conversation(random: Random) -> Conversation:
    turns: list[User | Assistant | Result] = [_user(random)]
    for _ in range(random.choice((0, 1, 2, 5))):
        turns += _loop(random)
    tools = tuple((f"tool_{n}", random_text(random)) for n in range(random.choice((0, 3))))
    return Conversation(
        turns=tuple(turns),
        system=random_text(random) if random.random() < 0.5 else "",
        tools=tools,
        choice=random.choice(CHOICES) if tools else "",
        limit=random.randint(1, 4000),
        temperature=random.choice((None, 0.0, 0.5)),
        stop=random.choice(((), ("END",), ("a", "b"))),
        schema=random.random() < 0.2,
    )


def _user(random: Random) -> User:
    images = [
        base64.b64encode(random.randbytes(9)).decode() for _ in range(random.choice((0, 0, 1)))
    ]
    return User(random_text(random), tuple(images))


def _loop(random: Random) -> list[User | Assistant | Result]:
    """Return a model's turn, the results of its calls, and the user's next turn if it has none."""
    answer = random_answer(random)
    turns: list[User | Assistant | Result] = [Assistant(answer.text, answer.calls)]
    turns += [Result(call.name, random_text(random)) for call in answer.calls]
    return turns if answer.calls else [*turns, _user(random)]
