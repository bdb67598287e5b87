"""What the callers of every door have in common."""

from __future__ import annotations

from typing import Protocol

from tests.doors.loops.story import PARAMETERS, TOOLS, Image, Result, Said
from tests.support.portal import Portal


class Caller(Protocol):
    """`ask` returns what the model says, `add` takes what its tools returned."""

    def __init__(self, portal: Portal, model: str, *, stream: bool) -> None: ...
    def ask(self) -> Said: ...
    def add(self, results: tuple[Result, ...]) -> None: ...
    def close(self) -> None: ...


FUNCTIONS = [{"name": name, "description": name, "parameters": PARAMETERS} for name in TOOLS]


def address(image: Image) -> str:
    return f"data:{image[0]};base64,{image[1]}"


def written(result: Result) -> str:
    """Return a result as an agent writes it where there is no field for a failure."""
    text = "\n".join(result.texts)
    return f"Error: {text}" if result.failed else text
