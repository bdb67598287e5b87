"""Random answers, by what they mean: a thought, text, tool calls, why they end, counts."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from tests.registry.providers.streams import HARD

WORDS = (
    "Hello",
    " there",
    "\n\n",
    "data: ",
    "[DONE]",
    '"role"',
    "event: x\n",
    HARD,
    "né",
    "<b>",
    " ",
    "\x00",
    "\ufeff",
)
ENDS = ("stop", "stop", "length", "content_filter")
RAW = ('{"a": ', "Bonn", "[1]", '"a"', "{'a': 1}")
VALUES: tuple[Any, ...] = ("Bonn", 3, -1.5, True, None, ["a", {"b": []}], {"c": HARD}, "")


@dataclass(frozen=True)
class Call:
    """A tool call. `raw` are arguments that are no JSON object."""

    name: str
    arguments: dict[str, Any]
    raw: str = ""

    @classmethod
    def read(cls, name: str, text: str) -> Call:
        try:
            value = json.loads(text or "{}")
        except ValueError:
            value = None
        return cls(name, value) if isinstance(value, dict) else cls(name, {}, text)

    @property
    def text(self) -> str:
        return self.raw or json.dumps(self.arguments)

    @property
    def whole(self) -> Call:
        """The call in an API whose arguments are objects: others are the value of one field."""
        if not self.raw:
            return self
        try:
            value = json.loads(self.raw)
        except ValueError:
            value = self.raw
        return Call(self.name, {"arguments": value})


@dataclass(frozen=True)
class Answer:
    """What an answer means. `usage`: tokens of the prompt, those of it from the cache, and new.

    `refusal`: the text is of the field for what a model refuses.
    """

    thought: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = "stop"
    usage: tuple[int, int, int] | None = (0, 0, 0)
    refusal: bool = False

    def without(self, **fields: Any) -> Answer:
        return replace(self, **fields)


def random_answer(random: Random) -> Answer:
    calls = tuple(_call(random, n) for n in range(random.choice((0, 0, 1, 2, 3))))
    cached = random.choice((0, 5))
    usage = (random.randint(5, 90), cached, random.randint(1, 50))
    return Answer(
        thought=random_text(random) if random.random() < 0.4 else "",
        text=random_text(random) if not calls or random.random() < 0.5 else "",
        calls=calls,
        finish=random.choice(("tool_calls", "tool_calls", "length"))
        if calls
        else random.choice(ENDS),
        usage=usage if random.random() < 0.9 else None,
        refusal=not calls and random.random() < 0.1,
    )


def random_text(random: Random) -> str:
    return "x" + "".join(random.choices(WORDS, k=random.randint(1, 8)))


def pieces(random: Random, text: str) -> list[str]:
    """Return the text in pieces."""
    cuts = sorted(random.randint(0, len(text)) for _ in range(random.randint(0, 3)))
    ends = zip([0, *cuts], [*cuts, len(text)], strict=True)
    return [piece for begin, end in ends if (piece := text[begin:end])]


def cut(random: Random, data: bytes) -> list[bytes]:
    """Return the bytes as they may arrive, however they are cut."""
    cuts = sorted(random.randint(0, len(data)) for _ in range(random.choice((0, 1, 3, 20))))
    return [data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)], strict=True)]


def _call(random: Random, number: int) -> Call:
    name = random.choice(("tool_", "fs.read.", "名_", "x" * 90)) + str(number)
    if random.random() < 0.05:
        return Call(name, {}, random.choice(RAW))
    return Call(name, {f"a{n}": random.choice(VALUES) for n in range(random.randint(0, 3))})
