"""Random conversations, by what they mean: turns, tools, and how the answer is to be."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from random import Random
from typing import Any

from tests.doors.pairs.meaning import Call, random_answer, random_text

CHOICES = ("", "auto", "none", "tool_0")  # of a tool; the last names it


@dataclass(frozen=True)
class System:
    """What the system says in the middle of a conversation."""

    text: str


@dataclass(frozen=True)
class User:
    """A user's turn: texts, and images in base64."""

    texts: tuple[str, ...] = ()
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
    texts: tuple[str, ...] = ()
    failed: bool = False
    images: tuple[str, ...] = ()


Turn = System | User | Assistant | Result


@dataclass(frozen=True)
class Conversation:
    """A request. `choice` is nothing, auto, none, or the name of the tool to call."""

    turns: tuple[Turn, ...]
    system: str = ""
    tools: tuple[tuple[str, str], ...] = ()  # name, description
    choice: str = ""
    limit: int = 100
    temperature: float | None = None
    stop: tuple[str, ...] = ()
    schema: bool = False
    ids: str = "call_"  # how the IDs of calls begin


SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"a0": {"type": "string"}}}


def random_conversation(random: Random) -> Conversation:
    turns: list[Turn] = [_user(random)]
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
        ids=random.choice(("call_", "functions.f:", "é" * 150)),
    )


def _user(random: Random) -> User:
    images = _images(random)
    texts = _texts(random)
    return User(texts, images) if texts or images else User((random_text(random),))


def _images(random: Random) -> tuple[str, ...]:
    number = random.choice((0, 0, 1, 2))
    return tuple(base64.b64encode(random.randbytes(9)).decode() for _ in range(number))


def _texts(random: Random) -> tuple[str, ...]:
    return tuple(random_text(random) for _ in range(random.choice((0, 1, 1, 2))))


def _loop(random: Random) -> list[Turn]:
    """Return a model's turn, the results of its calls, and the user's next turn if it has none."""
    answer = random_answer(random)
    turns: list[Turn] = [Assistant(answer.text, answer.calls)]
    if not answer.calls:
        said = [System(random_text(random))] if random.random() < 0.2 else []
        return [*turns, *said, _user(random)]
    for call in answer.calls:
        failed = random.random() < 0.2
        texts = ("no",) if failed else _texts(random)
        turns.append(Result(call.name, texts, failed, _images(random)))
    return turns
