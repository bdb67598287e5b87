"""Random answers, by what they mean: a thought, text, tool calls, why they end, counts."""

from __future__ import annotations

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
)
ENDS = ("stop", "length")
VALUES: tuple[Any, ...] = ("Bonn", 3, -1.5, True, None, ["a", {"b": []}], {"c": HARD}, "")


@dataclass(frozen=True)
class Call:
    """A tool call."""

    name: str
    arguments: dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What an answer means. `usage`: tokens of the prompt, those of it from the cache, and new."""

    thought: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()
    finish: str = "stop"
    usage: tuple[int, int, int] = (0, 0, 0)

    def without(self, **fields: Any) -> Answer:
        return replace(self, **fields)


def random_answer(random: Random) -> Answer:
    calls = tuple(_call(random, n) for n in range(random.choice((0, 0, 1, 2, 3))))
    cached = random.choice((0, 5))
    return Answer(
        thought=random_text(random) if random.random() < 0.4 else "",
        text=random_text(random) if not calls or random.random() < 0.5 else "",
        calls=calls,
        finish="tool_calls" if calls else random.choice(ENDS),
        usage=(random.randint(5, 90), cached, random.randint(1, 50)),
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
    arguments = {f"a{n}": random.choice(VALUES) for n in range(random.randint(0, 3))}
    return Call(f"tool_{number}", arguments)
