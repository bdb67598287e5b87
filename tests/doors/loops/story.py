"""
A tool loop of five requests: a picture, thoughts, two calls at once, a failing tool, a picture that
a tool returns, an empty result. And what a provider must see of it, by door and wire format.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from tests.doors.pairs.meaning import Call
from tests.registry.providers.streams import HARD

PNG = ("image/png", "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=")  # fmt: skip
JPEG = ("image/jpeg", "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////2Q==")  # fmt: skip
Image = tuple[str, str]  # media type, base64


@dataclass(frozen=True)
class User:
    """A user's turn."""

    text: str
    images: tuple[Image, ...] = ()


@dataclass(frozen=True)
class Said:
    """A model's turn. `signatures` are those of its thoughts; `hidden` a thought without text."""

    thought: str = ""
    text: str = ""
    calls: tuple[Call, ...] = ()
    signatures: tuple[str, ...] = ()
    hidden: str = ""


@dataclass(frozen=True)
class Result:
    """What a tool returned: texts and images."""

    name: str
    texts: tuple[str, ...] = ()
    failed: bool = False
    images: tuple[Image, ...] = ()


SYSTEM = "Be brief."
QUESTION = User(f"What is the weather? {HARD}", (PNG,))
ANSWERS = (
    Said("I need both.", "Let me look.", (Call("weather", {"city": f"Bonn {HARD}"}), Call("map", {"zoom": 3})), ("c2lnMQ==",)),
    Said("No map.\n\nA photo?", "", (Call("photo", {}),), ("c2lnMg==",)),
    Said("Cold \\ \"grey\".", "I read on.", (Call("read", {"lines": [1, {"to": None}]}),), ("c2lnMw==",), "cmVkYWN0ZWQ="),
    Said("", "", (Call("save", {"text": ""}),)),
    Said("Done.", "It is cold.", (), ("c2lnNQ==",)),
)  # fmt: skip
RESULTS = (
    (Result("weather", ("4 °C 😀\u2028",)), Result("map", ("no such map",), failed=True)),
    (Result("photo", ("A photo.",), images=(JPEG,)),),
    (Result("read", ("one", "two")),),
    (Result("save"),),
)
TOOLS = ("weather", "map", "photo", "read", "save")
PARAMETERS: dict[str, Any] = {"type": "object", "properties": {"x": {"type": "string"}}}
LIMIT = 4096


def seen(door: str, wire: str, turn: int) -> list[User | Said | Result]:
    """Return what the provider must see at a turn, counted from 0."""
    rows: list[User | Said | Result] = [QUESTION]
    for answer, results in list(zip(ANSWERS, RESULTS, strict=False))[:turn]:
        rows.append(_said(answer, door, wire))
        rows += [_result(result, door, wire) for result in results]
        images = tuple(image for result in results for image in result.images)
        if images and not _holds_images(door, wire):
            rows.append(User("", images))
    return rows


def _said(answer: Said, door: str, wire: str) -> Said:
    """Only Anthropic hides thoughts, and takes only signed ones, which Ollama's API cannot hold."""
    if wire != "anthropic":
        answer = replace(answer, hidden="")
    if wire == "ollama" or door == "ollama":
        answer = replace(answer, signatures=(), hidden="")
    return replace(answer, thought="") if (door, wire) == ("ollama", "anthropic") else answer


def _result(result: Result, door: str, wire: str) -> Result:
    """Only Anthropic's API has a field for a failure; texts are written as one elsewhere."""
    has_parts = (door, wire) == ("messages", "anthropic")
    if not has_parts:
        text = "\n".join(result.texts)
        text = f"Error: {text}" if result.failed else text
        result = replace(result, texts=(text,) if text else (), failed=False)
    return result if _holds_images(door, wire) else replace(result, images=())


def _holds_images(door: str, wire: str) -> bool:
    return (door, wire) in (("messages", "anthropic"), ("ollama", "ollama"))
